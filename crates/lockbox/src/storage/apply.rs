use redb::{ReadableTable, Table, TableDefinition, WriteTransaction};

use super::{StorageError, disk::CLEAR};
use crate::seal::{Keyring, Place};

/// One change, sealed.
pub(super) enum Step {
    Put { path: String, place: Place, sealed: Vec<u8> },
    Delete { path: String, place: Place },
    PutUnlisted { place: Place, sealed: Vec<u8> },
    DeleteUnlisted { place: Place },
    PutRecord { number: u64, sealed: Vec<u8> },
    DeleteRecord { number: u64 },
    Clear { name: &'static str, bytes: Vec<u8> },
}

/// The tables, open for one transaction.
pub(super) struct Tables<'a> {
    transaction: &'a WriteTransaction,
    entries: Entries<'a>,
    records: Table<'a, u64, &'static [u8]>,
}

impl<'a> Tables<'a> {
    /// # Errors
    /// When the disk refuses.
    pub(super) fn open(transaction: &'a WriteTransaction) -> Result<Self, StorageError> {
        let entries = transaction.open_table(ENTRIES).map_err(StorageError::write)?;
        let records = transaction.open_table(RECORDS).map_err(StorageError::write)?;
        Ok(Self { transaction, entries, records })
    }

    /// # Errors
    /// When the disk refuses.
    pub(super) fn apply(&mut self, keyring: &Keyring, steps: &[Step]) -> Result<(), StorageError> {
        let Self { transaction, entries, records } = self;
        for step in steps {
            match step {
                Step::Put { path, place, sealed } => {
                    let before = entries.insert(place.bytes(), sealed.as_slice());
                    if before.map_err(StorageError::write)?.is_none() {
                        list_folders(entries, keyring, path)?;
                    }
                }
                Step::Delete { path, place } => {
                    if entries.remove(place.bytes()).map_err(StorageError::write)?.is_some() {
                        unlist_folders(entries, keyring, path)?;
                    }
                }
                Step::PutUnlisted { place, sealed } => {
                    entries.insert(place.bytes(), sealed.as_slice()).map_err(StorageError::write)?;
                }
                Step::DeleteUnlisted { place } => {
                    entries.remove(place.bytes()).map_err(StorageError::write)?;
                }
                Step::PutRecord { number, sealed } => {
                    records.insert(number, sealed.as_slice()).map_err(StorageError::write)?;
                }
                Step::DeleteRecord { number } => {
                    records.remove(number).map_err(StorageError::write)?;
                }
                Step::Clear { name, bytes } => {
                    let mut clear = transaction.open_table(CLEAR).map_err(StorageError::write)?;
                    clear.insert(name, bytes.as_slice()).map_err(StorageError::write)?;
                }
            }
        }
        Ok(())
    }
}

type Entries<'a> = Table<'a, &'static [u8; 32], &'static [u8]>;

/// Every folder above a new entry stands in the list of its own folder.
fn list_folders(entries: &mut Entries<'_>, keyring: &Keyring, path: &str) -> Result<(), StorageError> {
    let mut folder = folder_of(path);
    while !folder.is_empty() {
        let place = keyring.place(folder);
        if entries.get(place.bytes()).map_err(StorageError::write)?.is_some() {
            return Ok(());
        }
        let sealed = keyring.seal(place.bytes(), &[&named(name_of(folder), &[])]);
        entries.insert(place.bytes(), sealed.as_slice()).map_err(StorageError::write)?;
        folder = folder_of(folder);
    }
    Ok(())
}

/// A folder in which nothing is left is no longer listed.
fn unlist_folders(entries: &mut Entries<'_>, keyring: &Keyring, path: &str) -> Result<(), StorageError> {
    let mut folder = folder_of(path);
    while !folder.is_empty() {
        let (first, last) = bounds(keyring.folder(folder));
        let left = entries.range::<&[u8; 32]>(&first..=&last).map_err(StorageError::write)?.next().is_some();
        if left {
            return Ok(());
        }
        entries.remove(keyring.place(folder).bytes()).map_err(StorageError::write)?;
        folder = folder_of(folder);
    }
    Ok(())
}

/// What is sealed of an entry: the length of its name, its name, and its value.
pub(super) fn named<'a>(name: &'a str, value: &'a [u8]) -> Vec<u8> {
    let length = u32::try_from(name.len()).unwrap_or(u32::MAX).to_be_bytes();
    [length.as_slice(), name.as_bytes(), value].concat()
}

/// The first and the last place in a folder.
pub(super) fn bounds(folder: [u8; 16]) -> ([u8; 32], [u8; 32]) {
    let (mut first, mut last) = ([0; 32], [0xff; 32]);
    first[..16].copy_from_slice(&folder);
    last[..16].copy_from_slice(&folder);
    (first, last)
}

/// The folder that a path, of an entry or of a folder, lies in: empty, or with a slash at its end.
pub(super) fn folder_of(path: &str) -> &str {
    let name_at = path.strip_suffix('/').unwrap_or(path).rfind('/').map_or(0, |slash| slash + 1);
    &path[..name_at]
}

/// The last part of a path, with the slash of a folder.
pub(super) fn name_of(path: &str) -> &str {
    &path[folder_of(path).len()..]
}

pub(super) const ENTRIES: TableDefinition<'_, &[u8; 32], &[u8]> = TableDefinition::new("entries");
pub(super) const RECORDS: TableDefinition<'_, u64, &[u8]> = TableDefinition::new("records");
