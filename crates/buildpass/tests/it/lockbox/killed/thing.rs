use serde_json::Value;

use super::{client::Door, dice::Dice, kind::Kind};

/// One thing that a client writes, and what is known of it.
pub(super) struct Thing {
    kind: Kind,
    name: String,
    /// As the last answer left it.
    acknowledged: State,
    /// As a write would leave it that was sent, and not answered.
    under_way: Option<State>,
    /// How often it was written.
    generation: u64,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum State {
    Absent,
    There {
        /// Which write made it.
        generation: u64,
        /// How far it has come since: versions, uses, renewals, children.
        step: u64,
    },
}

/// A request, and what it makes of a thing.
pub(super) struct Change {
    pub(super) method: &'static str,
    pub(super) path: String,
    pub(super) body: Value,
    /// Whose token is shown; root's when nobody is named.
    pub(super) by: Option<String>,
    pub(super) leads_to: State,
}

impl Thing {
    pub(super) fn new(kind: Kind, name: String) -> Self {
        Self { kind, name, acknowledged: State::Absent, under_way: None, generation: 0 }
    }

    /// Changes it; nothing when no answer came.
    pub(super) fn change(&mut self, door: &Door<'_>, dice: &mut Dice) -> Option<()> {
        let change = self.kind.change(&self.name, self.acknowledged, self.generation + 1, dice);
        let Change { method, path, body, by, leads_to } = change;
        self.under_way = Some(leads_to);
        if let State::There { generation, .. } = leads_to {
            self.generation = generation;
        }
        let (status, answer) = door.ask(by.as_deref().unwrap_or(door.root), method, &path, &body)?;
        assert!(status < 300, "{method} {path}: {status} {answer}");
        self.acknowledged = leads_to;
        self.under_way = None;
        Some(())
    }

    /// Holds what is there against what was acknowledged; a write that was not answered is there or not.
    pub(super) fn look(&mut self, door: &Door<'_>) {
        let seen = self.kind.see(door, &self.name, self.generation);
        let Self { kind, name, acknowledged, under_way, .. } = &*self;
        assert!(
            seen == *acknowledged || Some(seen) == *under_way,
            "{kind:?} {name}: {seen:?} is there, {acknowledged:?} was acknowledged, {under_way:?} was under way"
        );
        self.acknowledged = seen;
        self.under_way = None;
    }
}
