use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use serde_json::{Map, Value};
use thiserror::Error;
use zeroize::Zeroizing;

use super::{
    go_base64::{self, Misplaced},
    go_json::{self, GoJsonError, Twice},
    header::{Header, HeaderError},
    reader::Reader,
};
use crate::exchange::Fields;

/// A JWT in its compact form or as an object, its signature not verified yet. Whoever has all of it can log in: it is wiped.
pub(super) struct Jws {
    pub(super) header: Header,
    /// There is one signature: with more it would not be clear what was signed by whom.
    pub(super) is_signed_once: bool,
    pub(super) payload: Zeroizing<Vec<u8>>,
    pub(super) signature: Zeroizing<Vec<u8>>,
    signed: Zeroizing<String>,
}

/// The text is no JWT.
#[derive(Debug, Error)]
pub(super) enum JwsError {
    #[error("go-jose/go-jose: compact JWS format must have three parts")]
    Parts,
    #[error(transparent)]
    Base64(#[from] Misplaced),
    #[error(transparent)]
    Json(#[from] GoJsonError),
    #[error("json: cannot unmarshal {0} into Go value of type {1}")]
    Type(&'static str, &'static str),
    #[error("go-jose/go-jose: missing payload in JWS message")]
    NoPayload,
    #[error(transparent)]
    Header(#[from] HeaderError),
}

impl Jws {
    /// White space anywhere is passed over.
    ///
    /// # Errors
    /// When the text is no JWT.
    pub(super) fn parse(text: &str, reader: Reader) -> Result<Self, JwsError> {
        let is_space = |c: char| matches!(c, ' ' | '\t' | '\n' | '\r' | '\u{c}');
        if !text.contains(is_space) {
            return Self::from_dense(text, reader);
        }
        // With room for all of it, none of it is left where it grew.
        let mut dense = Zeroizing::new(String::with_capacity(text.len()));
        text.split(is_space).for_each(|part| dense.push_str(part));
        Self::from_dense(&dense, reader)
    }

    fn from_dense(text: &str, reader: Reader) -> Result<Self, JwsError> {
        match text.starts_with('{') {
            true => Self::from_object(text, reader),
            false => Self::from_parts(text, reader),
        }
    }

    /// What the signature is about.
    pub(super) fn signed(&self) -> &[u8] {
        self.signed.as_bytes()
    }

    fn from_parts(text: &str, reader: Reader) -> Result<Self, JwsError> {
        let mut parts = text.split('.');
        let (Some(header), Some(payload), Some(signature), None) =
            (parts.next(), parts.next(), parts.next(), parts.next())
        else {
            return Err(JwsError::Parts);
        };
        let (protected, payload) = (decode(header, reader)?, decode(payload, reader)?);
        let signature = decode(signature, reader)?;
        Self::of(&protected, &Map::new(), payload, signature, reader)
    }

    fn from_object(text: &str, reader: Reader) -> Result<Self, JwsError> {
        let Value::Object(object) = go_json::parse(text.as_bytes(), Twice::Refused)? else {
            return Err(JwsError::Parts);
        };
        let fields = Fields::new(object);
        let object = fields.all();
        let payload =
            object.get("payload").filter(|payload| !payload.is_null()).ok_or(JwsError::NoPayload)?;
        let payload = decode(base64_text(Some(payload))?, reader)?;
        let (signature, is_signed_once) = match object.get("signatures") {
            Some(Value::Array(signatures)) if !signatures.is_empty() => {
                let Some(Value::Object(first)) = signatures.first() else {
                    return Err(JwsError::Type("value", "jose.rawSignatureInfo"));
                };
                (first, signatures.len() == 1)
            }
            _ => (object, true),
        };
        let protected = decode(base64_text(signature.get("protected"))?, reader)?;
        let bytes = decode(base64_text(signature.get("signature"))?, reader)?;
        let unprotected = match signature.get("header") {
            None | Some(Value::Null) => &Map::new(),
            Some(Value::Object(header)) => header,
            Some(other) => return Err(JwsError::Type(go_kind(other), "jose.rawHeader")),
        };
        Ok(Self { is_signed_once, ..Self::of(&protected, unprotected, payload, bytes, reader)? })
    }

    fn of(
        protected: &[u8],
        unprotected: &Map<String, Value>,
        payload: Zeroizing<Vec<u8>>,
        signature: Zeroizing<Vec<u8>>,
        reader: Reader,
    ) -> Result<Self, JwsError> {
        let mut members = unprotected.clone();
        if !protected.is_empty() {
            match go_json::parse(protected, Twice::Refused)? {
                Value::Object(protected) => members.extend(protected),
                Value::Null => {}
                other => return Err(JwsError::Type(go_kind(&other), "jose.rawHeader")),
            }
        }
        let header = Header::read(&members, reader)?;
        let mut signed = Zeroizing::new(String::with_capacity((protected.len() + payload.len()) * 2 + 8));
        URL_SAFE_NO_PAD.encode_string(protected, &mut signed);
        signed.push('.');
        URL_SAFE_NO_PAD.encode_string(&payload, &mut signed);
        Ok(Self { header, is_signed_once: true, payload, signature, signed })
    }
}

/// What Go calls the kind of a JSON value.
pub(super) fn go_kind(value: &Value) -> &'static str {
    match value {
        Value::Null => "null",
        Value::Bool(_) => "bool",
        Value::Number(_) => "number",
        Value::String(_) => "string",
        Value::Array(_) => "array",
        Value::Object(_) => "object",
    }
}

fn base64_text(value: Option<&Value>) -> Result<&str, JwsError> {
    match value {
        None | Some(Value::Null) => Ok(""),
        Some(Value::String(text)) => Ok(text),
        Some(other) => Err(JwsError::Type(go_kind(other), "string")),
    }
}

fn decode(part: &str, reader: Reader) -> Result<Zeroizing<Vec<u8>>, JwsError> {
    let part = match reader {
        Reader::OfPublishedKeys => part,
        Reader::OfFixedKeys => part.trim_end_matches('='),
    };
    Ok(Zeroizing::new(go_base64::decode(part)?))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn encode(text: &str) -> String {
        URL_SAFE_NO_PAD.encode(text)
    }

    fn refusal(text: &str) -> String {
        Jws::parse(text, Reader::OfPublishedKeys).err().unwrap().to_string()
    }

    #[test]
    fn what_is_no_jwt_is_refused_in_go_joses_words() {
        let parts = "go-jose/go-jose: compact JWS format must have three parts";
        assert_eq!(refusal("$VAULT_ID_TOKEN"), parts);
        assert_eq!(refusal("a.b"), parts);
        assert_eq!(refusal("a.b.c.d"), parts);
        assert_eq!(refusal("!!!.abc.def"), "illegal base64 data at input byte 0");
        assert_eq!(refusal("e30.abc.de=="), "illegal base64 data at input byte 2");
        assert_eq!(refusal("a.b.c"), "illegal base64 data at input byte 0");
        assert_eq!(
            refusal("e3g.abc.def"),
            "invalid character 'x' looking for beginning of object key string"
        );
        assert_eq!(refusal("{"), "unexpected end of JSON input");
        assert_eq!(
            refusal(&format!("{}.e30.YQ", encode("[]"))),
            "json: cannot unmarshal array into Go value of type jose.rawHeader"
        );
        assert_eq!(
            refusal(&format!("{}.e30.YQ", encode(r#"{"alg":"none","alg":"RS256"}"#))),
            "json: duplicate key 'alg' in object"
        );
    }

    #[test]
    fn white_space_is_passed_over() {
        let jws = Jws::parse(" e30.\nYQ.Yg\n", Reader::OfPublishedKeys).unwrap();
        assert_eq!((jws.signed(), jws.payload.as_slice()), (&b"e30.YQ"[..], &b"a"[..]));
    }

    #[test]
    fn an_object_is_a_jwt_too() {
        let header = encode(r#"{"alg":"RS256"}"#);
        let flat =
            format!(r#"{{"payload":"YQ","protected":"{header}","signature":"Yg","header":{{"kid":"k"}}}}"#);
        let jws = Jws::parse(&flat, Reader::OfPublishedKeys).unwrap();
        assert_eq!((jws.header.algorithm.as_str(), jws.header.key_id.as_deref()), ("RS256", Some("k")));
        assert_eq!((jws.signed(), jws.is_signed_once), (format!("{header}.YQ").as_bytes(), true));
        let one = format!(r#"{{"protected":"{header}","signature":"Yg"}}"#);
        let twice = format!(r#"{{"payload":"YQ","signatures":[{one},{one}]}}"#);
        assert!(!Jws::parse(&twice, Reader::OfPublishedKeys).unwrap().is_signed_once);
    }

    #[test]
    fn padding_is_for_fixed_keys_alone() {
        assert!(Jws::parse("e30=.YQ==.Yg==", Reader::OfFixedKeys).is_ok());
        assert!(Jws::parse("e30=.YQ.Yg", Reader::OfPublishedKeys).is_err());
    }
}
