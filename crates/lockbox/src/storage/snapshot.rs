use redb::{Database, ReadOnlyTable, ReadableDatabase, TableError};

use super::{StorageError, apply::ENTRIES};

/// The entries as the last write left them, ready to be read.
pub(super) struct Snapshot {
    /// None before the first entry was written.
    pub(super) entries: Option<ReadOnlyTable<&'static [u8; 32], &'static [u8]>>,
}

impl Snapshot {
    /// # Errors
    /// When the file cannot be read.
    pub(super) fn of(database: &Database) -> Result<Self, StorageError> {
        let transaction = database.begin_read().map_err(StorageError::read)?;
        match transaction.open_table(ENTRIES) {
            Ok(entries) => Ok(Self { entries: Some(entries) }),
            Err(TableError::TableDoesNotExist(_)) => Ok(Self { entries: None }),
            Err(error) => Err(StorageError::read(error)),
        }
    }
}

impl std::fmt::Debug for Snapshot {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Snapshot")
    }
}
