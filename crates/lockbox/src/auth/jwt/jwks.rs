use base64::{Engine as _, engine::general_purpose::STANDARD};
use serde_json::{Map, Value};
use thiserror::Error;

use super::{
    go_base64,
    go_json::{self, Twice},
    jws::go_kind,
    key::VerifyingKey,
    x509,
};

/// Why a published key is none.
#[derive(Debug, Error)]
pub(super) enum KeyError {
    /// It is of a kind that is not known.
    #[error("go-jose/go-jose: unsupported key type/format")]
    Kind(String),
    #[error("{0}")]
    Broken(String),
}

/// The keys of a set that can verify a signature: one that is broken breaks the set.
///
/// # Errors
/// When the text is no key set.
pub(super) fn parse(text: &[u8]) -> Result<Vec<VerifyingKey>, String> {
    let set = go_json::parse(text, Twice::Taken).map_err(|error| error.to_string())?;
    let refuse = |value: &Value, place: &str, kind: &str| {
        Err(format!("json: cannot unmarshal {} into Go {place} of type {kind}", go_kind(value)))
    };
    let members = match &set {
        Value::Null => return Ok(Vec::new()),
        Value::Object(members) => members,
        other => return refuse(other, "value", "jose.JSONWebKeySet"),
    };
    // Go knows a field by its name in any case.
    let keys = members.iter().find(|(name, _)| name.eq_ignore_ascii_case("keys")).map(|(_, keys)| keys);
    match keys {
        None | Some(Value::Null) => Ok(Vec::new()),
        Some(Value::Array(keys)) => {
            let keys: Result<Vec<_>, KeyError> = keys.iter().map(key).collect();
            Ok(keys.map_err(|error| error.to_string())?.into_iter().flatten().collect())
        }
        Some(other) => refuse(other, "struct field JSONWebKeySet.keys", "[]jose.JSONWebKey"),
    }
}

/// A published key; nothing when it is a good one that signs no token.
///
/// # Errors
/// When it is none.
pub(super) fn key(published: &Value) -> Result<Option<VerifyingKey>, KeyError> {
    let Value::Object(members) = published else {
        return Err(broken(format!(
            "json: cannot unmarshal {} into Go value of type jose.rawJSONWebKey",
            go_kind(published)
        )));
    };
    let (kind, purpose) = (text(members, "kty")?, text(members, "use")?);
    let id = text(members, "kid")?.to_owned();
    text(members, "alg")?;
    check_certificates(members)?;
    let id = Some(id).filter(|id| !id.is_empty());
    let key = match kind {
        "RSA" => {
            let (n, e) = (number(members, "n")?, number(members, "e")?);
            if n.is_empty() || e.is_empty() {
                return Err(broken("go-jose/go-jose: invalid RSA key, missing n/e values".to_owned()));
            }
            // Too weak, or too odd, for any signature: it is still a key.
            VerifyingKey::rsa(id, &n, &e)
        }
        "EC" => {
            let (x, y) = (number(members, "x")?, number(members, "y")?);
            let curve = text(members, "crv")?;
            let key = VerifyingKey::elliptic(id, curve, &x, &y);
            Some(key.ok_or_else(|| broken(format!("go-jose/go-jose: invalid EC key on curve '{curve}'")))?)
        }
        "OKP" => {
            let x = number(members, "x")?;
            let key = (text(members, "crv")? == "Ed25519").then(|| VerifyingKey::edwards(id, &x)).flatten();
            Some(key.ok_or_else(|| broken("go-jose/go-jose: invalid OKP key".to_owned()))?)
        }
        "oct" => {
            number(members, "k")?;
            None
        }
        other => return Err(KeyError::Kind(other.to_owned())),
    };
    Ok(key.filter(|_| purpose != "enc"))
}

fn check_certificates(members: &Map<String, Value>) -> Result<(), KeyError> {
    if let Some(Value::Array(chain)) = members.get("x5c") {
        for certificate in chain {
            let der = certificate.as_str().and_then(|text| STANDARD.decode(text).ok());
            if der.as_deref().and_then(x509::public_key).is_none() {
                return Err(broken("x509: malformed certificate".to_owned()));
            }
        }
    }
    for (name, length) in [("x5t", 20), ("x5t#S256", 32)] {
        let thumbprint = number(members, name)?;
        if !thumbprint.is_empty() && thumbprint.len() != length {
            return Err(broken(format!("go-jose/go-jose: invalid JWK, {name} header has invalid encoding")));
        }
    }
    Ok(())
}

fn text<'a>(members: &'a Map<String, Value>, name: &str) -> Result<&'a str, KeyError> {
    match members.get(name) {
        None | Some(Value::Null) => Ok(""),
        Some(Value::String(text)) => Ok(text),
        Some(other) => Err(broken(format!(
            "json: cannot unmarshal {} into Go struct field rawJSONWebKey.{name} of type string",
            go_kind(other)
        ))),
    }
}

fn number(members: &Map<String, Value>, name: &str) -> Result<Vec<u8>, KeyError> {
    go_base64::decode(text(members, name)?).map_err(|error| broken(error.to_string()))
}

fn broken(problem: String) -> KeyError {
    KeyError::Broken(problem)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn count(set: &Value) -> Result<usize, String> {
        parse(set.to_string().as_bytes()).map(|keys| keys.len())
    }

    fn ed25519() -> Value {
        json!({ "kty": "OKP", "crv": "Ed25519", "x": "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo" })
    }

    #[test]
    fn one_broken_key_breaks_the_set() {
        for key in [
            json!({ "kty": "zz" }),
            json!({}),
            json!(null),
            json!("x"),
            json!({ "kty": "EC", "crv": "P-224", "x": "AQ", "y": "AQ" }),
            json!({ "kty": "EC", "crv": "P-256", "x": "AQ", "y": "AQ" }),
            json!({ "kty": "OKP", "crv": "X25519", "x": "AQ" }),
            json!({ "kty": "RSA", "e": "AQAB" }),
            json!({ "kty": "RSA", "n": "!", "e": "AQAB" }),
            json!({ "kty": "RSA", "n": "AQ==", "e": "AQAB" }),
            json!({ "kty": "RSA", "n": "AQ", "e": "AQAB", "kid": 5 }),
            json!({ "kty": "RSA", "n": "AQ", "e": "AQAB", "alg": 5 }),
            json!({ "kty": "RSA", "n": "AQ", "e": "AQAB", "x5c": ["AAAA"] }),
            json!({ "kty": "RSA", "n": "AQ", "e": "AQAB", "x5t": "AAAA" }),
        ] {
            assert!(count(&json!({ "keys": [key, ed25519()] })).is_err(), "{key}");
        }
        assert_eq!(count(&json!({ "keys": [ed25519()] })), Ok(1));
    }

    #[test]
    fn keys_that_sign_no_token_are_left_out() {
        let mut for_secrecy = ed25519();
        for_secrecy["use"] = "enc".into();
        let secret = json!({ "kty": "oct", "k": "AQ" });
        assert_eq!(count(&json!({ "keys": [for_secrecy, secret, ed25519()] })), Ok(1));
        let odd = json!({ "kty": "RSA", "n": "AQ", "e": "AQABAQABAQABAQAB" });
        assert!(count(&json!({ "keys": [odd] })).is_ok());
        for empty in [json!(null), json!({}), json!({ "keys": null }), json!({ "keys": [] })] {
            assert_eq!(count(&empty), Ok(0), "{empty}");
        }
        for none in [json!([]), json!("x"), json!(5), json!({ "keys": "x" }), json!({ "KEYS": [{}] })] {
            assert!(count(&none).is_err(), "{none}");
        }
    }
}
