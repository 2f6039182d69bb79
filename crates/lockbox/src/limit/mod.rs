//! How much a client may ask of the server: sizes, times, connections, and how often it may log in.
//!
//! The names and defaults of OpenBao's listener, where it has them.

/// The limits, and what they are when nobody says otherwise.
mod limits;

/// Where a client comes from, as limits count it.
mod source;

/// How often one source may log in.
mod login_rate;

/// How much of all bodies together may be in memory.
mod in_flight;

/// A future that must be done in time.
mod within;

pub(crate) use in_flight::{InFlight, Share};
pub use limits::Limits;
pub use login_rate::LoginRate;
pub(crate) use login_rate::LoginRates;
pub(crate) use source::Source;
pub(crate) use within::within;
