//! A backup: everything of a file at one moment, sealed as it is there.
//!
//! It begins with a line that says what it is. Parts follow: one byte for the kind, four for the length, and as many bytes. First
//! the header and the wrapped keyring, as they stand in the file, then every entry and every record, and at its end an HMAC of all
//! that stands before, under a key that the keyring has. So nobody who lacks the root key can make one, change one or shorten one.

/// The bytes, part by part.
mod parts;

/// One that is being taken.
mod taken;

/// One that was read to its end, and is whole.
mod checked;

/// What can be wrong with one.
mod error;

pub(in crate::storage) use checked::Kept;
pub(crate) use checked::{Checked, Spool};
pub use error::BackupError;
pub(crate) use taken::{Backup, BackupFailure};
