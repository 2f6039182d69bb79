//! JSON as Go reads and writes it: secrets are given back as OpenBao gives them.
//!
//! Names are in order, each once, with the last value that was given to it; `<`, `>` and `&` are escaped; numbers are as
//! they were written, or as Go writes the nearest float. What is here may be a secret: Debug shows nothing of it.

/// A value that keeps its numbers as they were written.
mod value;

/// From a text to a value.
mod read;

/// Texts that Go reads and others refuse.
mod repair;

/// From a value to a text.
mod write;

/// From what serde knows to a text.
mod format;

/// Floats as Go writes them.
mod float;

/// A JSON merge patch (RFC 7396), as OpenBao applies it.
mod merge;

pub(crate) use format::written;
pub(crate) use merge::merge;
pub(crate) use read::read;
pub(crate) use repair::repaired;
pub(crate) use value::Json;
pub(crate) use write::Numbers;
