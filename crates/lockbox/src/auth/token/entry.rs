use std::{sync::Arc, time::Duration};

use serde::{Serialize, Serializer};
use serde_json::value::{RawValue, to_raw_value};

use super::key::Key;
use crate::{auth::Cidr, clock::Moment};

/// What never changes about a token.
#[derive(Debug)]
pub(crate) struct Token {
    /// Another name for it, which looks it up and revokes it but does not use it. Empty for a batch token.
    pub(crate) accessor: String,
    pub(crate) kind: Kind,
    pub(crate) policies: Vec<String>,
    pub(crate) display_name: String,
    pub(crate) metadata: Metadata,
    /// The path that issued it.
    pub(crate) path: String,
    /// The role that it was issued by, if a login gave it.
    pub(crate) role: Option<String>,
    pub(crate) entity_id: String,
    pub(crate) parent: Option<Key>,
    pub(crate) issued: Moment,
    pub(crate) first_ttl: Duration,
    pub(crate) explicit_max_ttl: Duration,
    pub(crate) period: Duration,
    pub(crate) renewable: bool,
    pub(crate) bound_cidrs: Vec<Cidr>,
}

/// Whether a token is kept here or carried by its bearer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    Service,
    Batch,
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

/// What a login said about its bearer, in alphabetical order.
#[derive(Clone, Debug, Default)]
pub(crate) struct Metadata(Vec<(String, String)>);

impl Session {
    /// What is left of its time, counted from the nearest second; zero when it does not end.
    pub(crate) fn time_left(&self, now: Moment) -> Duration {
        self.ends.map_or(Duration::ZERO, |ends| now.rounded().until(ends))
    }
}

impl Kind {
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Service => "service",
            Self::Batch => "batch",
        }
    }
}

impl Metadata {
    pub(super) fn pairs(&self) -> &[(String, String)] {
        &self.0
    }

    /// As a JSON object, or nothing when there is nothing to say.
    pub(crate) fn to_json(&self) -> Option<Box<RawValue>> {
        if self.0.is_empty() { None } else { to_raw_value(self).ok() }
    }
}

impl FromIterator<(String, String)> for Metadata {
    fn from_iter<I: IntoIterator<Item = (String, String)>>(pairs: I) -> Self {
        let mut pairs: Vec<_> = pairs.into_iter().collect();
        pairs.sort_unstable();
        Self(pairs)
    }
}

impl Serialize for Metadata {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_map(self.0.iter().map(|(name, value)| (name, value)))
    }
}
