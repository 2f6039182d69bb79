use std::str::FromStr;

use serde::{Deserialize, Serialize};

use super::Realm;
use crate::secret::SecretName;

/// The credentials that git may ask for.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Config {
    /// One for each realm.
    pub realms: Vec<RealmCredential>,
}

/// Which secret is the password of a realm.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RealmCredential {
    /// Where it goes.
    pub realm: Realm,
    /// The user name; GitLab takes any with an access token.
    pub username: Username,
    /// The secret that is the password.
    pub password: SecretName,
}

/// A user name that a line of git's protocol and a Basic header can hold.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Username(String);

/// A text that is none.
#[derive(Debug, thiserror::Error)]
#[error("`{}` is not a user name: it takes neither `:` nor control characters", .0.escape_debug())]
pub struct BadUsername(String);

impl Username {
    /// The name as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// What Omnibus GitLab writes; GitLab itself takes any name with an access token.
impl Default for Username {
    fn default() -> Self {
        Self("gitlab-ci-token".to_owned())
    }
}

impl FromStr for Username {
    type Err = BadUsername;

    fn from_str(text: &str) -> Result<Self, BadUsername> {
        if text.is_empty() || text.contains(|each: char| each == ':' || each.is_control()) {
            return Err(BadUsername(text.to_owned()));
        }
        Ok(Self(text.to_owned()))
    }
}

impl TryFrom<String> for Username {
    type Error = BadUsername;

    fn try_from(text: String) -> Result<Self, BadUsername> {
        text.parse()
    }
}

impl From<Username> for String {
    fn from(name: Username) -> Self {
        name.0
    }
}
