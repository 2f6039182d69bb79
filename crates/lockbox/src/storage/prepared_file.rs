use std::{
    fs::{File, OpenOptions},
    io::{self, SeekFrom},
    ops::Bound,
    os::unix::fs::FileExt,
    path::Path,
    sync::{Mutex, PoisonError},
};

use redb::{BackendError, StorageBackend, backends::FileBackend};
use rustix::fs as unix;

/// A file whose next pages are there before they are written.
///
/// A flush that has to find room on the disk waits for the file system's journal too, which takes half as long again. So
/// the file is filled with zeros a little ahead of what is written.
#[derive(Debug)]
pub(super) struct PreparedFile {
    backend: FileBackend,
    file: File,
    /// Up to where the disk has room for it.
    prepared: Mutex<u64>,
}

impl PreparedFile {
    /// Opens the file, or makes it, for its owner alone.
    ///
    /// # Errors
    /// When the system refuses.
    pub(super) fn open(path: &Path) -> Result<Self, redb::DatabaseError> {
        let mut options = OpenOptions::new();
        options.read(true).write(true).create(true).truncate(false);
        std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
        let file = options.open(path)?;
        let prepared = Mutex::new(end_of_data(&file)?);
        Ok(Self { backend: FileBackend::new(file.try_clone()?)?, file, prepared })
    }

    fn prepare(&self, end: u64) {
        let mut prepared = self.prepared.lock().unwrap_or_else(PoisonError::into_inner);
        if end <= *prepared {
            return;
        }
        let length = self.backend.len().unwrap_or_default();
        let until = (end + AHEAD).min(length);
        let zeros = vec![0; CHUNK_BYTES];
        while *prepared < until {
            let chunk = usize::try_from(until - *prepared).unwrap_or(CHUNK_BYTES).min(CHUNK_BYTES);
            // Without room the write itself is refused, and says so.
            if self.file.write_all_at(&zeros[..chunk], *prepared).is_err() {
                return;
            }
            *prepared += chunk as u64;
        }
    }
}

impl StorageBackend for PreparedFile {
    fn len(&self) -> io::Result<u64> {
        self.backend.len()
    }

    fn read(&self, offset: u64, out: &mut [u8]) -> io::Result<()> {
        self.backend.read(offset, out)
    }

    fn set_len(&self, length: u64) -> io::Result<()> {
        let mut prepared = self.prepared.lock().unwrap_or_else(PoisonError::into_inner);
        *prepared = length.min(*prepared);
        self.backend.set_len(length)
    }

    fn sync_data(&self) -> io::Result<()> {
        self.backend.sync_data()
    }

    fn write(&self, offset: u64, data: &[u8]) -> io::Result<()> {
        self.prepare(offset + data.len() as u64);
        self.backend.write(offset, data)
    }

    fn close(&self) -> io::Result<()> {
        self.backend.close()
    }

    fn try_lock_range(&self, start: Bound<u64>, end: Bound<u64>) -> Result<bool, BackendError> {
        self.backend.try_lock_range(start, end)
    }

    fn try_lock_shared_range(&self, start: Bound<u64>, end: Bound<u64>) -> Result<bool, BackendError> {
        self.backend.try_lock_shared_range(start, end)
    }

    fn lock_range(&self, start: Bound<u64>, end: Bound<u64>) -> Result<(), BackendError> {
        self.backend.lock_range(start, end)
    }

    fn lock_shared_range(&self, start: Bound<u64>, end: Bound<u64>) -> Result<(), BackendError> {
        self.backend.lock_shared_range(start, end)
    }

    fn unlock_range(&self, start: Bound<u64>, end: Bound<u64>) -> Result<(), BackendError> {
        self.backend.unlock_range(start, end)
    }

    fn query_lock_range(&self, start: Bound<u64>, end: Bound<u64>) -> Result<bool, BackendError> {
        self.backend.query_lock_range(start, end)
    }
}

/// Behind it there is nothing but a hole, or the file's end.
fn end_of_data(file: &File) -> io::Result<u64> {
    let mut end = 0;
    // Some file systems know no holes, and have data everywhere.
    while let Ok(data) = unix::seek(file, unix::SeekFrom::Data(end)) {
        end = unix::seek(file, unix::SeekFrom::Hole(data))?;
    }
    let length = io::Seek::seek(&mut &*file, SeekFrom::End(0))?;
    Ok(end.min(length))
}

const AHEAD: u64 = 1024 * 1024;
const CHUNK_BYTES: usize = 256 * 1024;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_written_stays_and_what_comes_next_is_there_already() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("file");
        let file = PreparedFile::open(&path).unwrap();
        file.set_len(8 * AHEAD).unwrap();
        file.write(3 * AHEAD, b"data").unwrap();
        assert!(end_of_data(&file.file).unwrap() >= 4 * AHEAD + 4);
        drop(file);
        let file = PreparedFile::open(&path).unwrap();
        file.write(6 * AHEAD, b"more").unwrap();
        file.write(AHEAD, b"early").unwrap();
        let mut read = [0; 4];
        for (offset, expected) in [(3 * AHEAD, b"data"), (6 * AHEAD, b"more"), (4 * AHEAD, &[0; 4])] {
            file.read(offset, &mut read).unwrap();
            assert_eq!(&read, expected, "{offset}");
        }
        file.set_len(AHEAD).unwrap();
        assert_eq!(*file.prepared.lock().unwrap(), AHEAD);
    }
}
