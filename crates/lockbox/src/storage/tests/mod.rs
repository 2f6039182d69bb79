//! The store on a disk that loses its power, tears writes, runs full and flips bits.

/// A disk in memory that can fail.
mod simulated;

/// What is there after the power was cut.
mod power_cut;

/// What is listed where.
mod folders;

/// A file that was changed, cut off, or belongs to somebody else.
mod tampered;

/// A backup, out and in.
mod backups;

/// Backups that somebody changed.
mod changed_backups;

/// A disk without room.
mod full;

/// New barrier keys while it is written to.
mod rotated;

pub(crate) use simulated::SimulatedDisk;

use std::{sync::Arc, time::Duration};

use zeroize::Zeroizing;

use super::{Batch, Disk, Fate, Header, Medium, StorageError, Store};
use crate::{
    clock::Moment,
    seal::{RootKey, Split},
};

async fn founded(medium: Medium, root: &RootKey) -> Store {
    let disk = Arc::new(Disk::open(medium).unwrap());
    Store::create(disk, &Header::new(Split::WHOLE), root.clone(), Moment::at_second(1)).await.unwrap()
}

fn reopened(medium: Medium, root: &RootKey) -> Result<Store, StorageError> {
    Store::unseal(Arc::new(Disk::open(medium)?), root.clone())
}

fn bytes(text: &str) -> Zeroizing<Vec<u8>> {
    Zeroizing::new(text.as_bytes().to_vec())
}

fn put(path: &str, value: &str) -> Batch {
    let mut batch = Batch::default();
    batch.put(path, bytes(value));
    batch
}

/// Writes on a disk that has room again, as soon as that is tried.
pub(crate) async fn lands(store: &Store, batch: impl Fn() -> Batch) {
    let begun = tokio::time::Instant::now();
    while let Err(error) = store.commit(batch()).await {
        assert!(begun.elapsed() < Duration::from_secs(60), "{error}");
    }
}

/// Numbers that are the same in every run.
struct Dice(u64);

impl Dice {
    fn below(&mut self, limit: u64) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0 % limit
    }
}
