use redb::TableError;

use super::{
    BackupError, Checked, StorageError,
    apply::{ENTRIES, RECORDS, Step, Tables},
    backup::Kept,
    disk::{CLEAR, File, HEADER, KEYRING},
};

/// A backup, and what of the present is kept beside it.
pub(super) struct Replacement {
    pub(super) backup: Checked,
    pub(super) kept: Vec<Step>,
}

impl Replacement {
    /// Puts the backup in the place of everything, in one step: whatever ends it early leaves everything as it was.
    ///
    /// # Errors
    /// When the disk refuses.
    pub(super) fn carry_out(mut self, file: &File) -> Result<(), StorageError> {
        let transaction = file.database()?.begin_write().map_err(StorageError::write)?;
        for removed in [transaction.delete_table(ENTRIES), transaction.delete_table(RECORDS)] {
            match removed {
                Ok(_) | Err(TableError::TableDoesNotExist(_)) => {}
                Err(error) => return Err(StorageError::write(error)),
            }
        }
        {
            let mut clear = transaction.open_table(CLEAR).map_err(StorageError::write)?;
            for (name, bytes) in [(HEADER, self.backup.header()), (KEYRING, self.backup.wrapped_keyring())] {
                clear.insert(name, bytes).map_err(StorageError::write)?;
            }
            let mut entries = transaction.open_table(ENTRIES).map_err(StorageError::write)?;
            let mut records = transaction.open_table(RECORDS).map_err(StorageError::write)?;
            let taken = self.backup.each(|kept| {
                let inserted = match kept {
                    Kept::Entry(place, sealed) => entries.insert(place, sealed).map(drop),
                    Kept::Record(number, sealed) => records.insert(number, sealed).map(drop),
                };
                inserted.map_err(StorageError::write)
            });
            taken.map_err(|error| match error {
                BackupError::Storage(error) => error,
                other => StorageError::Write(other.to_string()),
            })?;
        }
        let mut tables = Tables::open(&transaction)?;
        tables.apply(self.backup.keyring(), &self.kept)?;
        drop(tables);
        transaction.commit().map_err(StorageError::write)
    }
}
