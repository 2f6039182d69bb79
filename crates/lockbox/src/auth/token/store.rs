use std::{
    net::IpAddr,
    sync::{Arc, PoisonError, RwLock, RwLockReadGuard, RwLockWriteGuard},
    time::Duration,
};

use zeroize::Zeroizing;

use super::{
    Kind, Order, Renewal, Session, Terms, Token, TokenError, batch::Sealer, key::Key, tables::Tables,
    written::Written,
};
use crate::{
    clock::Moment,
    exchange::Authenticated,
    random,
    storage::{Batch, Pending, Record, StorageError, Store, json},
};

/// The tokens that are alive: all of them in memory, each with a record in the store.
#[derive(Debug)]
pub(crate) struct Tokens {
    tables: RwLock<Tables>,
    sealer: Sealer,
    store: Arc<Store>,
}

impl Tokens {
    /// The tokens that were alive when the store was closed, and still are.
    ///
    /// # Errors
    /// When the store cannot be read, or holds what is no token.
    pub(crate) async fn load(store: Arc<Store>, now: Moment) -> Result<Self, StorageError> {
        let sealer = Sealer::new(&*batch_key(&store).await?);
        let mut tables = Tables::default();
        for Record { number: record, value } in store.records()? {
            let unreadable = |problem: String| StorageError::Read(format!("record {record}: {problem}"));
            let written: Written =
                serde_json::from_slice(&value).map_err(|error| unreadable(error.to_string()))?;
            tables.insert(written.into_session(record).map_err(|error| unreadable(error.to_string()))?);
        }
        let tokens = Self { tables: RwLock::new(tables), sealer, store };
        tokens.purge(now);
        Ok(tokens)
    }

    /// The session of a token that is shown, which counts as a use of it.
    ///
    /// # Errors
    /// When the token is unknown, has ended, or is bound to other networks.
    pub(crate) async fn authenticate(
        &self,
        id: &str,
        from: IpAddr,
        now: Moment,
    ) -> Result<Session, TokenError> {
        let mut session = self.find(id, now).ok_or(TokenError::Refused)?;
        let cidrs = &session.token.bound_cidrs;
        if !cidrs.is_empty() && !cidrs.iter().any(|cidr| cidr.contains(from)) {
            return Err(TokenError::Refused);
        }
        if session.uses != 0 {
            session.uses = self.use_up(session.key).await?;
        }
        Ok(session)
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

    /// Makes a token.
    ///
    /// # Errors
    /// When a batch token is asked for what only a service token can be, or an id is taken.
    pub(crate) async fn issue(
        &self,
        order: Order,
        now: Moment,
    ) -> Result<(Authenticated, Vec<String>), TokenError> {
        let is_root = order.policies.iter().any(|name| name == "root");
        let lasts = is_root && order.terms.usual.is_zero() && order.terms.period.is_zero();
        if is_root && order.kind == Kind::Batch {
            return Err(TokenError::BatchRoot);
        }
        let grant = order.terms.grant(now, now);
        let ttl = if lasts { Duration::ZERO } else { rounded(grant.ttl) };
        let token = Token {
            accessor: if order.kind == Kind::Batch { String::new() } else { random::letters(24) },
            kind: order.kind,
            policies: order.policies,
            display_name: order.display_name,
            metadata: order.metadata,
            path: order.path,
            role: order.role,
            entity_id: order.entity_id,
            parent: order.parent,
            issued: now,
            first_ttl: ttl,
            explicit_max_ttl: order.terms.explicit_max,
            period: order.terms.period,
            renewable: order.kind == Kind::Service && order.renewal == Renewal::Allowed && !lasts,
            bound_cidrs: order.bound_cidrs,
        };
        let (id, kept) = match (token.kind, order.id) {
            (Kind::Batch, _) => (self.sealer.seal(&token).ok_or(TokenError::Refused)?, Kept::ByItsBearer),
            (Kind::Service, Some(chosen)) => (chosen.into_id(), Kept::Here),
            (Kind::Service, None) => (Zeroizing::new(format!("s.{}", random::letters(24))), Kept::Here),
        };
        let ends = (!lasts).then(|| now.plus(ttl));
        let session = Session {
            token: Arc::new(token),
            key: Key::of(&id),
            record: 0,
            ends,
            granted: ttl,
            renewed: None,
            uses: order.uses,
        };
        let auth = authenticated(id, &session);
        if kept == Kept::Here {
            self.keep(session, now).await?;
        }
        Ok((auth, grant.warning.filter(|_| !lasts).into_iter().collect()))
    }

    /// Gives a token another time, longer or shorter. The answer carries the id only where it was shown.
    ///
    /// # Errors
    /// When the token cannot be renewed, or has ended meanwhile.
    pub(crate) async fn renew(
        &self,
        session: &Session,
        terms: &Terms,
        shown: Zeroizing<String>,
        now: Moment,
    ) -> Result<(Authenticated, Vec<String>), TokenError> {
        match (session.token.kind, session.token.renewable) {
            (Kind::Batch, _) => return Err(TokenError::BatchEndsAsItIs),
            (Kind::Service, false) => return Err(TokenError::NotRenewable),
            (Kind::Service, true) => {}
        }
        let grant = terms.grant(session.token.issued, now);
        let changed = Session {
            ends: Some(now.plus(grant.ttl)),
            granted: grant.ttl,
            renewed: Some(now),
            ..session.clone()
        };
        self.change(&changed)?.landed().await?;
        Ok((authenticated(shown, &changed), grant.warning.into_iter().collect()))
    }

    /// Ends a token and its children.
    ///
    /// # Errors
    /// When it is a batch token, which nobody can end, or the disk refuses: then it has ended until the next start.
    pub(crate) async fn revoke(&self, session: &Session) -> Result<(), TokenError> {
        match session.token.kind {
            Kind::Batch => Err(TokenError::BatchStays),
            Kind::Service => Ok(self.take_away(|tables| tables.remove(session.key)).landed().await?),
        }
    }

    /// Ends every token that was issued under a path.
    ///
    /// # Errors
    /// When the disk refuses: then they have ended until the next start.
    pub(crate) async fn revoke_issued_under(&self, path: &str) -> Result<(), StorageError> {
        self.take_away(|tables| tables.remove_issued_under(path)).landed().await
    }

    pub(crate) fn accessors(&self, now: Moment) -> Vec<String> {
        self.purge(now);
        self.read().accessors().map(str::to_owned).collect()
    }

    /// Lets go of what has ended. It is refused already; this frees its memory and its record.
    pub(crate) fn purge(&self, now: Moment) {
        if self.read().first_ending().is_some_and(|first| first <= now) {
            // Nobody waits for it: what is left behind is let go at the next start.
            let _ = self.take_away(|tables| tables.purge(now));
        }
    }

    fn alive(&self, key: Key, now: Moment) -> Option<Session> {
        let tables = self.read();
        let alive =
            |key: Key| tables.session(&key).filter(|session| session.ends.is_none_or(|ends| ends > now));
        let session = alive(key)?;
        // A parent that has ended takes its children along, purged or not.
        let mut parent = session.token.parent;
        while let Some(key) = parent {
            parent = alive(key)?.token.parent;
        }
        Some(session.clone())
    }

    /// Counts one use, and says what is left: zero is never left, the last use is minus one.
    async fn use_up(&self, key: Key) -> Result<i64, TokenError> {
        let (uses, pending) = {
            let mut tables = self.write();
            let session =
                tables.session_mut(&key).filter(|session| session.uses > 0).ok_or(TokenError::Refused)?;
            session.uses = if session.uses == 1 { -1 } else { session.uses - 1 };
            (session.uses, self.submit_record(&session.clone())?)
        };
        pending.landed().await?;
        Ok(uses)
    }

    /// Keeps a new token. Nobody knows its id before it is on disk.
    async fn keep(&self, mut session: Session, now: Moment) -> Result<(), TokenError> {
        let key = session.key;
        let pending = {
            let mut tables = self.write();
            if tables.session(&key).is_some_and(|taken| taken.ends.is_none_or(|ends| ends > now)) {
                return Err(TokenError::IdTaken);
            }
            let mut batch = Batch::default();
            tables.remove(key).into_iter().for_each(|record| batch.delete_record(record));
            session.record = tables.next_record();
            batch.put_record(session.record, json(&Written::from(&session))?);
            tables.insert(session);
            self.store.submit(batch)
        };
        let landed = pending.landed().await;
        if landed.is_err() {
            self.write().remove(key);
        }
        Ok(landed?)
    }

    fn change(&self, changed: &Session) -> Result<Pending, TokenError> {
        let mut tables = self.write();
        let session = tables.session(&changed.key).ok_or(TokenError::Refused)?;
        // It may have been used meanwhile.
        let changed = Session { uses: session.uses, ..changed.clone() };
        let pending = self.submit_record(&changed)?;
        tables.replace(changed);
        Ok(pending)
    }

    fn submit_record(&self, session: &Session) -> Result<Pending, StorageError> {
        let mut batch = Batch::default();
        batch.put_record(session.record, json(&Written::from(session))?);
        Ok(self.store.submit(batch))
    }

    /// The order of writes is that of the changes in memory: both happen under one lock.
    fn take_away(&self, remove: impl FnOnce(&mut Tables) -> Vec<u64>) -> Pending {
        let mut tables = self.write();
        let mut batch = Batch::default();
        remove(&mut tables).into_iter().for_each(|record| batch.delete_record(record));
        self.store.submit(batch)
    }

    fn read(&self) -> RwLockReadGuard<'_, Tables> {
        self.tables.read().unwrap_or_else(PoisonError::into_inner)
    }

    fn write(&self) -> RwLockWriteGuard<'_, Tables> {
        self.tables.write().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Where a new token is kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kept {
    Here,
    ByItsBearer,
}

/// The key of batch tokens, which outlives the process as they do.
async fn batch_key(store: &Store) -> Result<Zeroizing<[u8; 32]>, StorageError> {
    if let Some(kept) = store.read(BATCH_KEY)? {
        let key = kept.as_slice().try_into().map(Zeroizing::new);
        return key.map_err(|_| StorageError::Read("the key of batch tokens is none".to_owned()));
    }
    let key = Zeroizing::new(random::bytes::<32>());
    let mut batch = Batch::default();
    batch.put(BATCH_KEY, Zeroizing::new(key.to_vec()));
    store.commit(batch).await?;
    Ok(key)
}

const BATCH_KEY: &str = "core/batch-tokens";

fn authenticated(id: Zeroizing<String>, session: &Session) -> Authenticated {
    let token = &session.token;
    Authenticated {
        client_token: id,
        accessor: token.accessor.clone(),
        policies: token.policies.clone(),
        token_policies: token.policies.clone(),
        metadata: token.metadata.to_json(),
        lease_duration: rounded(session.granted).as_secs(),
        renewable: token.renewable,
        entity_id: token.entity_id.clone(),
        token_type: token.kind.name(),
        orphan: token.parent.is_none(),
        mfa_requirement: None,
        num_uses: session.uses,
    }
}

/// To whole seconds, as Vault shows a time that was cut.
fn rounded(duration: Duration) -> Duration {
    Duration::from_secs(duration.as_secs() + u64::from(duration.subsec_millis() >= 500))
}

#[cfg(test)]
mod tests {
    use std::net::Ipv4Addr;

    use super::*;
    use crate::auth::token::Metadata;

    const HOME: IpAddr = IpAddr::V4(Ipv4Addr::LOCALHOST);

    fn at(second: u64) -> Moment {
        Moment::at_second(1_000_000 + second)
    }

    fn order(ttl: u64) -> Order {
        Order {
            id: None,
            kind: Kind::Service,
            policies: vec!["default".to_owned()],
            display_name: String::new(),
            metadata: Metadata::default(),
            path: "auth/token/create".to_owned(),
            role: None,
            entity_id: String::new(),
            parent: None,
            terms: Terms { usual: Duration::from_secs(ttl), ..Terms::default() },
            uses: 0,
            renewal: Renewal::Allowed,
            bound_cidrs: Vec::new(),
        }
    }

    async fn no_tokens() -> Tokens {
        Tokens::load(Arc::new(Store::in_memory().await), at(0)).await.unwrap()
    }

    async fn issue(tokens: &Tokens, order: Order) -> String {
        tokens.issue(order, at(0)).await.unwrap().0.client_token.to_string()
    }

    #[tokio::test]
    async fn a_token_ends_on_time_before_it_is_purged() {
        let tokens = no_tokens().await;
        let id = issue(&tokens, order(10)).await;
        assert!(tokens.authenticate(&id, HOME, at(9)).await.is_ok());
        assert!(tokens.authenticate(&id, HOME, at(10)).await.is_err());
        assert!(tokens.find(&id, at(9)).is_some());
        tokens.purge(at(10));
        assert!(tokens.find(&id, at(9)).is_none());
        assert!(tokens.accessors(at(10)).is_empty());
    }

    #[tokio::test]
    async fn a_renewal_moves_the_end_both_ways() {
        let tokens = no_tokens().await;
        let id = issue(&tokens, order(3600)).await;
        for (asked, alive, ended) in [(60, 59, 60), (120, 119, 120)] {
            let session = tokens.find(&id, at(0)).unwrap();
            let terms = Terms { asked: Duration::from_secs(asked), ..Terms::default() };
            let (auth, _) = tokens.renew(&session, &terms, Zeroizing::default(), at(0)).await.unwrap();
            assert_eq!(auth.lease_duration, asked);
            assert!(tokens.find(&id, at(alive)).is_some());
            assert!(tokens.find(&id, at(ended)).is_none());
        }
        tokens.purge(at(100));
        assert!(tokens.find(&id, at(100)).is_some(), "the old end is forgotten");
    }

    #[tokio::test]
    async fn children_end_with_their_parent() {
        let tokens = no_tokens().await;
        let parent = issue(&tokens, order(100)).await;
        let key = tokens.find(&parent, at(0)).unwrap().key;
        let child = issue(&tokens, Order { parent: Some(key), ..order(1000) }).await;
        let child_key = tokens.find(&child, at(0)).unwrap().key;
        let grandchild = issue(&tokens, Order { parent: Some(child_key), ..order(1000) }).await;
        let batch = issue(&tokens, Order { kind: Kind::Batch, parent: Some(key), ..order(1000) }).await;
        assert!(tokens.find(&batch, at(50)).is_some());
        tokens.revoke(&tokens.find(&parent, at(50)).unwrap()).await.unwrap();
        for id in [parent, child, grandchild, batch] {
            assert!(tokens.find(&id, at(50)).is_none());
        }
    }

    #[tokio::test]
    async fn a_batch_token_is_carried_and_cannot_be_changed() {
        let tokens = no_tokens().await;
        let id = issue(&tokens, Order { kind: Kind::Batch, ..order(60) }).await;
        let session = tokens.find(&id, at(59)).unwrap();
        assert!(matches!(tokens.revoke(&session).await, Err(TokenError::BatchStays)));
        assert!(tokens.find(&id, at(60)).is_none());
        assert!(no_tokens().await.find(&id, at(0)).is_none());
        let middle = id.len() / 2;
        let other = if &id[middle..=middle] == "A" { "B" } else { "A" };
        assert!(tokens.find(&format!("{}{other}{}", &id[..middle], &id[middle + 1..]), at(0)).is_none());
    }

    #[tokio::test]
    async fn uses_are_counted_and_the_last_one_is_marked() {
        let tokens = no_tokens().await;
        let id = issue(&tokens, Order { uses: 2, ..order(60) }).await;
        assert_eq!(tokens.authenticate(&id, HOME, at(0)).await.unwrap().uses, 1);
        assert_eq!(tokens.authenticate(&id, HOME, at(0)).await.unwrap().uses, -1);
        assert!(tokens.authenticate(&id, HOME, at(0)).await.is_err());
    }

    #[tokio::test]
    async fn a_token_is_refused_from_another_network() {
        let tokens = no_tokens().await;
        let id =
            issue(&tokens, Order { bound_cidrs: vec!["10.0.0.0/8".parse().unwrap()], ..order(60) }).await;
        assert!(tokens.authenticate(&id, HOME, at(0)).await.is_err());
        assert!(tokens.authenticate(&id, IpAddr::V4(Ipv4Addr::new(10, 1, 1, 1)), at(0)).await.is_ok());
    }

    #[tokio::test]
    async fn no_id_is_in_the_debug_output() {
        let tokens = no_tokens().await;
        let id = issue(&tokens, order(60)).await;
        assert!(!format!("{tokens:?}").contains(&id));
    }

    #[tokio::test]
    async fn tokens_are_there_after_the_store_was_closed() {
        let store = Arc::new(Store::in_memory().await);
        let before = Tokens::load(Arc::clone(&store), at(0)).await.unwrap();
        let kept = issue(&before, Order { uses: 5, ..order(100) }).await;
        let batch = issue(&before, Order { kind: Kind::Batch, ..order(100) }).await;
        let (revoked, short) = (issue(&before, order(100)).await, issue(&before, order(5)).await);
        before.revoke(&before.find(&revoked, at(0)).unwrap()).await.unwrap();
        assert_eq!(before.authenticate(&kept, HOME, at(1)).await.unwrap().uses, 4);
        drop(before);
        let after = Tokens::load(store, at(10)).await.unwrap();
        assert_eq!(after.authenticate(&kept, HOME, at(10)).await.unwrap().uses, 3);
        assert!(after.find(&batch, at(10)).is_some());
        assert!(after.find(&revoked, at(10)).is_none() && after.find(&short, at(4)).is_none());
        assert!(after.find(&issue(&after, order(9)).await, at(1)).is_some());
        assert_eq!(after.accessors(at(10)).len(), 1);
    }
}
