use serde::{Deserialize, Serialize};

use super::{Asked, For, GitlabError, Minted};
use crate::{clock::Moment, outward::Clients, storage::Store};

/// What a lease is of.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) enum Subject {
    /// A token that may have been made: nobody was told.
    Asked(Asked),
    Made(Minted),
}

impl Subject {
    /// Ends it at GitLab. What is not there has ended.
    ///
    /// # Errors
    /// When GitLab does not take it: it can be asked again.
    pub(crate) async fn revoke(
        &self,
        (lease, now): (For<'_>, Moment),
        store: &Store,
        clients: &Clients,
    ) -> Result<(), GitlabError> {
        let (outcome, asked) = match self {
            Self::Asked(asked) => (asked.revoke((lease, now), store, clients).await, asked),
            Self::Made(minted) => (minted.revoke(store, clients).await, minted.asked()),
        };
        match outcome {
            // The clock may be ahead: it is asked for all the same, but not for ever.
            Err(_) if asked.is_past(now) => Ok(()),
            outcome => outcome,
        }
    }
}
