use std::{
    collections::HashSet,
    fmt,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use super::{
    StorageError,
    apply::{Step, Tables},
};
use crate::seal::Keyring;

/// Records that are deleted in memory while the disk did not take it. The next write that lands takes them along: whoever asks
/// for it again is told that they are gone.
#[derive(Default)]
pub(super) struct Owed(Mutex<Vec<(Arc<Keyring>, Vec<Step>)>>);

impl Owed {
    /// Keeps of a write that failed what became of records, if it deletes some.
    pub(super) fn add(&self, keyring: Arc<Keyring>, mut steps: Vec<Step>) {
        if steps.iter().any(|step| matches!(step, Step::DeleteRecord { .. })) {
            steps.retain(|step| matches!(step, Step::PutRecord { .. } | Step::DeleteRecord { .. }));
            self.lock().push((keyring, steps));
        }
    }

    pub(super) fn is_empty(&self) -> bool {
        self.lock().is_empty()
    }

    /// They have landed, or are for contents that are no more.
    pub(super) fn clear(&self) {
        self.lock().clear();
    }

    /// # Errors
    /// When the disk refuses.
    pub(super) fn apply(&self, tables: &mut Tables<'_>) -> Result<(), StorageError> {
        self.lock().iter().try_for_each(|(keyring, steps)| tables.apply(keyring, steps))
    }

    /// The records that are on disk and shall not be.
    pub(super) fn deleted(&self) -> HashSet<u64> {
        let mut deleted = HashSet::new();
        for step in self.lock().iter().flat_map(|(_, steps)| steps) {
            match step {
                Step::DeleteRecord { number } => drop(deleted.insert(*number)),
                Step::PutRecord { number, .. } => drop(deleted.remove(number)),
                _ => {}
            }
        }
        deleted
    }

    fn lock(&self) -> MutexGuard<'_, Vec<(Arc<Keyring>, Vec<Step>)>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl fmt::Debug for Owed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Owed")
    }
}
