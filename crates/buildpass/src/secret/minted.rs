use std::time::SystemTime;

use serde::{Deserialize, Serialize};

use super::{BuildToken, on_pipe};

/// A token that an engine of the vault had GitLab make for this job alone. One that others have too is never one.
#[derive(Debug, Serialize, Deserialize)]
pub struct Minted {
    /// Its value.
    #[serde(with = "on_pipe")]
    pub value: BuildToken,
    /// GitLab's number of it.
    pub id: u64,
    /// When GitLab ends it by itself, where that is known.
    pub until: Option<SystemTime>,
    /// What the vault does for its end.
    pub bond: Bond,
    /// Whether it can end itself.
    pub own_end: OwnEnd,
}

impl Minted {
    /// The same for another process that may have to end it.
    pub fn copied(&self) -> Self {
        Self { value: BuildToken::new(self.value.expose().to_owned()), ..*self }
    }
}

/// What binds a minted token to the vault's session.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Bond {
    /// A lease: the vault has it end with the session.
    Lease,
    /// Nothing: only it ends itself before its time.
    Nothing,
}

/// Whether a token may end itself at GitLab.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum OwnEnd {
    /// It is an access token: <https://docs.gitlab.com/api/personal_access_tokens/#self-revoke>
    Possible,
    /// It is a deploy or trigger token, which GitLab has no such request for.
    Impossible,
}
