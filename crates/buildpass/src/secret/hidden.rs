use std::fmt;

use secrecy::{ExposeSecret, SecretString};

use super::on_pipe::OnPipe;

/// A text that the output of a job must not show: what the mask is told of a credential that CMD is never given.
pub struct Hidden(SecretString);

impl Hidden {
    /// Takes the text over.
    pub fn new(text: String) -> Self {
        Self(SecretString::from(text))
    }

    /// The text, for the mask alone.
    pub fn expose(&self) -> &str {
        self.0.expose_secret()
    }
}

impl fmt::Debug for Hidden {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Hidden([REDACTED])")
    }
}

impl OnPipe for Hidden {
    fn to_wire(&self) -> &str {
        self.expose()
    }

    fn from_wire(value: String) -> Self {
        Self::new(value)
    }
}
