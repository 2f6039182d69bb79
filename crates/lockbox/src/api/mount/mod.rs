//! Where the engines and auth methods are mounted.

/// One mount: where it is, and what is inside.
mod description;

/// What can be changed about it.
mod tuning;

/// `config`: what it is told when it is made.
mod config;

/// `tune`: what it is told while it is there.
mod tune;

/// The mounts by path.
mod table;

/// Mounting and unmounting, on disk and in memory.
mod mounts;

/// Tuning and moving, on disk and in memory.
mod change;

/// Why something was not mounted, unmounted, moved or tuned.
mod error;

pub(super) use config::Of;
pub(super) use description::{Description, Flags, Mount};
pub(super) use error::MountError;
pub(super) use mounts::Mounts;
pub(super) use table::MountTable;
pub(super) use tune::TUNED;
pub(super) use tuning::Tuning;
