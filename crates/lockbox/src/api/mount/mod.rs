//! Where the engines and auth methods are mounted.

/// One mount: where it is, and what is inside.
mod description;

/// The mounts by path.
mod table;

pub(super) use description::{Description, Mount};
pub(super) use table::{MountError, MountTable};
