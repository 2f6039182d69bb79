use std::fmt;

use secrecy::{ExposeSecret, SecretString};

use crate::secret::on_pipe::OnPipe;

/// The JWT that a CI system signed for one job.
pub struct IdToken(SecretString);

impl IdToken {
    /// Takes the text over as it stands; `Expected::check` judges it.
    pub fn new(text: String) -> Self {
        Self(SecretString::from(text))
    }

    /// The token itself, for the vault's login alone.
    pub fn expose(&self) -> &str {
        self.0.expose_secret()
    }
}

impl fmt::Debug for IdToken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("IdToken([REDACTED])")
    }
}

impl OnPipe for IdToken {
    fn to_wire(&self) -> &str {
        self.expose()
    }

    fn from_wire(value: String) -> Self {
        Self::new(value)
    }
}
