//! The guardian: a small process with a session of its own that holds the vault session, outlives `kill -9` of buildpass, and
//! gives everything back whatever happens to it.

mod custody;

mod keep;

mod link;

mod message;

mod ward;

pub use keep::keep;
pub(super) use message::{Begin, Granted, Place};
pub(super) use ward::{Returned, Ward};
