use std::io;

use thiserror::Error;

use crate::storage::StorageError;

/// Why a backup was not taken in.
#[derive(Debug, Error)]
pub enum BackupError {
    /// The file is something else, or was made by a later version.
    #[error("this is not a backup of a lockbox that this version can read")]
    NotABackup,
    /// It belongs to a lockbox with other keys, or its keyring was changed.
    #[error("the keys of this lockbox do not open the backup")]
    OtherKey,
    /// It was changed since it was made.
    #[error("the backup was changed since it was made")]
    Changed,
    /// It ends too early.
    #[error("the backup is cut off: only the beginning of it is here")]
    CutOff,
    /// Where it was to be put there is a lockbox already.
    #[error("there is a lockbox already, and nothing is overwritten")]
    Occupied,
    /// It did not come.
    #[error("the backup cannot be read")]
    Io(#[source] io::Error),
    /// It cannot be written down.
    #[error(transparent)]
    Storage(#[from] StorageError),
}
