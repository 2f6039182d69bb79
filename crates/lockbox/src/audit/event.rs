use serde::{Deserialize, Serialize};

use super::tip::{Hash, Tip};
use crate::clock::Moment;

/// What lockbox says itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(super) enum Event {
    /// The server started.
    Opened {},
    /// This file follows on another one, which ended here.
    Continued(Tip),
    /// The bytes before this line, without the end of the last of them, are what a crash left.
    Torn { bytes: u64, sha256: Hash },
    /// The log ended before this tip, which is known from elsewhere.
    Missing(Tip),
}

#[derive(Serialize)]
struct Written {
    time: Moment,
    #[serde(rename = "type")]
    kind: &'static str,
    event: Event,
}

#[derive(Deserialize)]
struct Read {
    #[serde(rename = "type")]
    kind: String,
    event: Event,
}

impl Event {
    /// The object of its line.
    pub(super) fn body(self, time: Moment) -> String {
        // It is made of what JSON can say.
        serde_json::to_string(&Written { time, kind: KIND, event: self }).unwrap_or_default()
    }

    /// The event of a line, if it is one of lockbox's own.
    pub(super) fn of(body: &[u8]) -> Option<Self> {
        if body.len() > MAX_BYTES {
            return None;
        }
        let read: Read = serde_json::from_slice(body).ok()?;
        (read.kind == KIND).then_some(read.event)
    }
}

const KIND: &str = "lockbox";

/// No event is longer, and most lines are.
const MAX_BYTES: usize = 300;
