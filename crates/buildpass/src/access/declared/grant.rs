use std::{fmt, time::Duration};

use super::{FullPath, Refs, RoleName, TokenName};
use crate::vault::SecretPath;

/// Which projects, from which refs, may have which secret for how long.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Grant {
    /// The secret's name, as it is declared.
    pub secret: String,
    /// What is read.
    pub path: SecretPath,
    /// The declared token that is stored there.
    pub token: Option<TokenName>,
    /// The API path of the engine's role that makes it when it is read, where each job has its own.
    pub mints: Option<String>,
    /// The role that lets them in.
    pub role: RoleName,
    /// The projects; at least one.
    pub projects: Vec<ProjectRef>,
    /// The refs.
    pub refs: Refs,
    /// The environments; any where none is named.
    pub environments: Vec<String>,
    /// For whom the ID token must be; at least one.
    pub audiences: Vec<String>,
    /// The longest session, at least the job's timeout.
    pub session_ttl: Duration,
    /// What its sessions are.
    pub session: SessionType,
    /// How the vault compares.
    pub matching: Matching,
    /// The file that declares it.
    pub file: String,
}

/// How the vault compares the claims of a role.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Matching {
    /// Letter by letter: patterns are expanded before the role is written.
    #[default]
    Exact,
    /// `*` stands for any text, in every claim of the role.
    Glob,
}

/// What the vault gives to who logs in. <https://developer.hashicorp.com/vault/docs/concepts/tokens#token-types>
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum SessionType {
    /// A token that the vault keeps: it starts at a minute, is renewed while the job runs, and is given back at its end.
    #[default]
    Service,
    /// A token that the vault does not keep, which costs it nothing: nobody can renew it or end it before its time.
    Batch,
}

impl SessionType {
    /// The vault's word.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Service => "service",
            Self::Batch => "batch",
        }
    }
}

/// A project, by what is known of it.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum ProjectRef {
    /// Its full path.
    Path(FullPath),
    /// Its number, which stays when it is renamed.
    Id(u64),
}

impl ProjectRef {
    /// As one segment of a URL of GitLab's API.
    pub fn in_url(&self) -> String {
        match self {
            Self::Path(path) => path.in_url(),
            Self::Id(id) => id.to_string(),
        }
    }
}

impl fmt::Display for ProjectRef {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Path(path) => path.fmt(f),
            Self::Id(id) => write!(f, "project {id}"),
        }
    }
}
