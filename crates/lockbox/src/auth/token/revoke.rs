use super::{Kind, Session, TokenError, Tokens, written::Written};
use crate::storage::{Batch, StorageError, json};

impl Tokens {
    /// Ends a token and its children. Those of a large family are let go of later: without their parent they are nothing.
    ///
    /// # Errors
    /// When it is a batch token, which nobody can end, or the disk refuses: then it has ended until the next start.
    pub(crate) async fn revoke(&self, session: &Session) -> Result<(), TokenError> {
        match session.token.kind {
            Kind::Batch => Err(TokenError::BatchStays),
            Kind::Service => Ok(self.take_away(|tables| tables.remove(session.key)).landed().await?),
        }
    }

    /// Ends a token; its children have no parent from now on. All of it is written in one step.
    ///
    /// # Errors
    /// As of [`Self::revoke`].
    pub(crate) async fn revoke_alone(&self, session: &Session) -> Result<(), TokenError> {
        if session.token.kind == Kind::Batch {
            return Err(TokenError::BatchStays);
        }
        let pending = {
            let mut tables = self.write();
            let (record, orphans) = tables.remove_alone(session.key);
            let mut batch = Batch::default();
            record.into_iter().for_each(|record| batch.delete_record(record));
            for orphan in orphans {
                batch.put_record(orphan.record, json(&Written::from(&orphan))?);
            }
            self.store.submit(batch)
        };
        Ok(pending.landed().await?)
    }

    /// Ends every token that was issued under a path, which ends in a slash, together with what else is written.
    ///
    /// # Errors
    /// When the disk refuses: then they have ended until the next start.
    pub(crate) async fn revoke_issued_under(&self, path: &str, mut batch: Batch) -> Result<(), StorageError> {
        let pending = {
            let mut tables = self.write();
            let doomed: Vec<_> = tables.issued_under(path).map(|session| session.key).collect();
            let records = doomed.into_iter().flat_map(|key| tables.remove(key));
            records.for_each(|record| batch.delete_record(record));
            self.store.submit(batch)
        };
        pending.landed().await
    }
}
