use base64::{Engine as _, engine::general_purpose::STANDARD};
use serde_json::{Map, Value};
use thiserror::Error;

use super::{
    jwks::{self, KeyError},
    jws::go_kind,
    reader::Reader,
    x509,
};

/// What the header of a token says.
pub(super) struct Header {
    pub(super) algorithm: String,
    pub(super) key_id: Option<String>,
    /// Extensions that must be understood, and are not.
    pub(super) has_unknown_extensions: bool,
}

/// The header says what cannot be read.
#[derive(Debug, Error)]
#[error("failed to unmarshal {what}: {problem}: {value:?}")]
pub(super) struct HeaderError {
    what: &'static str,
    problem: String,
    value: String,
}

impl Header {
    /// # Errors
    /// When a member that is known is not what it should be.
    pub(super) fn read(members: &Map<String, Value>, reader: Reader) -> Result<Self, HeaderError> {
        let text = |name, what| text(members, name, what);
        if let Some(key) = members.get("jwk").filter(|key| !key.is_null()) {
            check_key(key, reader)?;
        }
        if let Some(chain) = members.get("x5c") {
            check_chain(chain)?;
        }
        text("nonce", "nonce")?;
        Ok(Self {
            algorithm: text("alg", "algorithm")?.unwrap_or_default(),
            key_id: text("kid", "key ID")?.filter(|id| !id.is_empty()),
            has_unknown_extensions: has_unknown_extensions(members),
        })
    }
}

fn text(members: &Map<String, Value>, name: &str, what: &'static str) -> Result<Option<String>, HeaderError> {
    match members.get(name) {
        None | Some(Value::Null) => Ok(None),
        Some(Value::String(text)) => Ok(Some(text.clone())),
        Some(other) => Err(HeaderError::new(what, not_into("string", other), other)),
    }
}

fn check_key(key: &Value, reader: Reader) -> Result<(), HeaderError> {
    let refused = match jwks::key(key) {
        Ok(_) => return Ok(()),
        Err(KeyError::Kind(kind)) => match reader {
            Reader::OfPublishedKeys => "go-jose/go-jose: unsupported key type/format".to_owned(),
            Reader::OfFixedKeys => format!("go-jose/go-jose: unknown json web key type '{kind}'"),
        },
        Err(KeyError::Broken(problem)) => problem,
    };
    Err(HeaderError::new("JWK", refused, key))
}

fn check_chain(chain: &Value) -> Result<(), HeaderError> {
    let refuse = |problem| Err(HeaderError::new("x5c header", problem, chain));
    let certificates = match chain {
        Value::Null => return Ok(()),
        Value::Array(certificates) => certificates,
        other => return refuse(not_into("[]string", other)),
    };
    for certificate in certificates {
        let Some(text) = certificate.as_str() else { return refuse(not_into("string", certificate)) };
        let der = STANDARD.decode(text).ok();
        if der.as_deref().and_then(x509::public_key).is_none() {
            return refuse("x509: malformed certificate".to_owned());
        }
    }
    Ok(())
}

fn has_unknown_extensions(members: &Map<String, Value>) -> bool {
    let critical = match members.get("crit") {
        None | Some(Value::Null) => false,
        Some(Value::Array(names)) => names.iter().any(|name| name != "b64"),
        Some(_) => true,
    };
    critical || members.get("b64").is_some_and(|b64| *b64 != Value::Bool(true))
}

fn not_into(kind: &str, value: &Value) -> String {
    format!("json: cannot unmarshal {} into Go value of type {kind}", go_kind(value))
}

impl HeaderError {
    fn new(what: &'static str, problem: String, value: &Value) -> Self {
        Self { what, problem, value: value.to_string() }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn read(value: Value, reader: Reader) -> Result<Header, String> {
        let members = value.as_object().cloned().unwrap_or_default();
        Header::read(&members, reader).map_err(|error| error.to_string())
    }

    #[test]
    fn an_extension_that_is_not_known_is_marked() {
        for (header, expected) in [
            (json!({ "crit": ["zz"] }), true),
            (json!({ "crit": "exp" }), true),
            (json!({ "crit": ["b64"], "b64": false }), true),
            (json!({ "crit": ["b64"], "b64": true }), false),
            (json!({ "crit": [] }), false),
            (json!({ "zz": { "deep": [1] } }), false),
        ] {
            let read = read(header.clone(), Reader::OfPublishedKeys).unwrap();
            assert_eq!(read.has_unknown_extensions, expected, "{header}");
        }
    }

    #[test]
    fn a_member_that_is_not_what_it_should_be_is_refused_in_go_joses_words() {
        for (header, reader, expected) in [
            (
                json!({ "kid": 5 }),
                Reader::OfPublishedKeys,
                r#"failed to unmarshal key ID: json: cannot unmarshal number into Go value of type string: "5""#,
            ),
            (
                json!({ "alg": 5 }),
                Reader::OfFixedKeys,
                r#"failed to unmarshal algorithm: json: cannot unmarshal number into Go value of type string: "5""#,
            ),
            (
                json!({ "jwk": { "kty": "zz" } }),
                Reader::OfPublishedKeys,
                r#"failed to unmarshal JWK: go-jose/go-jose: unsupported key type/format: "{\"kty\":\"zz\"}""#,
            ),
            (
                json!({ "jwk": { "kty": "zz" } }),
                Reader::OfFixedKeys,
                r#"failed to unmarshal JWK: go-jose/go-jose: unknown json web key type 'zz': "{\"kty\":\"zz\"}""#,
            ),
            (
                json!({ "x5c": ["AAAA"] }),
                Reader::OfFixedKeys,
                r#"failed to unmarshal x5c header: x509: malformed certificate: "[\"AAAA\"]""#,
            ),
        ] {
            assert_eq!(read(header, reader).err().unwrap(), expected);
        }
    }
}
