use std::{sync::Arc, time::Duration};

use super::{Kind, Metadata, TokenError, key::Key};
use crate::{auth::Cidr, clock::Moment};

/// What seldom changes about a token.
#[derive(Clone, Debug)]
pub(crate) struct Token {
    /// Another name for it, which looks it up and revokes it but does not use it. Empty for a batch token.
    pub(crate) accessor: Arc<str>,
    pub(crate) kind: Kind,
    pub(crate) naming: Naming,
    pub(crate) policies: Arc<[String]>,
    pub(crate) display_name: Box<str>,
    pub(crate) metadata: Option<Metadata>,
    /// The path that issued it.
    pub(crate) path: Arc<str>,
    /// The role that it was issued by, of a login or of the tokens themselves.
    pub(crate) role: Option<Arc<str>>,
    pub(crate) entity_id: Box<str>,
    pub(crate) parent: Option<Key>,
    pub(crate) issued: Moment,
    pub(crate) first_ttl: Duration,
    pub(crate) explicit_max_ttl: Duration,
    pub(crate) period: Duration,
    pub(crate) renewable: bool,
    /// How often it could be used when it was issued; zero is as often as its bearer likes.
    pub(crate) first_uses: i64,
    pub(crate) bound_cidrs: Arc<[Cidr]>,
}

/// Where a token's id comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Naming {
    Drawn,
    /// By who ordered the token: it may be easy to guess.
    Chosen,
}

/// A token that was shown and found good, and how it stands.
#[derive(Clone, Debug)]
pub(crate) struct Session {
    pub(crate) token: Arc<Token>,
    pub(crate) key: Key,
    /// The number of its record in the store.
    pub(super) record: u64,
    pub(crate) ends: Option<Moment>,
    /// The time that was granted last.
    pub(crate) granted: Duration,
    pub(crate) renewed: Option<Moment>,
    /// Zero: as often as its bearer likes. Minus one: this is the last time.
    pub(crate) uses: i64,
}

impl Session {
    /// # Errors
    /// When the token ends as it was made to.
    pub(crate) fn check_renewable(&self) -> Result<(), TokenError> {
        match (self.token.kind, self.token.renewable) {
            (Kind::Batch, _) => Err(TokenError::BatchEndsAsItIs),
            (Kind::Service, _) if !self.has_lease() => Err(TokenError::NoLease),
            (Kind::Service, false) => Err(TokenError::NotRenewable),
            (Kind::Service, true) => Ok(()),
        }
    }

    /// What changes about a token while it lives.
    pub(super) fn standing(&self) -> (Option<Moment>, Duration, Option<Moment>, i64) {
        (self.ends, self.granted, self.renewed, self.uses)
    }

    /// The token with which ends what this one reads: a batch token is kept nowhere, and its parent is.
    pub(crate) fn lessee(&self) -> Option<Key> {
        match self.token.kind {
            Kind::Service => Some(self.key),
            Kind::Batch => self.token.parent,
        }
    }

    /// Every token has one but the first, which comes with a new vault.
    pub(crate) fn has_lease(&self) -> bool {
        &*self.token.path != "auth/token/root"
    }

    /// What is left of its time, counted from the nearest second; zero when it does not end.
    pub(crate) fn time_left(&self, now: Moment) -> Duration {
        self.ends.map_or(Duration::ZERO, |ends| now.rounded().until(ends))
    }
}
