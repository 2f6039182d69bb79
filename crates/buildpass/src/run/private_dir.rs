use std::{
    fs::Permissions,
    io,
    os::unix::fs::PermissionsExt,
    path::{Path, PathBuf},
};

use tempfile::TempDir;

/// A directory of mode 0700 for secrets that are handed over as files and for the credential socket; gone when this is dropped.
#[derive(Debug)]
pub(super) struct PrivateDirectory(TempDir);

/// The longest path that a Unix socket can have (`sun_path` less its NUL).
const LONGEST_SOCKET_PATH: usize = 107;

impl PrivateDirectory {
    pub(super) fn make_in(folder: &Path) -> io::Result<Self> {
        let made = tempfile::Builder::new()
            .prefix("buildpass-")
            .permissions(Permissions::from_mode(0o700))
            .tempdir_in(folder)?;
        if socket_in(made.path()).as_os_str().len() > LONGEST_SOCKET_PATH {
            return Err(io::Error::new(
                io::ErrorKind::InvalidFilename,
                "its path is too long for a Unix socket",
            ));
        }
        Ok(Self(made))
    }

    pub(super) fn path(&self) -> &Path {
        self.0.path()
    }
}

/// Where the credential socket stands in a private directory.
pub(super) fn socket_in(directory: &Path) -> PathBuf {
    directory.join("git.sock")
}
