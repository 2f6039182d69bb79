//! Where the engines and auth methods are mounted.

/// One mount: where it is, and what is inside.
mod description;

/// The mounts by path.
mod table;

/// Mounting and unmounting, on disk and in memory.
mod mounts;

/// Why something was not mounted, or not unmounted.
mod error;

pub(super) use description::{Description, Mount};
pub(super) use error::MountError;
pub(super) use mounts::Mounts;
pub(super) use table::MountTable;
