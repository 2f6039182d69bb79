use base64::{
    DecodeError, Engine as _,
    alphabet::URL_SAFE,
    engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig},
};
use serde::Deserialize;
use serde_json::Value;
use thiserror::Error;

/// A JWT in its compact form, its signature not verified yet.
pub(super) struct Jws {
    pub(super) algorithm: String,
    pub(super) key_id: Option<String>,
    /// Extensions that must be understood, and are not.
    pub(super) unknown_extensions: bool,
    pub(super) payload: Vec<u8>,
    pub(super) signature: Vec<u8>,
    compact: String,
    signed_bytes: usize,
}

/// The text is no JWT.
#[derive(Debug, Error)]
pub(super) enum JwsError {
    #[error("go-jose/go-jose: compact JWS format must have three parts")]
    Parts,
    #[error("illegal base64 data at input byte {0}")]
    Base64(usize),
    #[error("{0}")]
    Header(String),
}

#[derive(Deserialize)]
struct Header {
    #[serde(default)]
    alg: String,
    #[serde(default)]
    kid: Option<String>,
    #[serde(default)]
    crit: Vec<String>,
    #[serde(default)]
    b64: Option<bool>,
}

impl Jws {
    /// Reads the three parts; white space anywhere is passed over.
    ///
    /// # Errors
    /// When the text is no JWT.
    pub(super) fn parse(text: &str) -> Result<Self, JwsError> {
        let compact: String = text.chars().filter(|c| !c.is_whitespace()).collect();
        let mut parts = compact.split('.');
        let (Some(header), Some(payload), Some(signature), None) =
            (parts.next(), parts.next(), parts.next(), parts.next())
        else {
            return Err(JwsError::Parts);
        };
        let signed_bytes = header.len() + 1 + payload.len();
        let header = decode(header)?;
        let payload = decode(payload)?;
        let signature = decode(signature)?;
        let header: Value = serde_json::from_slice(&header)
            .map_err(|_| JwsError::Header(super::go_format::json_error(&header)))?;
        let header = Header::deserialize(header).map_err(|error| JwsError::Header(error.to_string()))?;
        Ok(Self {
            algorithm: header.alg,
            key_id: header.kid.filter(|id| !id.is_empty()),
            unknown_extensions: header.crit.iter().any(|name| name != "b64") || header.b64 == Some(false),
            payload,
            signature,
            compact,
            signed_bytes,
        })
    }

    /// What the signature is about.
    pub(super) fn signed(&self) -> &[u8] {
        &self.compact.as_bytes()[..self.signed_bytes]
    }
}

fn decode(part: &str) -> Result<Vec<u8>, JwsError> {
    // Go takes trailing bits that mean nothing.
    const LENIENT: GeneralPurpose = GeneralPurpose::new(
        &URL_SAFE,
        GeneralPurposeConfig::new()
            .with_decode_padding_mode(DecodePaddingMode::RequireNone)
            .with_decode_allow_trailing_bits(true),
    );
    LENIENT.decode(part).map_err(|error| {
        JwsError::Base64(match error {
            DecodeError::InvalidByte(offset, _) | DecodeError::InvalidLastSymbol { offset, .. } => offset,
            DecodeError::InvalidLength(length) => length,
            DecodeError::InvalidPadding => part.find('=').unwrap_or(part.len()),
        })
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn refusal(text: &str) -> String {
        Jws::parse(text).err().unwrap().to_string()
    }

    #[test]
    fn what_is_no_jwt_is_refused_in_go_joses_words() {
        let parts = "go-jose/go-jose: compact JWS format must have three parts";
        assert_eq!(refusal("$VAULT_ID_TOKEN"), parts);
        assert_eq!(refusal("a.b"), parts);
        assert_eq!(refusal("a.b.c.d"), parts);
        assert_eq!(refusal("!!!.abc.def"), "illegal base64 data at input byte 0");
        assert_eq!(refusal("e30.abc.de=="), "illegal base64 data at input byte 2");
        assert_eq!(
            refusal("e3g.abc.def"),
            "invalid character 'x' looking for beginning of object key string"
        );
    }

    #[test]
    fn white_space_is_passed_over() {
        let jws = Jws::parse(" e30.\nYQ.Yg\n").unwrap();
        assert_eq!((jws.signed(), jws.payload.as_slice()), (&b"e30.YQ"[..], &b"a"[..]));
    }

    #[test]
    fn an_extension_that_is_not_known_is_marked() {
        let header = |text: &str| base64::engine::general_purpose::URL_SAFE_NO_PAD.encode(text);
        let parse = |text: &str| Jws::parse(&format!("{}.e30.YQ", header(text))).unwrap();
        assert!(parse(r#"{"crit":["zz"]}"#).unknown_extensions);
        assert!(parse(r#"{"crit":["b64"],"b64":false}"#).unknown_extensions);
        assert!(!parse(r#"{"crit":["b64"],"b64":true}"#).unknown_extensions);
    }
}
