//! Leases of what was made for a session, and ends with it: at its time, when its session ends, or when it is revoked.
//!
//! A lease is on disk before anybody is told of it. What it is of is ended elsewhere, where nobody may be at home: that is
//! owed from then on, and tried again with growing pauses, also after a restart.

/// One of them.
mod kept;

/// All of them in memory, by name, by session, and by when something has to be done.
mod table;

/// All of them, on disk too, and those who end them.
mod leases;

/// Ended by who asks for it.
mod revoke;

/// What becomes of them when a backup is put in the place of everything.
mod restored;

/// Those that nobody was told of yet.
mod untold;

pub(crate) use kept::Lease;
pub(crate) use leases::Leases;
pub(crate) use table::Owed;
pub(crate) use untold::{Untold, UntoldLeases};
