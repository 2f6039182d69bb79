use std::{
    net::IpAddr,
    sync::{Arc, PoisonError, RwLock, RwLockReadGuard, RwLockWriteGuard},
    time::Duration,
};

use zeroize::Zeroizing;

use super::{
    Kind, Order, Renewal, Session, Terms, Token, TokenError, batch::Sealer, key::Key, tables::Tables,
};
use crate::{clock::Moment, exchange::Authenticated, random};

/// The tokens that are alive.
#[derive(Debug)]
pub(crate) struct Tokens {
    tables: RwLock<Tables>,
    sealer: Sealer,
}

impl Tokens {
    pub(crate) fn new() -> Self {
        Self { tables: RwLock::default(), sealer: Sealer::new() }
    }

    /// The session of a token that is shown, which counts as a use of it.
    ///
    /// # Errors
    /// When the token is unknown, has ended, or is bound to other networks.
    pub(crate) fn authenticate(&self, id: &str, from: IpAddr, now: Moment) -> Result<Session, TokenError> {
        let mut session = self.find(id, now).ok_or(TokenError::Refused)?;
        let cidrs = &session.token.bound_cidrs;
        if !cidrs.is_empty() && !cidrs.iter().any(|cidr| cidr.contains(from)) {
            return Err(TokenError::Refused);
        }
        if session.uses != 0 {
            session.uses = self.use_up(session.key)?;
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
    pub(crate) fn issue(
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
        let (id, key) = match (token.kind, order.id) {
            (Kind::Batch, _) => (self.sealer.seal(&token).ok_or(TokenError::Refused)?, None),
            (Kind::Service, Some(chosen)) => (chosen.into_id(), Some(())),
            (Kind::Service, None) => (Zeroizing::new(format!("s.{}", random::letters(24))), Some(())),
        };
        let ends = (!lasts).then(|| now.plus(ttl));
        let session = Session {
            token: Arc::new(token),
            key: Key::of(&id),
            ends,
            granted: ttl,
            renewed: None,
            uses: order.uses,
        };
        let auth = authenticated(id, &session);
        if key.is_some() {
            let mut tables = self.write();
            if tables.session(&session.key).is_some_and(|taken| taken.ends.is_none_or(|ends| ends > now)) {
                return Err(TokenError::IdTaken);
            }
            tables.remove(session.key);
            tables.insert(session);
        }
        Ok((auth, grant.warning.filter(|_| !lasts).into_iter().collect()))
    }

    /// Gives a token another time, longer or shorter. The answer carries the id only where it was shown.
    ///
    /// # Errors
    /// When the token cannot be renewed, or has ended meanwhile.
    pub(crate) fn renew(
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
        let mut tables = self.write();
        tables.end_at(session.key, now.plus(grant.ttl));
        let renewed = tables.session_mut(&session.key).ok_or(TokenError::Refused)?;
        renewed.granted = grant.ttl;
        renewed.renewed = Some(now);
        Ok((authenticated(shown, renewed), grant.warning.into_iter().collect()))
    }

    /// Ends a token and its children.
    ///
    /// # Errors
    /// When it is a batch token, which nobody can end.
    pub(crate) fn revoke(&self, session: &Session) -> Result<(), TokenError> {
        match session.token.kind {
            Kind::Batch => Err(TokenError::BatchStays),
            Kind::Service => {
                self.write().remove(session.key);
                Ok(())
            }
        }
    }

    /// Ends every token that was issued under a path.
    pub(crate) fn revoke_issued_under(&self, path: &str) {
        self.write().remove_issued_under(path);
    }

    pub(crate) fn accessors(&self, now: Moment) -> Vec<String> {
        self.purge(now);
        self.read().accessors().map(str::to_owned).collect()
    }

    /// Lets go of what has ended. It is refused already; this frees its memory.
    pub(crate) fn purge(&self, now: Moment) {
        self.write().purge(now);
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
    fn use_up(&self, key: Key) -> Result<i64, TokenError> {
        let mut tables = self.write();
        let session =
            tables.session_mut(&key).filter(|session| session.uses > 0).ok_or(TokenError::Refused)?;
        session.uses = if session.uses == 1 { -1 } else { session.uses - 1 };
        Ok(session.uses)
    }

    fn read(&self) -> RwLockReadGuard<'_, Tables> {
        self.tables.read().unwrap_or_else(PoisonError::into_inner)
    }

    fn write(&self) -> RwLockWriteGuard<'_, Tables> {
        self.tables.write().unwrap_or_else(PoisonError::into_inner)
    }
}

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

    fn issue(tokens: &Tokens, order: Order) -> String {
        tokens.issue(order, at(0)).unwrap().0.client_token.to_string()
    }

    #[test]
    fn a_token_ends_on_time_before_it_is_purged() {
        let tokens = Tokens::new();
        let id = issue(&tokens, order(10));
        assert!(tokens.authenticate(&id, HOME, at(9)).is_ok());
        assert!(tokens.authenticate(&id, HOME, at(10)).is_err());
        assert!(tokens.find(&id, at(9)).is_some());
        tokens.purge(at(10));
        assert!(tokens.find(&id, at(9)).is_none());
        assert!(tokens.accessors(at(10)).is_empty());
    }

    #[test]
    fn a_renewal_moves_the_end_both_ways() {
        let tokens = Tokens::new();
        let id = issue(&tokens, order(3600));
        for (asked, alive, ended) in [(60, 59, 60), (120, 119, 120)] {
            let session = tokens.find(&id, at(0)).unwrap();
            let terms = Terms { asked: Duration::from_secs(asked), ..Terms::default() };
            let (auth, _) = tokens.renew(&session, &terms, Zeroizing::default(), at(0)).unwrap();
            assert_eq!(auth.lease_duration, asked);
            assert!(tokens.find(&id, at(alive)).is_some());
            assert!(tokens.find(&id, at(ended)).is_none());
        }
        tokens.purge(at(100));
        assert!(tokens.find(&id, at(100)).is_some(), "the old end is forgotten");
    }

    #[test]
    fn children_end_with_their_parent() {
        let tokens = Tokens::new();
        let parent = issue(&tokens, order(100));
        let key = tokens.find(&parent, at(0)).unwrap().key;
        let child = issue(&tokens, Order { parent: Some(key), ..order(1000) });
        let child_key = tokens.find(&child, at(0)).unwrap().key;
        let grandchild = issue(&tokens, Order { parent: Some(child_key), ..order(1000) });
        let batch = issue(&tokens, Order { kind: Kind::Batch, parent: Some(key), ..order(1000) });
        assert!(tokens.find(&batch, at(50)).is_some());
        tokens.revoke(&tokens.find(&parent, at(50)).unwrap()).unwrap();
        for id in [parent, child, grandchild, batch] {
            assert!(tokens.find(&id, at(50)).is_none());
        }
    }

    #[test]
    fn a_batch_token_is_carried_and_cannot_be_changed() {
        let tokens = Tokens::new();
        let id = issue(&tokens, Order { kind: Kind::Batch, ..order(60) });
        let session = tokens.find(&id, at(59)).unwrap();
        assert!(matches!(tokens.revoke(&session), Err(TokenError::BatchStays)));
        assert!(tokens.find(&id, at(60)).is_none());
        assert!(Tokens::new().find(&id, at(0)).is_none());
        let middle = id.len() / 2;
        let other = if &id[middle..=middle] == "A" { "B" } else { "A" };
        assert!(tokens.find(&format!("{}{other}{}", &id[..middle], &id[middle + 1..]), at(0)).is_none());
    }

    #[test]
    fn uses_are_counted_and_the_last_one_is_marked() {
        let tokens = Tokens::new();
        let id = issue(&tokens, Order { uses: 2, ..order(60) });
        assert_eq!(tokens.authenticate(&id, HOME, at(0)).unwrap().uses, 1);
        assert_eq!(tokens.authenticate(&id, HOME, at(0)).unwrap().uses, -1);
        assert!(tokens.authenticate(&id, HOME, at(0)).is_err());
    }

    #[test]
    fn a_token_is_refused_from_another_network() {
        let tokens = Tokens::new();
        let id = issue(&tokens, Order { bound_cidrs: vec!["10.0.0.0/8".parse().unwrap()], ..order(60) });
        assert!(tokens.authenticate(&id, HOME, at(0)).is_err());
        assert!(tokens.authenticate(&id, IpAddr::V4(Ipv4Addr::new(10, 1, 1, 1)), at(0)).is_ok());
    }

    #[test]
    fn no_id_is_in_the_debug_output() {
        let tokens = Tokens::new();
        let id = issue(&tokens, order(60));
        assert!(!format!("{tokens:?}").contains(&id));
    }
}
