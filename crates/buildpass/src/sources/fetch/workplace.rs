use std::{
    fs::{self, File, OpenOptions},
    io,
    os::unix::fs::MetadataExt,
    path::{Path, PathBuf},
};

use rustix::fs::{FlockOperation, flock};

use crate::sources::Error;

/// Where checkouts are made before they take their place; gone when it is dropped. Nobody else fetches into the same folder meanwhile.
pub(super) struct Workplace {
    folder: PathBuf,
    _lock: File,
}

const NAME: &str = ".buildpass";

impl Workplace {
    /// Takes it; what an earlier run left half done is removed.
    pub(super) fn take(into: &Path) -> Result<Self, Error> {
        let folder = into.join(NAME);
        let unusable = |source| Error::Folder { path: into.to_owned(), source };
        loop {
            fs::create_dir_all(&folder).map_err(unusable)?;
            let path = folder.join("lock");
            let lock =
                OpenOptions::new().write(true).create(true).truncate(false).open(&path).map_err(unusable)?;
            match flock(&lock, FlockOperation::NonBlockingLockExclusive) {
                Ok(()) => {}
                Err(rustix::io::Errno::WOULDBLOCK) => return Err(Error::Busy(into.to_owned())),
                Err(error) => return Err(unusable(error.into())),
            }
            // Whoever had it before may have removed it on its way out.
            let same = |found: fs::Metadata| lock.metadata().is_ok_and(|ours| ours.ino() == found.ino());
            if fs::metadata(&path).is_ok_and(same) {
                let workplace = Self { folder, _lock: lock };
                workplace.clear().map_err(unusable)?;
                return Ok(workplace);
            }
        }
    }

    fn clear(&self) -> io::Result<()> {
        for entry in fs::read_dir(&self.folder)? {
            let path = entry?.path();
            if path.is_dir() {
                fs::remove_dir_all(path)?;
            }
        }
        Ok(())
    }

    /// A place of its own for something that is being made.
    pub(super) fn place(&self, name: &str) -> PathBuf {
        self.folder.join(name)
    }
}

impl Drop for Workplace {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.folder);
    }
}
