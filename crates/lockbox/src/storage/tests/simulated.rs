use std::{
    fmt, io,
    sync::{Arc, Mutex},
};

use redb::StorageBackend;

use super::{Dice, Medium, Store, founded};
use crate::seal::RootKey;

/// A disk in memory: its clones are the same disk, its copies after a power cut are not.
#[derive(Clone, Default)]
pub(crate) struct SimulatedDisk(Arc<Mutex<Image>>);

#[derive(Clone, Default)]
struct Image {
    /// What a reader sees.
    seen: Vec<u8>,
    /// What is there after the power was cut.
    durable: Vec<u8>,
    /// What was written since, in order.
    pending: Vec<(usize, Vec<u8>)>,
    room: Option<usize>,
    /// How often somebody read its beginning, as who opens it does.
    openings: usize,
}

impl SimulatedDisk {
    /// The disk as it may be after the power is cut now: of what was not flushed, some sectors are there and some not.
    pub(super) fn after_power_cut(&self, dice: &mut Dice) -> Self {
        let Image { mut durable, pending, seen, .. } = self.0.lock().unwrap().clone();
        durable.resize(seen.len().max(durable.len()), 0);
        for (offset, data) in pending {
            for (at, sector) in data.chunks(SECTOR_BYTES).enumerate() {
                let start = offset + at * SECTOR_BYTES;
                if dice.below(2) == 0 && start + sector.len() <= durable.len() {
                    durable[start..start + sector.len()].copy_from_slice(sector);
                }
            }
        }
        Self(Arc::new(Mutex::new(Image { seen: durable.clone(), durable, ..Image::default() })))
    }

    /// A new store on this disk.
    pub(crate) async fn store(&self) -> Store {
        founded(Medium::Simulated(self.clone()), &RootKey::draw()).await
    }

    pub(crate) fn limit(&self, room: Option<usize>) {
        self.0.lock().unwrap().room = room;
    }

    pub(crate) fn length(&self) -> usize {
        self.0.lock().unwrap().seen.len()
    }

    pub(super) fn openings(&self) -> usize {
        self.0.lock().unwrap().openings
    }

    pub(super) fn change(&self, change: impl FnOnce(&mut Vec<u8>)) {
        let mut image = self.0.lock().unwrap();
        change(&mut image.seen);
        image.durable = image.seen.clone();
    }

    pub(super) fn copy(&self) -> Self {
        Self(Arc::new(Mutex::new(self.0.lock().unwrap().clone())))
    }
}

impl StorageBackend for SimulatedDisk {
    fn len(&self) -> io::Result<u64> {
        Ok(self.0.lock().unwrap().seen.len() as u64)
    }

    fn read(&self, offset: u64, out: &mut [u8]) -> io::Result<()> {
        let mut image = self.0.lock().unwrap();
        let start = usize::try_from(offset).unwrap();
        image.openings += usize::from(start == 0);
        let read = image.seen.get(start..start + out.len()).ok_or(io::ErrorKind::UnexpectedEof)?;
        out.copy_from_slice(read);
        Ok(())
    }

    fn set_len(&self, length: u64) -> io::Result<()> {
        let mut image = self.0.lock().unwrap();
        let length = usize::try_from(length).unwrap();
        if image.room.is_some_and(|room| length > room) {
            return Err(io::ErrorKind::StorageFull.into());
        }
        image.seen.resize(length, 0);
        Ok(())
    }

    fn sync_data(&self) -> io::Result<()> {
        let mut image = self.0.lock().unwrap();
        image.durable = image.seen.clone();
        image.pending.clear();
        Ok(())
    }

    fn write(&self, offset: u64, data: &[u8]) -> io::Result<()> {
        let mut image = self.0.lock().unwrap();
        let start = usize::try_from(offset).unwrap();
        if image.room.is_some_and(|room| start + data.len() > room) {
            return Err(io::ErrorKind::StorageFull.into());
        }
        let written = image.seen.get_mut(start..start + data.len()).ok_or(io::ErrorKind::StorageFull)?;
        written.copy_from_slice(data);
        image.pending.push((start, data.to_vec()));
        Ok(())
    }
}

impl fmt::Debug for SimulatedDisk {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("SimulatedDisk")
    }
}

const SECTOR_BYTES: usize = 512;
