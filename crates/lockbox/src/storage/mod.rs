//! Everything that outlives the process: one [redb](https://docs.rs/redb) file of sealed entries.
//!
//! A write is acknowledged when it is on disk. Writes that come while another one is being flushed are flushed together.
//! Entries are found by places, which are digests of their paths; what the file shows is how many there are and how long.

/// The changes of one write, which happen together or not at all.
mod batch;

/// The file, open.
mod disk;

/// A file that is ready to be written.
mod prepared_file;

/// What stands in the clear: how to open the rest.
mod header;

/// The one writer, and the writes that it puts together.
mod writer;

/// When nothing is written, since it would fail again.
mod pause;

/// What the disk did not take and memory cannot take back.
mod owed;

/// How a batch changes the tables.
mod apply;

/// The entries as the last write left them.
mod snapshot;

/// Entries by path, opened.
mod view;

/// Entries by path, sealed, and who is to write them.
mod store;

/// The part of the store that one mount has.
mod shelf;

/// Everything at one moment, to be kept elsewhere.
mod backup;

/// A backup in the place of what is there.
mod replacement;

/// Everything in a folder.
mod walk;

/// One at a time, by name.
mod turns;

/// What can go wrong.
mod error;

#[cfg(test)]
mod tests;
#[cfg(test)]
pub(crate) use tests::{SimulatedDisk, lands};

pub use backup::BackupError;
pub(crate) use backup::{Backup, BackupFailure, Checked, Spool};
pub(crate) use batch::Batch;
pub(crate) use disk::{Disk, Medium};
pub use error::StorageError;
pub(crate) use header::Header;
pub(crate) use replacement::Fate;
pub(crate) use shelf::{Shelf, ShelfView, json};
pub(crate) use store::{Pending, Record, Store};
pub(crate) use turns::Turns;
use view::View;
pub(crate) use walk::all_entries;
