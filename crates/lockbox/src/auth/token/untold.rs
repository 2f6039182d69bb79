use std::sync::{Mutex, PoisonError};

use super::{Tokens, key::Key};

/// Tokens that were just made, and that nobody was told of yet: unless they are told, they end with this.
#[derive(Debug)]
pub(crate) struct Untold<'a> {
    tokens: &'a Tokens,
    /// Each with its record: another token may have a chosen id meanwhile.
    made: Mutex<Vec<(Key, u64)>>,
}

impl<'a> Untold<'a> {
    pub(crate) fn new(tokens: &'a Tokens) -> Self {
        Self { tokens, made: Mutex::default() }
    }

    pub(super) fn one(tokens: &'a Tokens, key: Key, record: u64) -> Self {
        Self { tokens, made: Mutex::new(vec![(key, record)]) }
    }

    /// Takes note of a new token. One that only its bearer keeps is nowhere when nobody was told of it.
    pub(crate) fn note(&self, id: &str) {
        let key = Key::of(id);
        let record = self.tokens.read().session(&key).map(|session| session.record);
        let mut made = self.made.lock().unwrap_or_else(PoisonError::into_inner);
        debug_assert!(made.iter().all(|(known, _)| *known != key), "once is enough");
        made.extend(record.map(|record| (key, record)));
    }

    /// Their bearer knows them from now on.
    pub(crate) fn are_told(mut self) {
        self.made.get_mut().unwrap_or_else(PoisonError::into_inner).clear();
    }
}

impl Drop for Untold<'_> {
    fn drop(&mut self) {
        let made = std::mem::take(self.made.get_mut().unwrap_or_else(PoisonError::into_inner));
        if made.is_empty() {
            return;
        }
        // Nobody waits for it, as nobody waits for the tokens.
        let _ = self.tokens.take_away(|tables| {
            let mut records = Vec::new();
            for (key, record) in made {
                if tables.session(&key).is_some_and(|session| session.record == record) {
                    records.extend(tables.remove(key));
                }
            }
            records
        });
    }
}
