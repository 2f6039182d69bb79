use std::{sync::Arc, time::Duration};

use zeroize::Zeroizing;

use super::{Kind, Naming, Session, Token, TokenError, Tokens, key::Key};
use crate::{
    clock::Moment,
    random,
    storage::{Batch, Pending},
};

/// A token that an answer is wrapped in, just made.
pub(crate) struct Wrapping {
    pub(crate) id: Zeroizing<String>,
    pub(crate) key: Key,
    pub(crate) accessor: String,
}

/// Tokens that are for one answer.
impl Tokens {
    /// Makes a token that can be used once, for what is wrapped in it, and ends when it is asked to.
    ///
    /// # Errors
    /// When the disk refuses.
    pub(crate) async fn issue_wrapping(
        &self,
        path: &str,
        ttl: Duration,
        now: Moment,
    ) -> Result<Wrapping, TokenError> {
        let id = Zeroizing::new(format!("s.{}", random::letters(24)));
        let (key, accessor) = (Key::of(&id), random::letters(24));
        let token = Token {
            accessor: accessor.as_str().into(),
            kind: Kind::Service,
            naming: Naming::Drawn,
            policies: ["response-wrapping".to_owned()].into(),
            display_name: "token".into(),
            metadata: None,
            path: path.into(),
            role: None,
            entity_id: Box::default(),
            parent: None,
            issued: now,
            first_ttl: ttl,
            explicit_max_ttl: ttl,
            period: Duration::ZERO,
            renewable: false,
            first_uses: 1,
            bound_cidrs: Arc::default(),
        };
        let session = Session {
            token: Arc::new(token),
            key,
            record: 0,
            ends: Some(now.plus(ttl)),
            granted: ttl,
            renewed: None,
            uses: 1,
        };
        self.keep(session, now).await?;
        Ok(Wrapping { id, key, accessor })
    }

    /// Ends a token that nobody has used up yet: of those who try at once, one does.
    pub(crate) fn take(&self, key: Key) -> Option<Pending> {
        let mut tables = self.write();
        tables.session(&key).filter(|session| session.uses > 0)?;
        let mut batch = Batch::default();
        tables.remove(key).into_iter().for_each(|record| batch.delete_record(record));
        Some(self.store.submit(batch))
    }
}
