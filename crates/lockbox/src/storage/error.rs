use std::path::PathBuf;

use thiserror::Error;

use crate::seal::KeyringError;

/// Why the file could not be opened, read or written.
#[derive(Clone, Debug, Error)]
pub enum StorageError {
    /// Another process serves it; end that one first.
    #[error("{} is in use by another process", .0.display())]
    InUse(PathBuf),
    /// It is no lockbox, or one of a later version; name another file.
    #[error("{} is not a lockbox that this version can read", .0.display())]
    Foreign(PathBuf),
    /// Its pages do not fit their checksums; take the last backup.
    #[error("{} is damaged: {problem}", .path.display())]
    Damaged {
        /// The file.
        path: PathBuf,
        /// What does not fit.
        problem: String,
    },
    /// The system refused; it says why.
    #[error("cannot open {}: {problem}", .path.display())]
    Unopened {
        /// The file.
        path: PathBuf,
        /// What the system said.
        problem: String,
    },
    /// The entry could not be read from the disk.
    #[error("failed to read from storage: {0}")]
    Read(String),
    /// Nothing of the write is there; the disk may be full.
    #[error("failed to write to storage: {0}")]
    Write(String),
    /// An entry does not fit its key: somebody changed the file.
    #[error("failed to decrypt an entry: {0}")]
    Sealed(String),
    /// The server is ending, or goes on with a backup of what this was for.
    #[error("storage is closed")]
    Closed,
}

impl StorageError {
    pub(super) fn read(error: impl Into<redb::Error>) -> Self {
        Self::Read(error.into().to_string())
    }

    pub(super) fn write(error: impl Into<redb::Error>) -> Self {
        Self::Write(error.into().to_string())
    }
}

impl From<KeyringError> for StorageError {
    fn from(error: KeyringError) -> Self {
        Self::Sealed(error.to_string())
    }
}
