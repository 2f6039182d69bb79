use std::sync::{Arc, PoisonError, RwLock};

use redb::{ReadableTable, TableError};
use tokio::sync::oneshot;
use zeroize::Zeroizing;

use super::{
    Batch, Disk, Header, StorageError,
    apply::{ENTRIES, RECORDS, Step, bounds, name_of, named},
    batch::Change,
    disk::{HEADER, KEYRING},
    writer::Job,
};
use crate::{
    clock::Moment,
    seal::{Keyring, KeyringError, Place, RootKey},
};

/// Entries by path, sealed on their way to the disk and opened on their way back.
#[derive(Debug)]
pub(crate) struct Store {
    disk: Arc<Disk>,
    root: RootKey,
    keyring: RwLock<Arc<Keyring>>,
}

/// An entry with a number for a name.
pub(crate) struct Record {
    pub(crate) number: u64,
    pub(crate) value: Zeroizing<Vec<u8>>,
}

/// A write on its way to the disk.
#[must_use = "a write is acknowledged when it was waited for"]
pub(crate) struct Pending(Result<oneshot::Receiver<Result<(), StorageError>>, StorageError>);

impl Store {
    /// Writes the first keyring of a file, in the same step as its header.
    ///
    /// # Errors
    /// When the disk refuses.
    pub(crate) async fn create(
        disk: Arc<Disk>,
        header: &Header,
        root: RootKey,
        now: Moment,
    ) -> Result<Self, StorageError> {
        let keyring = Keyring::draw(now);
        let header = serde_json::to_vec(header).map_err(|error| StorageError::Write(error.to_string()))?;
        let steps = vec![
            Step::Clear { name: HEADER, bytes: header },
            Step::Clear { name: KEYRING, bytes: keyring.wrap(&root) },
        ];
        let store = Self { disk, root, keyring: RwLock::new(Arc::new(keyring)) };
        store.submit_steps(steps).landed().await?;
        Ok(store)
    }

    /// Opens the keyring of a file.
    ///
    /// # Errors
    /// When the root key is another one's, or the file cannot be read.
    pub(crate) fn unseal(disk: Arc<Disk>, root: RootKey) -> Result<Self, StorageError> {
        let wrapped = disk.keyring()?.ok_or(KeyringError::Unreadable)?;
        let keyring = Keyring::unwrap(&wrapped, &root)?;
        Ok(Self { disk, root, keyring: RwLock::new(Arc::new(keyring)) })
    }

    /// An empty one that ends with the test.
    #[cfg(test)]
    pub(crate) async fn in_memory() -> Self {
        let disk = Arc::new(Disk::open(super::Medium::Memory).unwrap());
        let header = Header::new(crate::seal::Split::WHOLE);
        Self::create(disk, &header, RootKey::draw(), Moment::at_second(0)).await.unwrap()
    }

    pub(crate) fn keyring(&self) -> Arc<Keyring> {
        Arc::clone(&self.keyring.read().unwrap_or_else(PoisonError::into_inner))
    }

    /// Adds a term to the keyring; what is written from now on is sealed in it.
    ///
    /// # Errors
    /// When the disk refuses: the old term goes on.
    pub(crate) async fn rotate(&self, now: Moment) -> Result<(), StorageError> {
        let keyring = self.keyring().rotated(now);
        let wrapped = keyring.wrap(&self.root);
        self.submit_steps(vec![Step::Clear { name: KEYRING, bytes: wrapped }]).landed().await?;
        *self.keyring.write().unwrap_or_else(PoisonError::into_inner) = Arc::new(keyring);
        Ok(())
    }

    /// # Errors
    /// When the entry cannot be read, or was changed.
    pub(crate) fn read(&self, path: &str) -> Result<Option<Zeroizing<Vec<u8>>>, StorageError> {
        let keyring = self.keyring();
        let Some(mut value) = self.open(&keyring, keyring.place(path))? else { return Ok(None) };
        let head = 4 + name_length(&value)?;
        value.drain(..head);
        Ok(Some(value))
    }

    /// # Errors
    /// When the entry cannot be read, or was changed.
    pub(crate) fn read_unlisted(&self, path: &str) -> Result<Option<Zeroizing<Vec<u8>>>, StorageError> {
        let keyring = self.keyring();
        self.open(&keyring, keyring.unlisted(path))
    }

    /// # Errors
    /// When the place cannot be read.
    pub(crate) fn holds(&self, path: &str) -> Result<bool, StorageError> {
        let place = self.keyring().place(path);
        match self.disk.begin_read()?.open_table(ENTRIES) {
            Ok(table) => Ok(table.get(place.bytes()).map_err(StorageError::read)?.is_some()),
            Err(TableError::TableDoesNotExist(_)) => Ok(false),
            Err(error) => Err(StorageError::read(error)),
        }
    }

    /// The names directly in a folder (empty, or with a slash at its end), in order; those of folders end in a slash.
    ///
    /// # Errors
    /// When an entry cannot be read, or was changed.
    pub(crate) fn children(&self, folder: &str) -> Result<Vec<String>, StorageError> {
        let keyring = self.keyring();
        let (first, last) = bounds(keyring.folder(folder));
        let table = match self.disk.begin_read()?.open_table(ENTRIES) {
            Ok(table) => table,
            Err(TableError::TableDoesNotExist(_)) => return Ok(Vec::new()),
            Err(error) => return Err(StorageError::read(error)),
        };
        let mut names = Vec::new();
        for entry in table.range::<&[u8; 32]>(&first..=&last).map_err(StorageError::read)? {
            let (place, sealed) = entry.map_err(StorageError::read)?;
            let opened = keyring.open(place.value(), sealed.value())?;
            let name = opened.get(4..4 + name_length(&opened)?).ok_or(KeyringError::Changed)?;
            names.push(String::from_utf8_lossy(name).into_owned());
        }
        names.sort_unstable();
        Ok(names)
    }

    /// Every record, in the order of their numbers.
    ///
    /// # Errors
    /// When one cannot be read, or was changed.
    pub(crate) fn records(&self) -> Result<Vec<Record>, StorageError> {
        let keyring = self.keyring();
        let table = match self.disk.begin_read()?.open_table(RECORDS) {
            Ok(table) => table,
            Err(TableError::TableDoesNotExist(_)) => return Ok(Vec::new()),
            Err(error) => return Err(StorageError::read(error)),
        };
        let mut records = Vec::new();
        for entry in table.iter().map_err(StorageError::read)? {
            let (number, sealed) = entry.map_err(StorageError::read)?;
            let number = number.value();
            records.push(Record { number, value: keyring.open(&record_place(number), sealed.value())? });
        }
        Ok(records)
    }

    /// Writes all of it or nothing.
    ///
    /// # Errors
    /// When the disk refuses.
    pub(crate) async fn commit(&self, batch: Batch) -> Result<(), StorageError> {
        self.submit(batch).landed().await
    }

    /// Puts a write in line: writes land in the order in which they were submitted.
    pub(crate) fn submit(&self, batch: Batch) -> Pending {
        let keyring = self.keyring();
        let steps = batch.0.into_iter().map(|change| sealed(&keyring, change)).collect();
        self.submit_steps(steps)
    }

    fn submit_steps(&self, steps: Vec<Step>) -> Pending {
        let (done, pending) = oneshot::channel();
        let job = Job { keyring: self.keyring(), steps, done };
        Pending(self.disk.write(job).map(|()| pending))
    }

    fn open(&self, keyring: &Keyring, place: Place) -> Result<Option<Zeroizing<Vec<u8>>>, StorageError> {
        let table = match self.disk.begin_read()?.open_table(ENTRIES) {
            Ok(table) => table,
            Err(TableError::TableDoesNotExist(_)) => return Ok(None),
            Err(error) => return Err(StorageError::read(error)),
        };
        let Some(sealed) = table.get(place.bytes()).map_err(StorageError::read)? else { return Ok(None) };
        Ok(Some(keyring.open(place.bytes(), sealed.value())?))
    }
}

impl Pending {
    /// Waits until the write is on disk.
    ///
    /// # Errors
    /// When the disk refuses.
    pub(crate) async fn landed(self) -> Result<(), StorageError> {
        self.0?.await.unwrap_or(Err(StorageError::Closed))
    }
}

fn sealed(keyring: &Keyring, change: Change) -> Step {
    match change {
        Change::Put(path, value) => {
            let place = keyring.place(&path);
            let plain = Zeroizing::new(named(name_of(&path), &value));
            let sealed = keyring.seal(place.bytes(), &[&plain]);
            Step::Put { path, place, sealed }
        }
        Change::Delete(path) => Step::Delete { place: keyring.place(&path), path },
        Change::PutUnlisted(path, value) => {
            let place = keyring.unlisted(&path);
            Step::PutUnlisted { place, sealed: keyring.seal(place.bytes(), &[&value]) }
        }
        Change::DeleteUnlisted(path) => Step::DeleteUnlisted { place: keyring.unlisted(&path) },
        Change::PutRecord(number, value) => {
            Step::PutRecord { number, sealed: keyring.seal(&record_place(number), &[&value]) }
        }
        Change::DeleteRecord(number) => Step::DeleteRecord { number },
    }
}

fn name_length(opened: &[u8]) -> Result<usize, KeyringError> {
    let length = opened.first_chunk().map(|head| u32::from_be_bytes(*head)).ok_or(KeyringError::Changed)?;
    usize::try_from(length).ok().filter(|length| *length <= opened.len() - 4).ok_or(KeyringError::Changed)
}

/// No entry's place is as short.
fn record_place(number: u64) -> [u8; 8] {
    number.to_be_bytes()
}
