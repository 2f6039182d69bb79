use std::{
    net::IpAddr,
    sync::{Arc, PoisonError, RwLock, RwLockReadGuard, RwLockWriteGuard},
};

use super::{
    Session, Shown, TokenError, batch::Sealer, key::Key, lease::LeaseNames, own_key::own_key, tables::Tables,
    written::Written,
};
use crate::{
    clock::Moment,
    storage::{Batch, Pending, Record, StorageError, Store, json},
};

/// The tokens that are alive: all of them in memory, each with a record in the store.
#[derive(Debug)]
pub(crate) struct Tokens {
    pub(super) tables: Arc<RwLock<Tables>>,
    pub(super) sealer: Sealer,
    pub(super) lease_names: LeaseNames,
    pub(super) store: Arc<Store>,
}

impl Tokens {
    /// The tokens that were alive when the store was closed, and still are.
    ///
    /// # Errors
    /// When the store cannot be read, or holds what is no token.
    pub(crate) async fn load(store: Arc<Store>, now: Moment) -> Result<Self, StorageError> {
        let sealer = Sealer::new(&*own_key(&store, "core/batch-tokens").await?);
        let lease_names = LeaseNames::new(&*own_key(&store, "core/lease-names").await?);
        let (mut tables, mut used_up) = (Tables::default(), Vec::new());
        store.each_record(|Record { number: record, value }| {
            let unreadable = |problem: String| StorageError::Read(format!("record {record}: {problem}"));
            let written: Written<'_> =
                serde_json::from_slice(&value).map_err(|error| unreadable(error.to_string()))?;
            let mut session = written.into_session(record).map_err(|error| unreadable(error.to_string()))?;
            // The clock may have been ahead when the token got its time: it has no more of it for that.
            session.ends = session.ends.map(|ends| ends.min(now.plus(session.granted)));
            used_up.extend((session.uses < 0).then_some(session.key));
            tables.insert(session);
            Ok(())
        })?;
        tables.find_lost();
        let tokens = Self { tables: Arc::new(RwLock::new(tables)), sealer, lease_names, store };
        if !used_up.is_empty() {
            // The process ended between the last use of a token and its revocation.
            let ended =
                |tables: &mut Tables| used_up.into_iter().flat_map(|key| tables.remove(key)).collect();
            tokens.take_away(ended).landed().await?;
        }
        tokens.purge(now);
        Ok(tokens)
    }

    /// A token that is shown, which counts as a use of it.
    ///
    /// # Errors
    /// When the token is unknown, has ended, or is bound to other networks.
    pub(crate) async fn authenticate(
        &self,
        id: &str,
        from: IpAddr,
        now: Moment,
    ) -> Result<Shown<'_>, TokenError> {
        let mut shown = Shown::new(self, self.recognise(id, from, now)?);
        if shown.session.uses != 0 {
            self.use_up(&mut shown)?.landed().await?;
        }
        Ok(shown)
    }

    /// The session of a token that is shown and not used.
    ///
    /// # Errors
    /// When the token is unknown, has ended, or is bound to other networks.
    pub(crate) fn recognise(&self, id: &str, from: IpAddr, now: Moment) -> Result<Session, TokenError> {
        let session = self.find(id, now).ok_or(TokenError::Refused)?;
        let cidrs = &session.token.bound_cidrs;
        let is_from_there = cidrs.is_empty() || cidrs.iter().any(|cidr| cidr.contains(from));
        if is_from_there { Ok(session) } else { Err(TokenError::Refused) }
    }

    /// The session behind an id, if it is alive.
    pub(crate) fn find(&self, id: &str, now: Moment) -> Option<Session> {
        if let Some(session) = self.sealer.open(id, now) {
            let orphaned = session.token.parent.is_some_and(|parent| self.alive(parent, now).is_none());
            return (!orphaned).then_some(session);
        }
        self.alive(Key::of(id), now)
    }

    pub(crate) fn find_by_accessor(&self, accessor: &str, now: Moment) -> Option<Session> {
        let key = self.read().key_of(accessor)?;
        self.alive(key, now)
    }

    pub(crate) fn accessors(&self, now: Moment) -> Vec<String> {
        self.purge(now);
        self.read().accessors().map(str::to_owned).collect()
    }

    /// Lets go of what has ended. It is refused already; this frees its memory and its record.
    pub(crate) fn purge(&self, now: Moment) {
        while self.read().hold_ended(now) {
            // Nobody waits for it: what is left behind is let go at the next start.
            let _ = self.take_away(|tables| tables.purge(now));
        }
    }

    /// How many there are, a second after their end at most.
    pub(crate) fn count(&self) -> usize {
        self.read().count()
    }

    pub(super) fn alive(&self, key: Key, now: Moment) -> Option<Session> {
        self.read().alive(key, now).cloned()
    }

    /// Counts one use: zero is never left, the last use is minus one.
    fn use_up(&self, shown: &mut Shown<'_>) -> Result<Pending, TokenError> {
        let mut tables = self.write();
        let session = tables.session_mut(&shown.session.key).filter(|session| session.uses > 0);
        let session = session.ok_or(TokenError::Refused)?;
        session.uses = if session.uses == 1 { -1 } else { session.uses - 1 };
        let used = session.clone();
        shown.session.uses = used.uses;
        // The order of writes is that of the changes in memory.
        Ok(self.submit_record(&used)?)
    }

    pub(super) fn submit_record(&self, session: &Session) -> Result<Pending, StorageError> {
        let mut batch = Batch::default();
        batch.put_record(session.record, json(&Written::from(session))?);
        Ok(self.store.submit(batch))
    }

    /// The order of writes is that of the changes in memory: both happen under one lock.
    pub(super) fn take_away(&self, remove: impl FnOnce(&mut Tables) -> Vec<u64>) -> Pending {
        let mut tables = self.write();
        let mut batch = Batch::default();
        remove(&mut tables).into_iter().for_each(|record| batch.delete_record(record));
        self.store.submit(batch)
    }

    pub(super) fn read(&self) -> RwLockReadGuard<'_, Tables> {
        self.tables.read().unwrap_or_else(PoisonError::into_inner)
    }

    pub(super) fn write(&self) -> RwLockWriteGuard<'_, Tables> {
        self.tables.write().unwrap_or_else(PoisonError::into_inner)
    }
}
