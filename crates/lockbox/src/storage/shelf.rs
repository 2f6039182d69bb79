use std::sync::Arc;

use serde::{Serialize, de::DeserializeOwned};
use tokio::sync::MutexGuard;
use zeroize::Zeroizing;

use super::{Batch, StorageError, Store, Turns, View};

/// The part of the store that one mount has to itself.
#[derive(Debug)]
pub(crate) struct Shelf {
    store: Arc<Store>,
    /// With a slash at its end.
    prefix: String,
    turns: Turns,
}

/// A shelf at one moment.
#[derive(Debug)]
pub(crate) struct ShelfView<'a> {
    view: View,
    prefix: &'a str,
}

impl Shelf {
    pub(crate) fn new(store: Arc<Store>, prefix: String) -> Self {
        Self { store, prefix, turns: Turns::default() }
    }

    /// The path within the whole store, for a [`Batch`].
    pub(crate) fn path(&self, path: &str) -> String {
        [self.prefix.as_str(), path].concat()
    }

    /// Who writes what depends on what was there waits for a turn at its path.
    pub(crate) async fn turn(&self, path: &str) -> MutexGuard<'_, ()> {
        self.turns.of(path).await
    }

    /// # Errors
    /// When the file cannot be read.
    pub(crate) fn view(&self) -> Result<ShelfView<'_>, StorageError> {
        Ok(ShelfView { view: self.store.view()?, prefix: &self.prefix })
    }

    /// # Errors
    /// When the entry cannot be read, or is not what it should be.
    pub(crate) fn read_json<T: DeserializeOwned>(&self, path: &str) -> Result<Option<T>, StorageError> {
        self.view()?.read_json(path)
    }

    /// # Errors
    /// When an entry cannot be read, or was changed.
    pub(crate) fn children(&self, folder: &str) -> Result<Vec<String>, StorageError> {
        self.view()?.children(folder)
    }

    /// # Errors
    /// When the disk refuses.
    pub(crate) async fn commit(&self, batch: Batch) -> Result<(), StorageError> {
        self.store.commit(batch).await
    }
}

impl ShelfView<'_> {
    /// # Errors
    /// When the entry cannot be read, or was changed.
    pub(crate) fn read(&self, path: &str) -> Result<Option<Zeroizing<Vec<u8>>>, StorageError> {
        self.view.read(&self.path(path))
    }

    /// # Errors
    /// When the entry cannot be read, or is not what it should be.
    pub(crate) fn read_json<T: DeserializeOwned>(&self, path: &str) -> Result<Option<T>, StorageError> {
        let Some(bytes) = self.read(path)? else { return Ok(None) };
        serde_json::from_slice(&bytes).map(Some).map_err(|error| StorageError::Read(error.to_string()))
    }

    /// # Errors
    /// When the entry cannot be read, or was changed.
    pub(crate) fn read_unlisted(&self, path: &str) -> Result<Option<Zeroizing<Vec<u8>>>, StorageError> {
        self.view.read_unlisted(&self.path(path))
    }

    /// # Errors
    /// When the place cannot be read.
    pub(crate) fn holds(&self, path: &str) -> Result<bool, StorageError> {
        self.view.holds(&self.path(path))
    }

    /// The names directly in a folder, in order; those of folders end in a slash.
    ///
    /// # Errors
    /// When an entry cannot be read, or was changed.
    pub(crate) fn children(&self, folder: &str) -> Result<Vec<String>, StorageError> {
        self.view.children(&self.path(folder))
    }

    fn path(&self, path: &str) -> String {
        [self.prefix, path].concat()
    }
}

/// A value as an entry holds it.
///
/// # Errors
/// When JSON cannot say it.
pub(crate) fn json(value: &impl Serialize) -> Result<Zeroizing<Vec<u8>>, StorageError> {
    serde_json::to_vec(value).map(Zeroizing::new).map_err(|error| StorageError::Write(error.to_string()))
}
