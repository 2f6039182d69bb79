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
        bytes.clear();
        self.read(|piece| bytes.extend_from_slice(piece))
    }

    /// The same, and of the part its length alone: nothing is held in memory that nobody has proved yet.
    ///
    /// # Errors
    /// When it was cut off or changed.
    pub(super) fn pass(&mut self) -> Result<Option<(Kind, usize)>, BackupError> {
        let mut length = 0;
        let kind = self.read(|piece| length += piece.len())?;
        Ok(kind.map(|kind| (kind, length)))
    }

    fn read(&mut self, mut take: impl FnMut(&[u8])) -> Result<Option<Kind>, BackupError> {
        let mut head = [0; 5];
        self.fill(&mut head)?;
        let [kind, length @ ..] = head;
        let kind = Kind::of(kind).ok_or(BackupError::Changed)?;
        let mut left = u32::from_be_bytes(length) as usize;
        if left > kind.most_bytes() || (self.digest.is_none() && !kind.comes_early()) {
            return Err(BackupError::Changed);
        }
        if kind == Kind::Tail {
            if left != TAIL_BYTES as usize {
                return Err(BackupError::Changed);
            }
            let mut tail = [0; TAIL_BYTES as usize];
            self.fill(&mut tail)?;
            return self.end(&tail).map(|()| None);
        }
        self.digest(&head);
        let mut piece = [0; PIECE_BYTES];
        while left > 0 {
            let piece = &mut piece[..left.min(PIECE_BYTES)];
            self.fill(piece)?;
            self.digest(piece);
            take(piece);
            left -= piece.len();
        }
        Ok(Some(kind))
    }

    fn digest(&mut self, bytes: &[u8]) {
        match &mut self.digest {
            Some(digest) => digest.update(bytes),
            None => self.early.extend_from_slice(bytes),
        }
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

    /// Whether it stands before the key is known.
    fn comes_early(self) -> bool {
        matches!(self, Self::Header | Self::Keyring)
    }

    fn most_bytes(self) -> usize {
        match self {
            Self::Header => 64 << 10,
            // Each rotation adds a hundred bytes or so.
            Self::Keyring => 16 << 20,
            Self::Entry | Self::Record => u32::MAX as usize,
            Self::Tail => TAIL_BYTES as usize,
        }
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
const PIECE_BYTES: usize = 8 << 10;
