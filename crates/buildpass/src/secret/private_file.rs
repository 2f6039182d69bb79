use std::{
    fs::File,
    io::{self, Read},
    os::unix::fs::PermissionsExt,
    path::Path,
};

use zeroize::Zeroizing;

/// Why a file gives no secret, as what is said of it.
#[derive(Debug, thiserror::Error)]
pub enum NotPrivate {
    /// It cannot be read.
    #[error("cannot be read: {0}")]
    Unreadable(#[from] io::Error),
    /// Others may have read it, or have put something else there.
    #[error("can be read by others: its mode is {:04o}", .mode & 0o7777)]
    OpenToOthers {
        /// Its mode.
        mode: u32,
    },
    /// It holds something else.
    #[error("holds more than {longest_bytes} bytes")]
    TooLong {
        /// The bound.
        longest_bytes: usize,
    },
    /// Nothing is in it.
    #[error("is empty")]
    Empty,
}

impl NotPrivate {
    /// What to do about it, where that does not depend on what the file is for.
    pub fn hint(&self, path: &Path) -> Option<String> {
        match self {
            Self::OpenToOthers { .. } => {
                Some(format!("chmod 600 {}, and think about who has read it", path.display()))
            }
            Self::Unreadable(_) | Self::TooLong { .. } | Self::Empty => None,
        }
    }
}

/// What a file that nobody else may read says, without the space around it; wiped when it ends.
///
/// # Errors
/// When it cannot be read, others may read it, or nothing or too much is in it.
pub fn private_text(path: &Path, longest_bytes: usize) -> Result<Zeroizing<String>, NotPrivate> {
    let file = File::open(path)?;
    let mode = file.metadata()?.permissions().mode();
    if mode & OTHERS != 0 {
        return Err(NotPrivate::OpenToOthers { mode });
    }
    // It never grows, so that no copy of it is left behind.
    let mut text = Zeroizing::new(String::with_capacity(longest_bytes + 1));
    file.take(longest_bytes as u64 + 1).read_to_string(&mut text)?;
    if text.len() > longest_bytes {
        return Err(NotPrivate::TooLong { longest_bytes });
    }
    match text.trim() {
        "" => Err(NotPrivate::Empty),
        trimmed => Ok(Zeroizing::new(trimmed.to_owned())),
    }
}

/// Group and everybody, to read or to write.
const OTHERS: u32 = 0o066;

#[cfg(test)]
mod tests {
    use std::fs::{self, Permissions};

    use super::*;

    #[test]
    fn a_file_of_one_secret_is_private_short_and_not_empty() {
        let folder = tempfile::tempdir().unwrap();
        let read = |text: &[u8], mode: u32| {
            let path = folder.path().join("file");
            fs::write(&path, text).unwrap();
            fs::set_permissions(&path, Permissions::from_mode(mode)).unwrap();
            private_text(&path, 16)
        };
        assert_eq!(read(b" made-up \n", 0o600).unwrap().as_str(), "made-up");
        assert_eq!(read(&[b'x'; 16], 0o400).unwrap().len(), 16);
        for (text, mode, expected) in [
            (&b"made-up"[..], 0o644, "can be read by others: its mode is 0644"),
            (b"made-up", 0o620, "can be read by others: its mode is 0620"),
            (&[b'x'; 17], 0o600, "holds more than 16 bytes"),
            (b" \n", 0o600, "is empty"),
            (b"\xff\xfe", 0o600, "cannot be read: stream did not contain valid UTF-8"),
        ] {
            assert_eq!(read(text, mode).unwrap_err().to_string(), expected);
        }
        assert!(
            private_text(&folder.path().join("nothing"), 16)
                .unwrap_err()
                .to_string()
                .contains("No such file")
        );
    }
}
