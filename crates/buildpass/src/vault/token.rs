use std::fmt;

use secrecy::{ExposeSecret, SecretString};

use crate::secret::{Hidden, on_pipe::OnPipe};

/// The token that a login to the vault gives.
pub struct VaultToken(SecretString);

impl VaultToken {
    /// Takes the text over.
    pub fn new(text: String) -> Self {
        Self(SecretString::from(text))
    }

    /// The same text, for the mask.
    pub fn hidden(&self) -> Hidden {
        Hidden::new(self.expose().to_owned())
    }

    /// The token itself, for the header of a request to the vault.
    pub fn expose(&self) -> &str {
        self.0.expose_secret()
    }
}

impl fmt::Debug for VaultToken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("VaultToken([REDACTED])")
    }
}

impl OnPipe for VaultToken {
    fn to_wire(&self) -> &str {
        self.expose()
    }

    fn from_wire(value: String) -> Self {
        Self::new(value)
    }
}
