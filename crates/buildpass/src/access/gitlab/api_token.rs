use std::fmt;

use secrecy::{ExposeSecret, SecretString};

/// The token that GitLab's API is asked with: an owner's, with the scope `api`.
pub struct ApiToken(SecretString);

impl ApiToken {
    /// Takes the text over.
    pub fn new(text: String) -> Self {
        Self(SecretString::from(text))
    }

    /// The token itself, for the header of a request to GitLab.
    pub(super) fn expose(&self) -> &str {
        self.0.expose_secret()
    }
}

impl fmt::Debug for ApiToken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("ApiToken([REDACTED])")
    }
}
