use std::{collections::BTreeMap, fmt, str::FromStr, time::Duration};

use super::{AccessLevel, BadName, Days, FullPath, Scope, TokenName};
use crate::vault::SecretRef;

/// An access token that is to exist, and where its value is kept.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Token {
    /// Its name at GitLab, and here.
    pub name: TokenName,
    /// Whose token it is.
    pub owner: Owner,
    /// The group or project that it is for.
    pub within: FullPath,
    /// What it may do there.
    pub level: AccessLevel,
    /// What it is for; sorted, each once.
    pub scopes: Vec<Scope>,
    /// How long it lives.
    pub lifetime: Days,
    /// How long before its end it is replaced.
    pub rotate_before: Days,
    /// How long the old one lives beside the new one, where it is said.
    pub overlap: Option<Duration>,
    /// Where its value is kept.
    pub store: SecretRef,
    /// What else is written beside it.
    pub metadata: BTreeMap<String, String>,
    /// The file that declares it.
    pub file: String,
}

/// Whose token it is: its bot user is a member there, and of everything below.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Owner {
    /// A group.
    Group(FullPath),
    /// A project.
    Project(FullPath),
    /// The user whom GitLab is asked as: a fine-grained token of theirs, for the needed projects alone.
    /// <https://docs.gitlab.com/auth/tokens/fine_grained_access_tokens/>
    User,
}

impl Owner {
    /// Whether a token of this owner that is for `within` can reach a project.
    pub fn reaches(&self, within: &FullPath, project: &FullPath) -> bool {
        match self {
            Self::Group(_) | Self::User => project.lies_in(within) && !project.is(within),
            Self::Project(_) => project.is(within),
        }
    }
}

/// As it is displayed.
impl FromStr for Owner {
    type Err = BadName;

    fn from_str(text: &str) -> Result<Self, BadName> {
        match text.split_once(' ') {
            None if text == "user" => Ok(Self::User),
            Some(("group", path)) => path.parse().map(Self::Group),
            Some(("project", path)) => path.parse().map(Self::Project),
            _ => Err(BadName::Path(text.to_owned())),
        }
    }
}

impl fmt::Display for Owner {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Group(path) => write!(f, "group {path}"),
            Self::Project(path) => write!(f, "project {path}"),
            Self::User => f.write_str("user"),
        }
    }
}

impl Token {
    /// Whether it can reach a project.
    pub fn reaches(&self, project: &FullPath) -> bool {
        self.owner.reaches(&self.within, project)
    }

    /// The scopes as one text.
    pub fn scope_list(&self) -> String {
        self.scopes.iter().map(|scope| scope.as_str()).collect::<Vec<_>>().join(" ")
    }
}
