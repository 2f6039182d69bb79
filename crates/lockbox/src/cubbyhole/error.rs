use thiserror::Error;

use crate::storage::StorageError;

/// Why a cubbyhole refused.
#[derive(Debug, Error)]
pub(crate) enum CubbyholeError {
    #[error("nothing is there")]
    NotFound,
    #[error("unsupported operation")]
    UnsupportedOperation,
    #[error("missing path")]
    NoPath,
    #[error("missing data fields")]
    NoFields,
    /// A batch token is carried by its bearer and has no place here.
    #[error("cubbyhole operations are only supported by 'service' type tokens")]
    BatchOwner,
    /// Its owner ended while it was written to.
    #[error("permission denied")]
    OwnerGone,
    #[error(transparent)]
    Storage(#[from] StorageError),
}
