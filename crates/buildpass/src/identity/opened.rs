use serde_json::{Map, Value};

use super::{IdToken, claims::header_and_payload};

/// A JWT laid open, so that its refusal can be explained; nothing of it is trusted or verified.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Opened {
    /// `alg`: how it is signed.
    pub algorithm: Option<String>,
    /// `kid`: which key has signed it.
    pub key_id: Option<String>,
    /// Every claim, with its own type.
    pub claims: Map<String, Value>,
}

impl Opened {
    /// Reads header and claims.
    ///
    /// # Errors
    /// In words, what makes it no JWT.
    pub fn read(token: &IdToken) -> Result<Self, String> {
        let (header, payload) = header_and_payload(token)?;
        let claims = serde_json::from_slice(&payload)
            .map_err(|error| format!("its claims cannot be read: {error}"))?;
        // A header that cannot be read says nothing of itself: the vault will.
        let header: Map<String, Value> = serde_json::from_slice(&header).unwrap_or_default();
        let text = |name: &str| header.get(name).and_then(Value::as_str).map(str::to_owned);
        Ok(Self { algorithm: text("alg"), key_id: text("kid"), claims })
    }

    /// A claim as a person reads it, `None` where it is absent.
    pub fn written(&self, claim: &str) -> Option<String> {
        match self.claims.get(claim)? {
            Value::String(text) => Some(text.clone()),
            other => Some(other.to_string()),
        }
    }
}
