use std::{
    collections::HashSet,
    io::{self, Cursor},
    path::{Path, PathBuf},
    sync::{Arc, PoisonError, RwLock},
    thread,
    time::Duration,
};

use redb::{
    Database, DatabaseError, ReadTransaction, ReadableDatabase, TableDefinition, TableError,
    backends::InMemoryBackend,
};

use tokio::sync::oneshot;

use super::{
    BackupError, Checked, Header, Record, Spool, StorageError,
    owed::Owed,
    prepared_file::PreparedFile,
    replacement::{Fate, Replacement},
    snapshot::Snapshot,
    writer::{Job, Order, Writer},
};
use crate::metrics::Commits;

/// The file, open, with the one thread that writes it.
#[derive(Debug)]
pub(crate) struct Disk {
    file: Arc<File>,
    writer: Writer,
}

/// The database, which is opened again after it failed to write.
#[derive(Debug)]
pub(super) struct File {
    place: Medium,
    open: RwLock<Result<Open, StorageError>>,
    pub(super) owed: Owed,
}

#[derive(Debug)]
struct Open {
    snapshot: Arc<Snapshot>,
    database: Arc<Database>,
}

/// What the entries are written on.
#[derive(Clone, Debug)]
pub(crate) enum Medium {
    /// For laptops and tests: gone with the process.
    Memory,
    File(PathBuf),
    #[cfg(test)]
    Simulated(super::tests::SimulatedDisk),
}

impl Disk {
    /// Opens the file, or makes it.
    ///
    /// # Errors
    /// When it is in use, damaged, or no lockbox.
    pub(crate) fn open(medium: Medium) -> Result<Self, StorageError> {
        let open = Open::on(&medium)?;
        let file = Arc::new(File { place: medium, open: RwLock::new(Ok(open)), owed: Owed::default() });
        let disk = Self { writer: Writer::start(Arc::clone(&file)), file };
        disk.header()?;
        Ok(disk)
    }

    /// What stands in the clear; nothing when the file was never initialised.
    ///
    /// # Errors
    /// When it is not a lockbox, or of a later version.
    pub(crate) fn header(&self) -> Result<Option<Header>, StorageError> {
        let Some(text) = self.clear(HEADER)? else { return Ok(None) };
        let header: Option<Header> = serde_json::from_slice(&text).ok();
        let foreign = || match &self.file.place {
            Medium::File(path) => StorageError::Foreign(path.clone()),
            _ => StorageError::Closed,
        };
        header.filter(Header::is_readable).ok_or_else(foreign).map(Some)
    }

    /// The keyring, wrapped by the root key.
    ///
    /// # Errors
    /// When the file cannot be read.
    pub(crate) fn keyring(&self) -> Result<Option<Vec<u8>>, StorageError> {
        self.clear(KEYRING)
    }

    /// As `sys/seal-status` calls it.
    pub(crate) fn kind(&self) -> &'static str {
        match &self.file.place {
            Medium::File(_) => "file",
            _ => "inmem",
        }
    }

    /// How large the file is; nothing in memory.
    pub(crate) fn bytes(&self) -> u64 {
        match &self.file.place {
            Medium::File(path) => std::fs::metadata(path).map_or(0, |file| file.len()),
            _ => 0,
        }
    }

    /// What was counted of the commits.
    pub(crate) fn commits(&self) -> &Commits {
        self.writer.commits()
    }

    pub(super) fn begin_read(&self) -> Result<ReadTransaction, StorageError> {
        self.file.database()?.begin_read().map_err(StorageError::read)
    }

    /// Records that have gone from memory and not yet from the file.
    pub(super) fn owed_deletions(&self) -> HashSet<u64> {
        self.file.owed.deleted()
    }

    /// The entries as the last acknowledged write left them, or a later one.
    pub(super) fn snapshot(&self) -> Result<Arc<Snapshot>, StorageError> {
        match &*self.file.open.read().unwrap_or_else(PoisonError::into_inner) {
            Ok(open) => Ok(Arc::clone(&open.snapshot)),
            Err(error) => Err(error.clone()),
        }
    }

    pub(super) fn write(&self, job: Job) -> Result<(), StorageError> {
        self.writer.submit(Order::Write(job))
    }

    /// How often the contents were replaced by a backup.
    pub(super) fn generation(&self) -> u64 {
        self.writer.generation()
    }

    /// Puts a backup in the place of everything.
    ///
    /// # Errors
    /// When the disk refuses: then everything is as it was.
    pub(super) async fn replace(&self, replacement: Replacement) -> Result<(), StorageError> {
        let (done, pending) = oneshot::channel();
        self.writer.submit(Order::Replace(Box::new(replacement), done))?;
        pending.await.unwrap_or(Err(StorageError::Closed))
    }

    /// Fills a new file with a backup.
    ///
    /// # Errors
    /// When it is a lockbox already, or the disk refuses.
    pub(crate) async fn fill(&self, backup: Checked) -> Result<(), BackupError> {
        if self.header()?.is_some() {
            return Err(BackupError::Occupied);
        }
        let fate = Box::new(|_: &Record| Fate::Stays);
        Ok(self.replace(Replacement { backup, kept: Vec::new(), fate }).await?)
    }

    /// Room for a backup beside the file, which nobody else sees and which is gone when it is let go of.
    ///
    /// # Errors
    /// When the system refuses.
    pub(super) fn spool(&self) -> io::Result<Box<dyn Spool>> {
        match &self.file.place {
            Medium::File(path) => {
                let folder = path.parent().filter(|folder| *folder != Path::new(""));
                Ok(Box::new(tempfile::tempfile_in(folder.unwrap_or(Path::new(".")))?))
            }
            _ => Ok(Box::new(Cursor::new(Vec::new()))),
        }
    }

    fn clear(&self, name: &str) -> Result<Option<Vec<u8>>, StorageError> {
        let transaction = self.begin_read()?;
        match transaction.open_table(CLEAR) {
            Ok(table) => Ok(table.get(name).map_err(StorageError::read)?.map(|bytes| bytes.value().to_vec())),
            Err(TableError::TableDoesNotExist(_)) => Ok(None),
            Err(error) => Err(StorageError::read(error)),
        }
    }
}

impl File {
    pub(super) fn database(&self) -> Result<Arc<Database>, StorageError> {
        match &*self.open.read().unwrap_or_else(PoisonError::into_inner) {
            Ok(open) => Ok(Arc::clone(&open.database)),
            Err(error) => Err(error.clone()),
        }
    }

    /// Opens it again if that failed before: those who only read wait for it too.
    ///
    /// # Errors
    /// When it cannot be opened.
    pub(super) fn ready(&self) -> Result<(), StorageError> {
        if self.database().is_err() {
            self.reopen();
        }
        self.database().map(drop)
    }

    /// Shows what was written.
    ///
    /// # Errors
    /// When the file cannot be read.
    pub(super) fn refresh(&self) -> Result<(), StorageError> {
        let snapshot = Arc::new(Snapshot::of(&*self.database()?)?);
        if let Ok(open) = &mut *self.open.write().unwrap_or_else(PoisonError::into_inner) {
            open.snapshot = snapshot;
        }
        Ok(())
    }

    /// After a failed write redb refuses every other until the file is opened again.
    pub(super) fn reopen(&self) {
        if matches!(self.place, Medium::Memory) {
            return;
        }
        let mut open = self.open.write().unwrap_or_else(PoisonError::into_inner);
        for _ in 0..REOPENINGS {
            *open = Err(StorageError::Closed);
            *open = Open::on(&self.place);
            if !matches!(*open, Err(StorageError::InUse(_))) {
                return;
            }
            // Somebody is still reading from it.
            thread::sleep(REOPENING_PAUSE);
        }
    }
}

impl Open {
    fn on(medium: &Medium) -> Result<Self, StorageError> {
        let database = open(medium)?;
        Ok(Self { snapshot: Arc::new(Snapshot::of(&database)?), database: Arc::new(database) })
    }
}

fn open(medium: &Medium) -> Result<Database, StorageError> {
    let mut builder = Database::builder();
    builder.set_cache_size(CACHE_BYTES).set_check_integrity_on_open(true);
    match medium {
        Medium::Memory => {
            builder.create_with_backend(InMemoryBackend::new()).map_err(|_| StorageError::Closed)
        }
        Medium::File(path) => PreparedFile::open(path)
            .and_then(|file| builder.create_with_backend(file))
            .map_err(|error| unopened(path, error)),
        #[cfg(test)]
        Medium::Simulated(disk) => {
            let path = Path::new("simulated");
            builder.create_with_backend(disk.clone()).map_err(|error| unopened(path, error))
        }
    }
}

fn unopened(path: &Path, error: DatabaseError) -> StorageError {
    let path = path.to_owned();
    match error {
        DatabaseError::DatabaseAlreadyOpen | DatabaseError::LockProtocolMismatch => StorageError::InUse(path),
        DatabaseError::Storage(redb::StorageError::Io(error))
            if error.kind() == std::io::ErrorKind::InvalidData =>
        {
            StorageError::Foreign(path)
        }
        DatabaseError::UpgradeRequired(_) => StorageError::Foreign(path),
        DatabaseError::Storage(redb::StorageError::Io(error))
            if error.kind() == std::io::ErrorKind::UnexpectedEof =>
        {
            StorageError::Damaged { path, problem: "it ends within its first page".to_owned() }
        }
        DatabaseError::Storage(redb::StorageError::Corrupted(problem)) => {
            StorageError::Damaged { path, problem }
        }
        other => StorageError::Unopened { path, problem: other.to_string() },
    }
}

pub(super) const CLEAR: TableDefinition<'_, &str, &[u8]> = TableDefinition::new("clear");
pub(super) const HEADER: &str = "header";
pub(super) const KEYRING: &str = "keyring";
const CACHE_BYTES: usize = 16 * 1024 * 1024;
const REOPENINGS: usize = 100;
const REOPENING_PAUSE: Duration = Duration::from_millis(10);
