use std::io::{self, Read, Write};

use aws_lc_rs::{constant_time, hmac};

use super::BackupError;

/// What a part is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    Header,
    Keyring,
    Entry,
    Record,
    Tail,
}

/// Parts on their way out.
pub(super) struct PartWriter<W> {
    out: W,
    digest: hmac::Context,
}

/// Parts on their way in.
pub(super) struct PartReader<R> {
    source: R,
    /// What was read before the key was known.
    early: Vec<u8>,
    digest: Option<hmac::Context>,
}

impl<W: Write> PartWriter<W> {
    /// # Errors
    /// When nobody takes it.
    pub(super) fn begin(mut out: W, key: &hmac::Key) -> io::Result<Self> {
        let mut digest = hmac::Context::with_key(key);
        digest.update(MAGIC);
        out.write_all(MAGIC)?;
        Ok(Self { out, digest })
    }

    /// # Errors
    /// When nobody takes it.
    pub(super) fn put(&mut self, kind: Kind, pieces: &[&[u8]]) -> io::Result<()> {
        let length: usize = pieces.iter().map(|piece| piece.len()).sum();
        let head = head(kind, u32::try_from(length).map_err(io::Error::other)?);
        for piece in [&[head.as_slice()], pieces].concat() {
            self.digest.update(piece);
            self.out.write_all(piece)?;
        }
        Ok(())
    }

    /// # Errors
    /// When nobody takes it.
    pub(super) fn end(mut self) -> io::Result<()> {
        let tag = self.digest.sign();
        self.out.write_all(&head(Kind::Tail, TAIL_BYTES))?;
        self.out.write_all(tag.as_ref())?;
        self.out.flush()
    }
}

impl<R: Read> PartReader<R> {
    /// # Errors
    /// When it is no backup.
    pub(super) fn begin(mut source: R) -> Result<Self, BackupError> {
        let mut magic = Vec::new();
        source.by_ref().take(MAGIC.len() as u64).read_to_end(&mut magic).map_err(BackupError::Io)?;
        if magic != MAGIC {
            return Err(if MAGIC.starts_with(&magic) {
                BackupError::CutOff
            } else {
                BackupError::NotABackup
            });
        }
        Ok(Self { source, early: magic, digest: None })
    }

    /// From now on every part is held against the key, those that came before included.
    pub(super) fn verify_with(&mut self, key: &hmac::Key) {
        let mut digest = hmac::Context::with_key(key);
        digest.update(&std::mem::take(&mut self.early));
        self.digest = Some(digest);
    }

    /// The next part; nothing behind the last, which proves that all of them are as they were.
    ///
    /// # Errors
    /// When it was cut off or changed.
    pub(super) fn next(&mut self, bytes: &mut Vec<u8>) -> Result<Option<Kind>, BackupError> {
        let mut head = [0; 5];
        self.fill(&mut head)?;
        let [kind, length @ ..] = head;
        let kind = Kind::of(kind).ok_or(BackupError::Changed)?;
        let length = u32::from_be_bytes(length);
        bytes.clear();
        let read =
            self.source.by_ref().take(u64::from(length)).read_to_end(bytes).map_err(BackupError::Io)?;
        if read < length as usize {
            return Err(BackupError::CutOff);
        }
        if kind == Kind::Tail {
            return self.end(bytes).map(|()| None);
        }
        match &mut self.digest {
            Some(digest) => {
                digest.update(&head);
                digest.update(bytes);
            }
            None => {
                self.early.extend_from_slice(&head);
                self.early.extend_from_slice(bytes);
            }
        }
        Ok(Some(kind))
    }

    fn end(&mut self, tail: &[u8]) -> Result<(), BackupError> {
        let tag = self.digest.take().ok_or(BackupError::Changed)?.sign();
        constant_time::verify_slices_are_equal(tag.as_ref(), tail).map_err(|_| BackupError::Changed)?;
        match self.source.read(&mut [0]).map_err(BackupError::Io)? {
            0 => Ok(()),
            _ => Err(BackupError::Changed),
        }
    }

    fn fill(&mut self, bytes: &mut [u8]) -> Result<(), BackupError> {
        self.source.read_exact(bytes).map_err(|error| match error.kind() {
            io::ErrorKind::UnexpectedEof => BackupError::CutOff,
            _ => BackupError::Io(error),
        })
    }
}

impl Kind {
    fn of(letter: u8) -> Option<Self> {
        [Self::Header, Self::Keyring, Self::Entry, Self::Record, Self::Tail]
            .into_iter()
            .find(|kind| kind.letter() == letter)
    }

    fn letter(self) -> u8 {
        match self {
            Self::Header => b'h',
            Self::Keyring => b'k',
            Self::Entry => b'e',
            Self::Record => b'r',
            Self::Tail => b't',
        }
    }
}

fn head(kind: Kind, length: u32) -> [u8; 5] {
    let [a, b, c, d] = length.to_be_bytes();
    [kind.letter(), a, b, c, d]
}

const MAGIC: &[u8] = b"lockbox backup 1\n";
const TAIL_BYTES: u32 = 32;
