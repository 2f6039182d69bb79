use std::fmt;

use secrecy::{ExposeSecret, SecretString};

/// The value that a build is given; in the reference deployment, the GitLab access token that it reads repositories with.
pub struct BuildToken(SecretString);

impl BuildToken {
    /// Takes the value over; the string's memory is wiped when the token ends.
    pub fn new(value: String) -> Self {
        Self(SecretString::from(value))
    }

    /// How many bytes it has.
    pub fn length(&self) -> usize {
        self.0.expose_secret().len()
    }

    /// Whether a space or a newline stands at an end of it, which no token has.
    pub fn is_padded(&self) -> bool {
        let value = self.0.expose_secret();
        value.trim().len() < value.len()
    }

    /// The value itself, for the child's environment, the credential helper, the mask and the `token` answer.
    pub fn expose(&self) -> &str {
        self.0.expose_secret()
    }
}

impl fmt::Debug for BuildToken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("BuildToken([REDACTED])")
    }
}
