use std::sync::Arc;

use crate::{
    clock::Moment,
    gitlab,
    kv::{self, Version},
    storage::{StorageError, Store},
};

/// One mounted secrets engine.
#[derive(Debug)]
pub(crate) enum Engine {
    Kv(kv::Engine),
    Gitlab(gitlab::Engine),
}

impl Engine {
    /// The engine of this type on the mount with this id, with what it held before.
    pub(crate) fn new((kind, version): (&str, Version), store: Arc<Store>, mount_id: &str) -> Self {
        match kind {
            "gitlab" => Self::Gitlab(gitlab::Engine::new(store, mount_id)),
            _ => Self::Kv(kv::Engine::new(version, store, mount_id)),
        }
    }

    /// Lets go of everything that it holds.
    ///
    /// # Errors
    /// When the disk refuses; what is left can be cleared again.
    pub(crate) async fn clear(&self) -> Result<(), StorageError> {
        match self {
            Self::Kv(engine) => engine.clear().await,
            Self::Gitlab(engine) => engine.clear().await,
        }
    }

    /// Lets nobody in any more, and waits for those who are in.
    pub(crate) async fn close(&self) {
        if let Self::Kv(engine) = self {
            engine.close().await;
        }
    }

    pub(crate) async fn reopen(&self) {
        if let Self::Kv(engine) = self {
            engine.reopen().await;
        }
    }

    pub(crate) async fn is_closed(&self) -> bool {
        match self {
            Self::Kv(engine) => engine.is_closed().await,
            Self::Gitlab(_) => false,
        }
    }

    /// Goes on with a move to another version that was cut short.
    ///
    /// # Errors
    /// When the disk refuses; it can go on later.
    pub(crate) async fn finish_upgrade(&self, now: Moment) -> Result<(), StorageError> {
        match self {
            Self::Kv(engine) => engine.finish_upgrade(now).await,
            Self::Gitlab(_) => Ok(()),
        }
    }
}
