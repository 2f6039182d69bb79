use std::time::Duration;

use serde::{Deserialize, Serialize};

use crate::{
    auth::token::Key,
    clock::{Moment, nanos},
    gitlab::{Asked, For, Minted, Subject},
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
    pub(super) of: Subject,
}

impl Lease {
    /// A lease of what is asked for.
    pub(crate) fn asked(
        path: &str,
        session: Option<Key>,
        (now, granted): (Moment, Duration),
        asked: Asked,
    ) -> Self {
        let id = format!("{path}/{}", random::letters(24));
        Self { id, session, issued: now, ends: now.plus(granted), granted, of: Subject::Asked(asked) }
    }

    /// The same lease of what came of it.
    pub(crate) fn made(&self, minted: Minted) -> Self {
        Self { of: Subject::Made(minted), ..self.clone() }
    }

    /// Whether there is something that it is of, as far as anybody knows.
    pub(super) fn is_made(&self) -> bool {
        matches!(self.of, Subject::Made(_))
    }

    /// For what its token is.
    pub(crate) fn purpose(&self) -> For<'_> {
        For { lease_id: &self.id, since: self.issued }
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
