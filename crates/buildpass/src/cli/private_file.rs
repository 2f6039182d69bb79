use std::{
    fs::{self, File, Permissions},
    io::{self, Write},
    os::unix::fs::PermissionsExt,
    path::{Path, PathBuf},
};

use crate::failure::Failure;

/// New files for their owner alone, which are gone again unless they are kept.
#[derive(Debug, Default)]
pub(super) struct PrivateFiles(Vec<PathBuf>);

impl PrivateFiles {
    /// Writes a new one, whole or not at all.
    ///
    /// # Errors
    /// When something is there already, or it cannot be written.
    pub(super) fn write(&mut self, path: &Path, text: &str) -> Result<(), Failure> {
        write(path, text).map_err(|error| unwritten(path, &error))?;
        self.0.push(path.to_owned());
        Ok(())
    }

    pub(super) fn keep(mut self) {
        self.0.clear();
    }
}

impl Drop for PrivateFiles {
    fn drop(&mut self) {
        for path in &self.0 {
            // Who cannot remove it now could not have written it.
            let _ = fs::remove_file(path);
        }
    }
}

fn write(path: &Path, text: &str) -> io::Result<()> {
    let folder = folder_of(path);
    let mut file = new_in(folder)?;
    file.write_all(text.as_bytes())?;
    file.write_all(b"\n")?;
    put(file, path)
}

/// A file for its owner alone that has no name yet.
pub(super) fn new_in(folder: &Path) -> io::Result<tempfile::NamedTempFile> {
    tempfile::Builder::new().permissions(Permissions::from_mode(0o600)).tempfile_in(folder)
}

/// Gives a file its name once all of it is on disk; nothing that is there is overwritten.
pub(super) fn put(file: tempfile::NamedTempFile, path: &Path) -> io::Result<()> {
    file.as_file().sync_all()?;
    file.persist_noclobber(path).map_err(|error| error.error)?;
    File::open(folder_of(path))?.sync_all()
}

pub(super) fn folder_of(path: &Path) -> &Path {
    match path.parent() {
        Some(folder) if folder != Path::new("") => folder,
        _ => Path::new("."),
    }
}

pub(super) fn unwritten(path: &Path, error: &io::Error) -> Failure {
    let path = path.display();
    if error.kind() == io::ErrorKind::AlreadyExists {
        return Failure::usage(
            format!("{path} is there already"),
            "nothing is overwritten: name another file",
        );
    }
    Failure::usage(
        format!("{path} cannot be written: {error}"),
        "name a file in a folder that this user can write to",
    )
}
