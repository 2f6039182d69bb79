//! What is wanted: which repositories a build fetches, from which of their URLs, at which ref, and all of them on disk.
//!
//! How a project chooses among URLs is data: a `Profile`. Nothing here holds a token but the one that somebody wrote into a
//! URL; git asks for the others by itself.

mod channel;

mod committed;

mod error;

pub mod fetch;

mod list;

mod location;

mod lock;

mod profile;

mod resolve;

mod variables;

mod version;

pub use channel::Channel;
pub use committed::{lies_within, link_on_the_way};
pub use error::Error;
pub use list::{Entry, SourceList, Written};
pub(crate) use location::has_cut_password;
pub use location::{BadLocation, Location, OwnCredential};
pub use lock::{LOCK_FILE, Lock, Locked};
pub use profile::{ChannelRule, Credentials, NoProfile, Profile, SourceRule};
pub use resolve::{Config, Origin, Resolved};
pub use variables::Variables;
