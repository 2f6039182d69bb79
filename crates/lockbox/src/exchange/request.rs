use super::{Fields, Operation};
use crate::clock::Moment;

/// A request on its way to an engine: its path begins behind the engine's mount.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Request<'a> {
    pub(crate) operation: Operation,
    pub(crate) path: &'a str,
    pub(crate) fields: &'a Fields,
    pub(crate) now: Moment,
    /// How long what its mount gives is good, when nobody says more.
    pub(crate) lease_seconds: i64,
}
