use std::{
    fs::File,
    path::{Path, PathBuf},
};

use crate::{
    BackupError, RootKey, Split,
    storage::{Checked, Disk, Medium},
};

/// A backup that lies in a file, with no server at hand.
#[derive(Debug)]
pub struct BackupFile {
    file: File,
    split: Split,
}

impl BackupFile {
    /// Opens one, and looks at its beginning.
    ///
    /// # Errors
    /// When it cannot be read, or is no backup.
    pub fn open(path: &Path) -> Result<Self, BackupError> {
        let mut file = File::open(path).map_err(BackupError::Io)?;
        let split = Checked::header_of(&mut file)?.split;
        Ok(Self { file, split })
    }

    /// Into how many shares its key is split, as it says itself.
    #[must_use]
    pub fn split(&self) -> Split {
        self.split
    }

    /// Looks at all of it, and makes a lockbox of it in a file that is empty or not there.
    ///
    /// # Errors
    /// When it was changed or cut off, the key is another one's, there is a lockbox already, or the disk refuses.
    pub async fn restore(self, key: &RootKey, to: impl Into<PathBuf>) -> Result<(), BackupError> {
        let backup = Checked::new(Box::new(self.file), key)?;
        let disk = Disk::open(Medium::File(to.into()))?;
        disk.fill(backup).await
    }
}
