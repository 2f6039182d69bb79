//! All sources on disk: side by side, through a cache of mirrors, by the `git` program.
//!
//! The repositories are our own: their configuration is written here, before every use, and nothing of what somebody else wrote into one is
//! read. No redirect is followed.

mod cache;

mod checkout;

mod existing;

mod fetching;

mod look;

mod mark;

mod mirror;

mod ours;

mod outcome;

mod plan;

mod source;

mod trouble;

mod workplace;

pub use fetching::Fetching;
pub use outcome::{Event, Fetched, Outcome};
pub use plan::{Blobs, History, Item, Plan, Submodules};
