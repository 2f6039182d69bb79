use super::{FullPath, TokenName};

/// One project and its mirrors: the same repository in three places.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mirror {
    /// What builds and grants call it.
    pub name: String,
    /// Where everybody reads it.
    pub canonical: FullPath,
    /// Its mirror for fixes that are not public yet.
    pub security: Option<FullPath>,
    /// Its mirror on the GitLab of `[gitlab] dev`.
    pub dev: Option<FullPath>,
    /// The token that reads the security mirror.
    pub token: Option<TokenName>,
}

impl Mirror {
    /// What copies from what.
    pub(super) fn copies(&self) -> impl Iterator<Item = (&FullPath, &FullPath)> {
        self.security.iter().chain(&self.dev).map(|copy| (&self.canonical, copy))
    }
}
