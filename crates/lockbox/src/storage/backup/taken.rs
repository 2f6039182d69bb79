use std::{
    fmt,
    io::{self, BufWriter, Write},
    sync::Arc,
};

use redb::{ReadTransaction, ReadableTable};

use super::parts::{Kind, PartWriter};
use crate::{
    seal::Keyring,
    storage::{
        StorageError,
        apply::{ENTRIES, RECORDS},
        disk::{CLEAR, HEADER, KEYRING},
        store::record_place,
    },
};

/// Everything as it is at one moment: what is written meanwhile is not in it, and everything that was acknowledged before is.
pub(crate) struct Backup {
    transaction: ReadTransaction,
    keyring: Arc<Keyring>,
}

impl Backup {
    pub(in crate::storage) fn new(transaction: ReadTransaction, keyring: Arc<Keyring>) -> Self {
        Self { transaction, keyring }
    }

    /// Writes all of it, and looks at every entry: what is damaged in the file would be damaged in the backup.
    ///
    /// # Errors
    /// When an entry cannot be read or was changed, or nobody takes the backup.
    pub(crate) fn write_to(&self, out: impl Write) -> Result<(), BackupFailure> {
        let mut parts =
            PartWriter::begin(BufWriter::with_capacity(CHUNK_BYTES, out), &self.keyring.backup_key())?;
        let clear = self.transaction.open_table(CLEAR).map_err(StorageError::read)?;
        for (name, kind) in [(HEADER, Kind::Header), (KEYRING, Kind::Keyring)] {
            let bytes = clear.get(name).map_err(StorageError::read)?;
            let bytes = bytes.ok_or_else(|| StorageError::Read(format!("the file has no {name}")))?;
            parts.put(kind, &[bytes.value()])?;
        }
        let entries = self.transaction.open_table(ENTRIES).map_err(StorageError::read)?;
        for entry in entries.iter().map_err(StorageError::read)? {
            let (place, sealed) = entry.map_err(StorageError::read)?;
            self.keyring.open(place.value(), sealed.value()).map_err(StorageError::from)?;
            parts.put(Kind::Entry, &[place.value(), sealed.value()])?;
        }
        let records = self.transaction.open_table(RECORDS).map_err(StorageError::read)?;
        for record in records.iter().map_err(StorageError::read)? {
            let (number, sealed) = record.map_err(StorageError::read)?;
            let place = record_place(number.value());
            self.keyring.open(&place, sealed.value()).map_err(StorageError::from)?;
            parts.put(Kind::Record, &[&place, sealed.value()])?;
        }
        Ok(parts.end()?)
    }
}

/// Why a backup was not written to its end.
#[derive(Debug, thiserror::Error)]
pub(crate) enum BackupFailure {
    #[error(transparent)]
    Storage(#[from] StorageError),
    #[error(transparent)]
    Taker(#[from] io::Error),
}

impl fmt::Debug for Backup {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Backup")
    }
}

const CHUNK_BYTES: usize = 64 << 10;
