use std::time::Duration;

use serde::{Deserialize, Serialize};

use crate::{
    auth::token::Key,
    clock::{Moment, nanos},
    gitlab::Minted,
    random,
};

/// Something that ends with a session, and at a time.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct Lease {
    /// The path that gave it, and a name of its own.
    pub(crate) id: String,
    /// Whose end is its end.
    pub(crate) session: Option<Key>,
    #[serde(with = "nanos")]
    pub(crate) issued: Moment,
    #[serde(with = "nanos")]
    pub(crate) ends: Moment,
    pub(crate) granted: Duration,
    pub(super) of: Minted,
}

impl Lease {
    pub(crate) fn new(
        path: &str,
        session: Option<Key>,
        (now, granted): (Moment, Duration),
        of: Minted,
    ) -> Self {
        let id = format!("{path}/{}", random::letters(24));
        Self { id, session, issued: now, ends: now.plus(granted), granted, of }
    }

    /// The path that gave it.
    pub(crate) fn path(&self) -> &str {
        self.id.rsplit_once('/').map_or("", |(path, _)| path)
    }

    /// Its own name, which no other has.
    pub(super) fn name(&self) -> &str {
        self.id.rsplit_once('/').map_or(&self.id, |(_, name)| name)
    }

    /// What is left of its time, counted from the nearest second.
    pub(crate) fn time_left(&self, now: Moment) -> Duration {
        now.rounded().until(self.ends)
    }
}
