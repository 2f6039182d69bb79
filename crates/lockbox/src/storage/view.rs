use std::sync::Arc;

use zeroize::Zeroizing;

use super::{StorageError, apply::bounds, snapshot::Snapshot};
use crate::seal::{Keyring, KeyringError, Place};

/// The entries at one moment: what is read of them belongs together, whatever is written meanwhile.
#[derive(Debug)]
pub(crate) struct View {
    keyring: Arc<Keyring>,
    snapshot: Arc<Snapshot>,
}

impl View {
    pub(super) fn new(keyring: Arc<Keyring>, snapshot: Arc<Snapshot>) -> Self {
        Self { keyring, snapshot }
    }

    /// # Errors
    /// When the entry cannot be read, or was changed.
    pub(crate) fn read(&self, path: &str) -> Result<Option<Zeroizing<Vec<u8>>>, StorageError> {
        let Some(mut value) = self.open(self.keyring.place(path))? else { return Ok(None) };
        let head = 4 + name_length(&value)?;
        value.drain(..head);
        Ok(Some(value))
    }

    /// # Errors
    /// When the entry cannot be read, or was changed.
    pub(crate) fn read_unlisted(&self, path: &str) -> Result<Option<Zeroizing<Vec<u8>>>, StorageError> {
        self.open(self.keyring.unlisted(path))
    }

    /// # Errors
    /// When the place cannot be read.
    pub(crate) fn holds(&self, path: &str) -> Result<bool, StorageError> {
        let Some(entries) = &self.snapshot.entries else { return Ok(false) };
        let place = self.keyring.place(path);
        Ok(entries.get(place.bytes()).map_err(StorageError::read)?.is_some())
    }

    /// The names directly in a folder (empty, or with a slash at its end), in order; those of folders end in a slash.
    ///
    /// # Errors
    /// When an entry cannot be read, or was changed.
    pub(crate) fn children(&self, folder: &str) -> Result<Vec<String>, StorageError> {
        let Some(entries) = &self.snapshot.entries else { return Ok(Vec::new()) };
        let (first, last) = bounds(self.keyring.folder(folder));
        let mut names = Vec::new();
        for entry in entries.range::<&[u8; 32]>(&first..=&last).map_err(StorageError::read)? {
            let (place, sealed) = entry.map_err(StorageError::read)?;
            let opened = self.keyring.open(place.value(), sealed.value())?;
            let name = opened.get(4..4 + name_length(&opened)?).ok_or(KeyringError::Changed)?;
            names.push(String::from_utf8_lossy(name).into_owned());
        }
        names.sort_unstable();
        Ok(names)
    }

    fn open(&self, place: Place) -> Result<Option<Zeroizing<Vec<u8>>>, StorageError> {
        let Some(entries) = &self.snapshot.entries else { return Ok(None) };
        let Some(sealed) = entries.get(place.bytes()).map_err(StorageError::read)? else { return Ok(None) };
        Ok(Some(self.keyring.open(place.bytes(), sealed.value())?))
    }
}

fn name_length(opened: &[u8]) -> Result<usize, KeyringError> {
    let length = opened.first_chunk().map(|head| u32::from_be_bytes(*head)).ok_or(KeyringError::Changed)?;
    usize::try_from(length).ok().filter(|length| *length <= opened.len() - 4).ok_or(KeyringError::Changed)
}
