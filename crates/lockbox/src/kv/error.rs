use thiserror::Error;

use crate::{exchange::FieldError, storage::StorageError};

/// Why a key-value engine refused.
#[derive(Debug, Error)]
pub(crate) enum KvError {
    #[error("nothing is there")]
    NotFound,
    #[error("unsupported operation")]
    UnsupportedOperation,
    #[error("missing path")]
    NoPath,
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
    #[error("error parsing check-and-set parameter")]
    CasUnreadable,
    #[error("metadata_cas must be 0 when creating new metadata")]
    MetadataCasOfNothing,
    #[error("metadata check-and-set parameter required for this call")]
    MetadataCasRequired,
    #[error("metadata check-and-set parameter does not match the current version")]
    MetadataCasMismatch,
    /// What is said about a secret is too long, too much, or cannot be printed.
    #[error("{0}")]
    CustomMetadata(String),
    /// A patch that OpenBao trips over.
    #[error("json: cannot unmarshal {0}")]
    PatchUnreadable(String),
    /// A version without a value cannot be patched.
    #[error("resource does not exist")]
    NoResource,
    /// The version was written under another spelling of its path.
    #[error("could not find version data")]
    NoVersionData,
    /// A field of a path whose engine is asked first whether a write creates.
    #[error(transparent)]
    Field(FieldError),
    #[error("Field validation failed: {0}")]
    Query(FieldError),
    #[error(transparent)]
    Storage(#[from] StorageError),
}
