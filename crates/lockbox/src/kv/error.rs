use thiserror::Error;

use crate::{exchange::FieldError, storage::StorageError};

/// Why a key-value engine refused.
#[derive(Debug, Error)]
pub(crate) enum KvError {
    #[error("nothing is there")]
    NotFound,
    #[error("unsupported operation")]
    UnsupportedOperation,
    /// Its values are being moved.
    #[error(
        "Upgrading from non-versioned to versioned data. This backend will be unavailable for a brief period and will \
         resume service shortly."
    )]
    Upgrading,
    #[error("missing data fields")]
    NoFields,
    #[error("no data provided")]
    NoData,
    #[error("No version number provided")]
    NoVersions,
    #[error("no version number provided")]
    NoVersionsToDestroy,
    #[error("check-and-set parameter required for this call")]
    CasRequired,
    #[error("check-and-set parameter did not match the current version")]
    CasMismatch,
    #[error(transparent)]
    Field(#[from] FieldError),
    #[error("Field validation failed: {0}")]
    Query(FieldError),
    #[error(transparent)]
    Storage(#[from] StorageError),
}
