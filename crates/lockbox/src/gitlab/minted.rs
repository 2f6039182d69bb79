use std::fmt;

use reqwest::{Method, StatusCode};
use serde::{Deserialize, Serialize};
use zeroize::Zeroizing;

use super::{Asked, GitlabError, client::Gitlab};
use crate::{outward::Clients, storage::Store};

/// A token that GitLab made, with all that it takes to end it, whatever became of what it was made by. Debug does not show it.
#[derive(Clone, Serialize, Deserialize)]
pub(crate) struct Minted {
    token: Zeroizing<String>,
    token_id: u64,
    asked: Asked,
}

impl Minted {
    pub(super) fn asked(&self) -> &Asked {
        &self.asked
    }

    pub(super) fn new(asked: Asked, token_id: u64, token: Zeroizing<String>) -> Self {
        Self { token, token_id, asked }
    }

    /// Ends it at GitLab: as who made it, and where that cannot be any more, as itself. One that is not there has ended.
    ///
    /// # Errors
    /// When GitLab does not take it: it can be asked again.
    pub(super) async fn revoke(&self, store: &Store, clients: &Clients) -> Result<(), GitlabError> {
        if let Ok(Some(config)) = self.asked.config(store)
            && let Ok(gitlab) = config.connect(clients)
        {
            let path = format!("{}/{}", self.asked.path(), self.token_id);
            if gitlab.ask(Method::DELETE, &path, None).await?.status == StatusCode::NO_CONTENT {
                return Ok(());
            }
            // The configuration's token may have ended, and its group may have another name: that says nothing about this one.
        }
        let gitlab = Gitlab::new(self.asked.instance(), &self.token, clients)?;
        let reply = gitlab.ask(Method::DELETE, "personal_access_tokens/self", None).await?;
        match reply.status {
            StatusCode::NO_CONTENT => Ok(()),
            StatusCode::UNAUTHORIZED if reply.is_of_gitlab() => Ok(()),
            _ => Err(gitlab.refused(reply)),
        }
    }
}

impl fmt::Debug for Minted {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Minted").field("token_id", &self.token_id).finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    impl Minted {
        /// One that nobody made.
        pub(crate) fn made_up() -> Self {
            Self::new(Asked::made_up(), 7, Zeroizing::new("glpat-made-up".to_owned()))
        }
    }

    #[test]
    fn debug_shows_no_token() {
        let minted = Minted::made_up();
        let kept = serde_json::to_string(&minted).unwrap();
        assert!(kept.contains("glpat-made-up"));
        let read: Minted = serde_json::from_str(&kept).unwrap();
        assert_eq!(format!("{read:?}"), "Minted { token_id: 7, .. }");
    }
}
