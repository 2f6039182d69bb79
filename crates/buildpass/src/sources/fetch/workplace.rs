use std::{
    fs::{self, DirBuilder, File, Metadata, OpenOptions},
    io::{self, Read, Write},
    os::unix::fs::{DirBuilderExt, MetadataExt, OpenOptionsExt},
    path::{Path, PathBuf},
    sync::Arc,
};

use rustix::fs::{FlockOperation, OFlags, flock};

use crate::sources::Error;

/// Where checkouts are made before they take their place; gone when the last of its clones is. Nobody else fetches into the same folder
/// meanwhile.
#[derive(Clone)]
pub(super) struct Workplace(Arc<Taken>);

struct Taken {
    folder: PathBuf,
    lock: File,
}

const NAME: &str = ".buildpass";
const LOCK: &str = "lock";

/// What our lock says: a folder without it has our name and is somebody else's.
const MARK: &str = "buildpass sources fetch\n";

impl Workplace {
    /// Takes it; what an earlier run left half done is removed.
    pub(super) fn take(into: &Path) -> Result<Self, Error> {
        let folder = into.join(NAME);
        let unusable = |source| Error::Folder { path: into.to_owned(), source };
        loop {
            // Whoever had it before may remove it on its way out.
            let Some(mut lock) = open_lock(&folder)? else { continue };
            match flock(&lock, FlockOperation::NonBlockingLockExclusive) {
                Ok(()) => {}
                Err(rustix::io::Errno::WOULDBLOCK) => return Err(Error::Busy(into.to_owned())),
                Err(error) => return Err(unusable(error.into())),
            }
            let same = |found: Metadata| lock.metadata().is_ok_and(|ours| ours.ino() == found.ino());
            if !folder.join(LOCK).symlink_metadata().is_ok_and(same) {
                continue;
            }
            if !is_ours(&folder, &mut lock).map_err(unusable)? {
                return Err(Error::NotOurs(folder));
            }
            clear(&folder).map_err(unusable)?;
            return Ok(Self(Arc::new(Taken { folder, lock })));
        }
    }

    /// What keeps others out.
    pub(super) fn lock(&self) -> &File {
        &self.0.lock
    }

    /// A place of its own for something that is being made.
    pub(super) fn place(&self, name: &str) -> PathBuf {
        self.0.folder.join(name)
    }
}

impl Drop for Taken {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.folder);
    }
}

/// Opens the lock, and makes it and its folder where they are not there; none where they go away meanwhile. No link is followed.
fn open_lock(folder: &Path) -> Result<Option<File>, Error> {
    let unusable = |source| Error::Folder { path: folder.to_owned(), source };
    match DirBuilder::new().mode(0o700).create(folder) {
        Err(error) if error.kind() != io::ErrorKind::AlreadyExists => return Err(unusable(error)),
        _ => {}
    }
    let we = rustix::process::geteuid().as_raw();
    match folder.symlink_metadata() {
        Ok(there) if there.is_dir() && there.uid() == we => {}
        Ok(_) => return Err(Error::NotOurs(folder.to_owned())),
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(unusable(error)),
    }
    let path = folder.join(LOCK);
    if path.symlink_metadata().is_ok_and(|there| !there.is_file()) {
        return Err(Error::NotOurs(folder.to_owned()));
    }
    let mut options = OpenOptions::new();
    options.read(true).write(true).create(true).truncate(false).mode(0o600);
    match options.custom_flags(OFlags::NOFOLLOW.bits().cast_signed()).open(path) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
        opened => opened.map(Some).map_err(unusable),
    }
}

/// Whether the lock says that the folder is ours; one that is empty becomes so.
fn is_ours(folder: &Path, lock: &mut File) -> io::Result<bool> {
    let mut said = Vec::new();
    lock.take(1024).read_to_end(&mut said)?;
    if said == MARK.as_bytes() {
        return Ok(true);
    }
    let is_new = said.is_empty() && fs::read_dir(folder)?.count() == 1;
    if is_new {
        lock.write_all(MARK.as_bytes())?;
    }
    Ok(is_new)
}

/// Removes all but the lock.
fn clear(folder: &Path) -> io::Result<()> {
    for entry in fs::read_dir(folder)? {
        let entry = entry?;
        if entry.file_type()?.is_dir() {
            fs::remove_dir_all(entry.path())?;
        } else if entry.file_name() != LOCK {
            fs::remove_file(entry.path())?;
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_is_there_until_the_last_who_works_in_it_is_done() {
        let into = tempfile::tempdir().unwrap();
        let workplace = Workplace::take(into.path()).unwrap();
        let other = workplace.clone();
        let place = workplace.place("x/y");
        drop(workplace);
        assert!(matches!(Workplace::take(into.path()), Err(Error::Busy(_))));
        fs::create_dir_all(place).unwrap();
        drop(other);
        assert!(fs::read_dir(into.path()).unwrap().next().is_none());
        drop(Workplace::take(into.path()).unwrap());
    }
}
