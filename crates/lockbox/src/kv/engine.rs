use std::sync::Arc;

use super::{KvError, v1, v2};
use crate::{
    exchange::{Answer, Fields, Request},
    storage::{Shelf, StorageError, Store},
};

/// One mounted engine.
#[derive(Debug)]
pub(crate) enum Engine {
    V1(v1::Secrets),
    V2(v2::Secrets),
}

/// Which of the two an engine is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Version {
    One,
    Two,
}

impl Engine {
    /// The engine of the mount with this id, with what it held before.
    pub(crate) fn new(version: Version, store: Arc<Store>, mount_id: &str) -> Self {
        let shelf = Shelf::new(store, format!("kv/{mount_id}/"));
        match version {
            Version::One => Self::V1(v1::Secrets::new(shelf)),
            Version::Two => Self::V2(v2::Secrets::new(shelf)),
        }
    }

    /// Whether a write to this path would be an update.
    ///
    /// # Errors
    /// When the path cannot be looked up, or a field is not what it should be.
    pub(crate) fn holds(&self, path: &str, fields: &Fields) -> Result<bool, KvError> {
        match self {
            Self::V1(secrets) => Ok(secrets.holds(path)?),
            Self::V2(secrets) => secrets.holds(path, fields),
        }
    }

    /// # Errors
    /// When what is asked for is not there, not known, or refused.
    pub(crate) async fn handle(&self, request: &Request<'_>) -> Result<Answer, KvError> {
        match self {
            Self::V1(secrets) => secrets.handle(request).await,
            Self::V2(secrets) => secrets.handle(request).await,
        }
    }

    /// Lets go of everything that it holds.
    ///
    /// # Errors
    /// When the disk refuses; what is left can be cleared again.
    pub(crate) async fn clear(&self) -> Result<(), StorageError> {
        match self {
            Self::V1(secrets) => secrets.clear().await,
            Self::V2(secrets) => secrets.clear().await,
        }
    }
}
