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
    /// The user whom GitLab is asked as, who is a member of this group: a fine-grained token of theirs, for the needed projects in it alone.
    /// <https://docs.gitlab.com/auth/tokens/fine_grained_access_tokens/>
    User(FullPath),
}

impl Owner {
    /// The group's or project's path.
    pub fn path(&self) -> &FullPath {
        match self {
            Self::Group(path) | Self::Project(path) | Self::User(path) => path,
        }
    }

    /// Whether a token of this owner reaches a project.
    pub fn reaches(&self, project: &FullPath) -> bool {
        match self {
            Self::Group(group) | Self::User(group) => project.lies_in(group) && project != group,
            Self::Project(own) => project.as_str().eq_ignore_ascii_case(own.as_str()),
        }
    }
}

/// As it is displayed.
impl FromStr for Owner {
    type Err = BadName;

    fn from_str(text: &str) -> Result<Self, BadName> {
        if let Some(group) = text.strip_prefix("user for ") {
            return group.parse().map(Self::User);
        }
        match text.split_once(' ') {
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
            Self::User(path) => write!(f, "user for {path}"),
        }
    }
}

impl Token {
    /// The scopes as one text.
    pub fn scope_list(&self) -> String {
        self.scopes.iter().map(|scope| scope.as_str()).collect::<Vec<_>>().join(" ")
    }
}
