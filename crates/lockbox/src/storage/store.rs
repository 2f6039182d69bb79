use std::sync::{Arc, PoisonError, RwLock};

use redb::{ReadOnlyTable, ReadableTable, TableError};
use tokio::sync::oneshot;
use zeroize::Zeroizing;

use super::{
    Backup, BackupError, Batch, Checked, Disk, Header, Spool, StorageError, View,
    apply::{RECORDS, Step, name_of, named},
    batch::Change,
    disk::{HEADER, KEYRING},
    replacement::{Fate, Replacement},
    writer::Job,
};
use crate::{
    clock::Moment,
    seal::{Keyring, KeyringError, RootKey},
};

/// Entries by path, sealed on their way to the disk and opened on their way back.
#[derive(Debug)]
pub(crate) struct Store {
    disk: Arc<Disk>,
    root: RootKey,
    keyring: RwLock<Arc<Keyring>>,
    /// Held through a rotation: the next one goes on from the keyring that this one has put on the disk.
    rotating: tokio::sync::Mutex<()>,
    /// Of which contents of the file this is the store: once a backup was put in their place, it is of no use.
    generation: u64,
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
        let store = Self::new(disk, root, keyring);
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
        Ok(Self::new(disk, root, keyring))
    }

    fn new(disk: Arc<Disk>, root: RootKey, keyring: Keyring) -> Self {
        let generation = disk.generation();
        let keyring = RwLock::new(Arc::new(keyring));
        Self { disk, root, keyring, rotating: tokio::sync::Mutex::new(()), generation }
    }

    /// An empty one that ends with the test.
    #[cfg(test)]
    pub(crate) async fn in_memory() -> Self {
        let disk = Arc::new(Disk::open(super::Medium::Memory).unwrap());
        let header = Header::new(crate::seal::Split::WHOLE);
        Self::create(disk, &header, RootKey::draw(), Moment::at_second(0)).await.unwrap()
    }

    /// Whether a backup was put in the place of what it is the store of.
    pub(crate) fn is_replaced(&self) -> bool {
        self.generation != self.disk.generation()
    }

    pub(crate) fn keyring(&self) -> Arc<Keyring> {
        Arc::clone(&self.keyring.read().unwrap_or_else(PoisonError::into_inner))
    }

    /// Adds a term to the keyring; what is written from now on is sealed in it.
    ///
    /// # Errors
    /// When the disk refuses: the old term goes on.
    pub(crate) async fn rotate(&self, now: Moment) -> Result<(), StorageError> {
        let _alone = self.rotating.lock().await;
        let keyring = self.keyring().rotated(now);
        let wrapped = keyring.wrap(&self.root);
        self.submit_steps(vec![Step::Clear { name: KEYRING, bytes: wrapped }]).landed().await?;
        *self.keyring.write().unwrap_or_else(PoisonError::into_inner) = Arc::new(keyring);
        Ok(())
    }

    /// The entries as they are now.
    ///
    /// # Errors
    /// When the file cannot be read.
    pub(crate) fn view(&self) -> Result<View, StorageError> {
        // In this order: what is in the view was sealed by a key that is in the keyring.
        let snapshot = self.disk.snapshot()?;
        Ok(View::new(self.keyring(), snapshot))
    }

    /// # Errors
    /// When the entry cannot be read, or was changed.
    pub(crate) fn read(&self, path: &str) -> Result<Option<Zeroizing<Vec<u8>>>, StorageError> {
        self.view()?.read(path)
    }

    /// Hands out every record, in the order of their numbers.
    ///
    /// # Errors
    /// When one cannot be read, or was changed, or is not taken.
    pub(crate) fn each_record(
        &self,
        mut take: impl FnMut(Record) -> Result<(), StorageError>,
    ) -> Result<(), StorageError> {
        let keyring = self.keyring();
        // In this order: what lands meanwhile is not in the table.
        let deleted = self.disk.owed_deletions();
        let Some(table) = self.table_of_records()? else { return Ok(()) };
        for entry in table.iter().map_err(StorageError::read)? {
            let (number, sealed) = entry.map_err(StorageError::read)?;
            let number = number.value();
            if deleted.contains(&number) {
                continue;
            }
            take(Record { number, value: keyring.open(&record_place(number), sealed.value())? })?;
        }
        Ok(())
    }

    /// What is on disk of a record.
    ///
    /// # Errors
    /// When it cannot be read, or was changed.
    pub(crate) fn record(&self, number: u64) -> Result<Option<Record>, StorageError> {
        let keyring = self.keyring();
        let Some(table) = self.table_of_records()? else { return Ok(None) };
        let Some(sealed) = table.get(number).map_err(StorageError::read)? else { return Ok(None) };
        Ok(Some(Record { number, value: keyring.open(&record_place(number), sealed.value())? }))
    }

    fn table_of_records(&self) -> Result<Option<ReadOnlyTable<u64, &'static [u8]>>, StorageError> {
        match self.disk.begin_read()?.open_table(RECORDS) {
            Ok(table) => Ok(Some(table)),
            Err(TableError::TableDoesNotExist(_)) => Ok(None),
            Err(error) => Err(StorageError::read(error)),
        }
    }

    /// All of them at once.
    #[cfg(test)]
    pub(crate) fn records(&self) -> Result<Vec<Record>, StorageError> {
        let mut records = Vec::new();
        self.each_record(|record| {
            records.push(record);
            Ok(())
        })?;
        Ok(records)
    }

    /// Everything as it is now, with every write that was acknowledged, to be kept elsewhere.
    ///
    /// # Errors
    /// When the file cannot be read.
    pub(crate) fn backup(&self) -> Result<Backup, StorageError> {
        // In this order: what is in the backup was sealed by a key that is in the keyring.
        let transaction = self.disk.begin_read()?;
        Ok(Backup::new(transaction, self.keyring()))
    }

    /// Where a backup may lie while it is looked at.
    ///
    /// # Errors
    /// When the disk refuses.
    pub(crate) fn spool(&self) -> Result<Box<dyn Spool>, BackupError> {
        self.disk.spool().map_err(BackupError::Io)
    }

    /// Looks at a backup from its beginning to its end.
    ///
    /// # Errors
    /// When it is none, was changed or cut off, or has other keys than this store.
    pub(crate) fn check(&self, backup: Box<dyn Spool>) -> Result<Checked, BackupError> {
        Checked::new(backup, &self.root)
    }

    /// Puts a backup in the place of everything but the entries at `kept`, in one step, and gives the store of it. This one
    /// writes nothing from then on. What becomes of each record is asked at the moment of it.
    ///
    /// # Errors
    /// When the disk refuses: then everything is as it was.
    pub(crate) async fn restore(
        &self,
        backup: Checked,
        kept: &[&str],
        fate: impl Fn(&Record) -> Fate + Send + 'static,
    ) -> Result<Self, StorageError> {
        let mut steps = Vec::new();
        for path in kept {
            if let Some(value) = self.read(path)? {
                steps.push(sealed(backup.keyring(), Change::Put((*path).to_owned(), value)));
            }
        }
        self.disk.replace(Replacement { backup, kept: steps, fate: Box::new(fate) }).await?;
        Self::unseal(Arc::clone(&self.disk), self.root.clone())
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
        let job = Job { generation: self.generation, keyring: self.keyring(), steps, done };
        Pending(self.disk.write(job).map(|()| pending))
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

/// No entry's place is as short.
pub(super) fn record_place(number: u64) -> [u8; 8] {
    number.to_be_bytes()
}
