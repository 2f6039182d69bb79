//! What time it is: handed in by the caller, so that tests can turn the clock themselves.

/// One point in time, as tokens and secrets keep it.
mod moment;

/// Points in time as the file keeps them: nanoseconds since 1970.
pub(crate) mod nanos;

/// The clocks: the system's, and one that stands still until it is turned.
mod source;

pub(crate) use moment::Moment;
pub use source::{Clock, ManualClock, SystemClock};
