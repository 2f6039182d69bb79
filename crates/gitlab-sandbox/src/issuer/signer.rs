use std::sync::OnceLock;

use serde::Deserialize;
use serde_json::{Value, json};

use super::key::SigningKey;

/// Holds the keys that sign ID tokens.
pub(crate) struct Issuer {
    published: SigningKey,
    stray: OnceLock<SigningKey>,
    key_id: String,
}

/// Which key signs a token.
#[derive(Clone, Copy, Debug, Default, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum KeyChoice {
    /// The key that the JWKS shows.
    #[default]
    Published,
    /// A key that the JWKS does not show, under the name of the one that it does.
    Stray,
}

/// A key could not be made or used.
#[derive(Debug, thiserror::Error)]
pub enum KeyError {
    /// The cryptographic library made no key: a fault of the machine.
    #[error("no RSA key could be made")]
    Generate,

    /// The cryptographic library did not sign: a fault of the machine.
    #[error("the ID token could not be signed")]
    Sign,
}

impl Issuer {
    pub(crate) fn generate() -> Result<Self, KeyError> {
        let published = SigningKey::generate()?;
        let key_id = published.id();
        Ok(Self { published, stray: OnceLock::new(), key_id })
    }

    /// The public keys as a JWKS.
    pub(crate) fn jwks(&self) -> Value {
        json!({ "keys": [self.published.jwk()] })
    }

    pub(crate) fn sign(&self, claims: &Value, choice: KeyChoice) -> Result<String, KeyError> {
        let key = match choice {
            KeyChoice::Published => &self.published,
            KeyChoice::Stray => self.stray()?,
        };
        key.sign(claims, &self.key_id)
    }

    fn stray(&self) -> Result<&SigningKey, KeyError> {
        if let Some(key) = self.stray.get() {
            return Ok(key);
        }
        let fresh = SigningKey::generate()?;
        Ok(self.stray.get_or_init(|| fresh))
    }
}
