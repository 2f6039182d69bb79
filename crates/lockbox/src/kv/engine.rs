use std::sync::Arc;

use tokio::sync::RwLock;

use super::{KvError, v1, v2};
use crate::{
    clock::Moment,
    exchange::{Answer, Fields, Request},
    storage::{Batch, Shelf, StorageError, Store},
};

/// One mounted engine.
#[derive(Debug)]
pub(crate) enum Engine {
    V1(v1::Secrets, Gate),
    V2(v2::Secrets),
}

/// Which of the two an engine is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Version {
    One,
    Two,
}

/// Whether an engine is asked, or on its way to the other version.
#[derive(Debug, Default)]
pub(crate) struct Gate(RwLock<State>);

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum State {
    #[default]
    Open,
    Closed,
}

impl Engine {
    /// The engine of the mount with this id, with what it held before.
    pub(crate) fn new(version: Version, store: Arc<Store>, mount_id: &str) -> Self {
        let shelf = Shelf::new(store, format!("kv/{mount_id}/"));
        match version {
            Version::One => Self::V1(v1::Secrets::new(shelf), Gate::default()),
            Version::Two => Self::V2(v2::Secrets::new(shelf)),
        }
    }

    /// Whether a write to this path would be an update.
    ///
    /// # Errors
    /// When the path cannot be looked up, or a field is not what it should be.
    pub(crate) fn holds(&self, path: &str, fields: &Fields) -> Result<bool, KvError> {
        match self {
            Self::V1(secrets, _) => Ok(secrets.holds(path)?),
            Self::V2(secrets) => secrets.holds(path, fields),
        }
    }

    /// # Errors
    /// When what is asked for is not there, not known, or refused.
    pub(crate) async fn handle(&self, request: &Request<'_>) -> Result<Answer, KvError> {
        match self {
            Self::V1(secrets, gate) => {
                let state = gate.0.read().await;
                if *state == State::Closed { Err(KvError::Upgrading) } else { secrets.handle(request).await }
            }
            Self::V2(secrets) => secrets.handle(request).await,
        }
    }

    /// Lets go of everything that it holds.
    ///
    /// # Errors
    /// When the disk refuses; what is left can be cleared again.
    pub(crate) async fn clear(&self) -> Result<(), StorageError> {
        match self {
            Self::V1(secrets, _) => secrets.clear().await,
            Self::V2(secrets) => {
                // A move that was cut short may have left some of the older ones.
                v1::Secrets::clear_shelf(&secrets.shelf).await?;
                secrets.clear().await
            }
        }
    }

    /// Lets nobody in any more, and waits for those who are in.
    pub(crate) async fn close(&self) {
        if let Self::V1(_, gate) = self {
            *gate.0.write().await = State::Closed;
        }
    }

    pub(crate) async fn reopen(&self) {
        if let Self::V1(_, gate) = self {
            *gate.0.write().await = State::Open;
        }
    }

    pub(crate) async fn is_closed(&self) -> bool {
        match self {
            Self::V1(_, gate) => *gate.0.read().await == State::Closed,
            Self::V2(_) => false,
        }
    }

    /// Moves what is left of version 1 into version 2, some at a time: each is in one of the two.
    ///
    /// # Errors
    /// When the disk refuses; what is left can be moved later.
    pub(crate) async fn finish_upgrade(&self, now: Moment) -> Result<(), StorageError> {
        let Self::V2(secrets) = self else { return Ok(()) };
        loop {
            let mut batch = Batch::default();
            for kept in v1::Secrets::some_of(&secrets.shelf)? {
                v1::Secrets::forget(&secrets.shelf, &kept.path, &mut batch);
                secrets.adopt(&kept.path, kept.value, now, &mut batch)?;
            }
            if batch.is_empty() {
                return Ok(());
            }
            secrets.shelf.commit(batch).await?;
        }
    }
}
