use std::collections::HashSet;

use super::key::Key;

/// The tokens whose cubbyholes are not empty, and those of them that ended and left something behind.
#[derive(Debug, Default)]
pub(super) struct Owners {
    alive: HashSet<Key>,
    ended: Vec<Key>,
}

impl Owners {
    pub(super) fn add(&mut self, key: Key) {
        self.alive.insert(key);
    }

    /// A token ends.
    pub(super) fn end(&mut self, key: Key) {
        if self.alive.remove(&key) {
            self.ended.push(key);
        }
    }

    pub(super) fn have_ended(&self) -> bool {
        !self.ended.is_empty()
    }

    pub(super) fn take_ended(&mut self) -> Vec<Key> {
        std::mem::take(&mut self.ended)
    }
}
