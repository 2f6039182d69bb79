use std::{fmt, str::FromStr};

use serde::{Deserialize, Serialize};

/// The name of a secret, which is also the name of the variable that a build finds it in: a letter or `_`, then letters, digits and `_`.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct SecretName(String);

/// A text that no environment variable can be named by.
#[derive(Debug, thiserror::Error)]
#[error("`{0}` is not a name: it takes a letter or `_`, then letters, digits and `_`")]
pub struct NotAName(String);

impl SecretName {
    /// The name as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for SecretName {
    type Err = NotAName;

    fn from_str(text: &str) -> Result<Self, NotAName> {
        let begins_well = text.starts_with(|first: char| first.is_ascii_alphabetic() || first == '_');
        if begins_well && text.chars().all(|each| each.is_ascii_alphanumeric() || each == '_') {
            Ok(Self(text.to_owned()))
        } else {
            Err(NotAName(text.to_owned()))
        }
    }
}

impl TryFrom<String> for SecretName {
    type Error = NotAName;

    fn try_from(text: String) -> Result<Self, NotAName> {
        text.parse()
    }
}

impl From<SecretName> for String {
    fn from(name: SecretName) -> Self {
        name.0
    }
}

impl fmt::Display for SecretName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}
