//! The older engine: one value a path, all of its fields at the top.

/// The values by path.
mod secrets;

pub(crate) use secrets::Secrets;
