use std::sync::Arc;

use tokio::task::JoinSet;

use super::{Lease, Leases, leases::WITHIN};
use crate::{clock::Moment, gitlab::GitlabError, storage::StorageError};

impl Leases {
    /// The lease of this name and those under it as a folder: the living, and those of which something is owed.
    pub(crate) fn all_named(&self, prefix: &str) -> Vec<Arc<Lease>> {
        // What is asked for just now is for who asks.
        self.at_or_under(prefix).into_iter().filter(|lease| lease.is_made()).collect()
    }

    /// The living under a path as a folder.
    pub(crate) fn alive_under(&self, path: &str, now: Moment) -> Vec<Arc<Lease>> {
        self.table().alive_under(&folder(path), now).cloned().collect()
    }

    /// Ends leases, whatever becomes of what they are of: that is owed from then on.
    ///
    /// # Errors
    /// When the disk refuses: then they have ended until the next start.
    pub(crate) async fn end(&self, leases: &[Arc<Lease>], now: Moment) -> Result<(), StorageError> {
        self.end_until(leases, (now, now)).await
    }

    /// The same, and what they are of with them; that goes on when nobody waits for it any more.
    ///
    /// # Errors
    /// When what one of them is of could not be ended: that is owed then.
    pub(crate) async fn revoke(
        self: &Arc<Self>,
        leases: Vec<Arc<Lease>>,
        now: Moment,
    ) -> Result<(), GitlabError> {
        if leases.is_empty() {
            return Ok(());
        }
        self.end_until(&leases, (now, now.plus(WITHIN))).await?;
        let all = Arc::clone(self);
        let ending = tokio::spawn(async move { all.finish_all(leases).await });
        ending.await.unwrap_or(Err(GitlabError::CutShort))
    }

    /// Forgets all leases of a prefix, also those of which it is owed that what they are of ends.
    ///
    /// # Errors
    /// When the disk refuses.
    pub(crate) async fn abandon(&self, prefix: &str) -> Result<(), StorageError> {
        let leases = self.at_or_under(prefix);
        self.forget(&leases.iter().map(AsRef::as_ref).collect::<Vec<_>>()).await
    }

    fn at_or_under(&self, prefix: &str) -> Vec<Arc<Lease>> {
        let (table, folder) = (self.table(), folder(prefix));
        table.named(prefix).into_iter().chain(table.all_under(&folder)).cloned().collect()
    }

    async fn finish_all(self: Arc<Self>, leases: Vec<Arc<Lease>>) -> Result<(), GitlabError> {
        let mut ending = JoinSet::new();
        for lease in leases {
            let all = Arc::clone(&self);
            ending.spawn(async move {
                let _hand = all.hand().await;
                all.finish(&lease).await
            });
        }
        ending.join_all().await.into_iter().collect()
    }

    async fn end_until(
        &self,
        leases: &[Arc<Lease>],
        (now, due): (Moment, Moment),
    ) -> Result<(), StorageError> {
        {
            let mut table = self.table();
            leases.iter().for_each(|lease| table.end(&lease.id, due));
        }
        let ended: Vec<_> =
            leases.iter().map(|lease| Arc::new(Lease { ends: now, ..Lease::clone(lease) })).collect();
        self.write(&ended).await
    }
}

fn folder(path: &str) -> String {
    format!("{}/", path.trim_end_matches('/'))
}
