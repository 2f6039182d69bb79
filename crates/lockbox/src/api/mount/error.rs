use thiserror::Error;

use crate::{auth::jwt::JwtError, storage::StorageError};

/// Why something was not mounted, or not unmounted.
#[derive(Debug, Error)]
pub(crate) enum MountError {
    #[error("path is already in use at {0}")]
    InUse(String),
    #[error("cannot mount {0:?}")]
    Reserved(String),
    #[error("cannot unmount {0:?}")]
    Stays(String),
    #[error("token credential backend cannot be disabled")]
    TokenStays,
    #[error("No secret engine mount at {0}")]
    NoEngine(String),
    #[error("No auth engine at {0}")]
    NoMethod(String),
    #[error("backend type must be specified as a string")]
    NoKind,
    #[error("plugin not found in the catalog: {0}")]
    UnknownKind(String),
    #[error("nil backend of type \"kv\" returned from factory")]
    UnknownVersion,
    #[error(transparent)]
    Method(#[from] JwtError),
    #[error(transparent)]
    Storage(#[from] StorageError),
}
