use redb::TableError;
use zeroize::Zeroizing;

use super::{
    BackupError, Checked, Record, StorageError,
    apply::{ENTRIES, RECORDS, Step, Tables},
    backup::Kept,
    disk::{CLEAR, File, HEADER, KEYRING},
    store::record_place,
};

/// A backup, and what of the present is kept beside it.
pub(super) struct Replacement {
    pub(super) backup: Checked,
    pub(super) kept: Vec<Step>,
    pub(super) fate: Box<dyn Fn(&Record) -> Fate + Send>,
}

/// What becomes of a record of a backup.
pub(crate) enum Fate {
    Stays,
    Goes,
    /// The present knows better.
    Becomes(Zeroizing<Vec<u8>>),
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
            let taken = self.backup.each(|keyring, kept| {
                let inserted = match kept {
                    Kept::Entry(place, sealed) => entries.insert(place, sealed).map(drop),
                    Kept::Record(number, sealed) => {
                        let place = record_place(number);
                        match (self.fate)(&Record { number, value: keyring.open(&place, sealed)? }) {
                            Fate::Goes => return Ok(()),
                            Fate::Stays => records.insert(number, sealed).map(drop),
                            Fate::Becomes(value) => {
                                let sealed = keyring.seal(&place, &[&value]);
                                records.insert(number, sealed.as_slice()).map(drop)
                            }
                        }
                    }
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
