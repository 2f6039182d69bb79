use std::{fmt, str::FromStr};

use super::BadName;

/// What a token is for; the names are GitLab's.
/// <https://docs.gitlab.com/user/group/settings/group_access_tokens/#scopes-for-a-group-access-token>
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Scope(&'static str);

/// Those of group and project access tokens.
const KNOWN: [&str; 13] = [
    "api",
    "read_api",
    "read_repository",
    "write_repository",
    "read_registry",
    "write_registry",
    "read_virtual_registry",
    "write_virtual_registry",
    "create_runner",
    "manage_runner",
    "ai_features",
    "k8s_proxy",
    "self_rotate",
];

impl Scope {
    /// Clones and pulls, and nothing else.
    pub const READ_REPOSITORY: Self = Self("read_repository");

    /// What GitLab says of a fine-grained token, whose permissions stand elsewhere; nobody declares it.
    pub const GRANULAR: Self = Self("granular");

    /// GitLab's word.
    pub fn as_str(self) -> &'static str {
        self.0
    }

    /// Every scope that a token may have.
    pub fn known() -> impl Iterator<Item = &'static str> {
        KNOWN.into_iter()
    }
}

impl FromStr for Scope {
    type Err = BadName;

    fn from_str(text: &str) -> Result<Self, BadName> {
        let known = KNOWN.into_iter().find(|known| *known == text);
        known.map(Self).ok_or_else(|| BadName::Scope(text.to_owned()))
    }
}

impl fmt::Display for Scope {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.0)
    }
}
