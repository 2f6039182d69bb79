use std::{
    fmt,
    io::{BufReader, Read, Seek, SeekFrom, Write},
};

use super::{
    BackupError,
    parts::{Kind, PartReader},
};
use crate::{
    seal::{Keyring, RootKey},
    storage::{Header, StorageError},
};

/// Where a backup lies while it is looked at.
pub(crate) trait Spool: Read + Write + Seek + Send {}

impl<T: Read + Write + Seek + Send> Spool for T {}

/// A backup that was read to its end: it is whole, and these keys open it.
pub(crate) struct Checked {
    spool: Box<dyn Spool>,
    header: Vec<u8>,
    wrapped: Vec<u8>,
    keyring: Keyring,
}

/// What is kept of a file beside what stands in the clear.
pub(in crate::storage) enum Kept<'a> {
    Entry(&'a [u8; 32], &'a [u8]),
    Record(u64, &'a [u8]),
}

impl Checked {
    /// Reads all of it.
    ///
    /// # Errors
    /// When it is no backup, was changed or cut off, or when this key does not open it.
    pub(crate) fn new(mut spool: Box<dyn Spool>, root: &RootKey) -> Result<Self, BackupError> {
        spool.seek(SeekFrom::Start(0)).map_err(BackupError::Io)?;
        let mut parts = PartReader::begin(BufReader::with_capacity(CHUNK_BYTES, &mut spool))?;
        let (mut header, mut wrapped) = (Vec::new(), Vec::new());
        expect(Kind::Header, parts.next(&mut header)?)?;
        let read: Option<Header> = serde_json::from_slice(&header).ok();
        read.filter(Header::is_readable).ok_or(BackupError::NotABackup)?;
        expect(Kind::Keyring, parts.next(&mut wrapped)?)?;
        let keyring = Keyring::unwrap(&wrapped, root).map_err(|_| BackupError::OtherKey)?;
        parts.verify_with(&keyring.backup_key());
        while let Some((kind, length)) = parts.pass()? {
            if Kept::least_bytes(kind).is_none_or(|least| length < least) {
                return Err(BackupError::Changed);
            }
        }
        drop(parts);
        Ok(Self { spool, header, wrapped, keyring })
    }

    /// What stands in the clear in a backup that nobody has looked at yet.
    ///
    /// # Errors
    /// When it is no backup.
    pub(crate) fn header_of(spool: &mut (impl Read + Seek)) -> Result<Header, BackupError> {
        spool.seek(SeekFrom::Start(0)).map_err(BackupError::Io)?;
        let mut bytes = Vec::new();
        expect(Kind::Header, PartReader::begin(spool)?.next(&mut bytes)?)?;
        let read: Option<Header> = serde_json::from_slice(&bytes).ok();
        read.filter(Header::is_readable).ok_or(BackupError::NotABackup)
    }

    pub(in crate::storage) fn keyring(&self) -> &Keyring {
        &self.keyring
    }

    /// How the root key is held, and whose file it was, as it stands in the clear.
    pub(in crate::storage) fn header(&self) -> &[u8] {
        &self.header
    }

    /// The keyring, wrapped by the root key.
    pub(in crate::storage) fn wrapped_keyring(&self) -> &[u8] {
        &self.wrapped
    }

    /// Everything else, once more from the beginning, with the keyring that opens it.
    ///
    /// # Errors
    /// When it cannot be read, or whoever takes it refuses.
    pub(in crate::storage) fn each(
        &mut self,
        mut take: impl FnMut(&Keyring, Kept<'_>) -> Result<(), StorageError>,
    ) -> Result<(), BackupError> {
        self.spool.seek(SeekFrom::Start(0)).map_err(BackupError::Io)?;
        let mut parts = PartReader::begin(BufReader::with_capacity(CHUNK_BYTES, &mut self.spool))?;
        let mut bytes = Vec::new();
        expect(Kind::Header, parts.next(&mut bytes)?)?;
        expect(Kind::Keyring, parts.next(&mut bytes)?)?;
        parts.verify_with(&self.keyring.backup_key());
        while let Some(kind) = parts.next(&mut bytes)? {
            take(&self.keyring, Kept::of(kind, &bytes)?)?;
        }
        Ok(())
    }
}

impl<'a> Kept<'a> {
    fn least_bytes(kind: Kind) -> Option<usize> {
        match kind {
            Kind::Entry => Some(size_of::<[u8; 32]>()),
            Kind::Record => Some(size_of::<u64>()),
            Kind::Header | Kind::Keyring | Kind::Tail => None,
        }
    }

    fn of(kind: Kind, bytes: &'a [u8]) -> Result<Self, BackupError> {
        match kind {
            Kind::Entry => {
                let (place, sealed) = bytes.split_first_chunk().ok_or(BackupError::Changed)?;
                Ok(Self::Entry(place, sealed))
            }
            Kind::Record => {
                let (number, sealed) = bytes.split_first_chunk().ok_or(BackupError::Changed)?;
                Ok(Self::Record(u64::from_be_bytes(*number), sealed))
            }
            Kind::Header | Kind::Keyring | Kind::Tail => Err(BackupError::Changed),
        }
    }
}

fn expect(kind: Kind, found: Option<Kind>) -> Result<(), BackupError> {
    if found == Some(kind) { Ok(()) } else { Err(BackupError::Changed) }
}

impl fmt::Debug for Checked {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Checked")
    }
}

const CHUNK_BYTES: usize = 64 << 10;
