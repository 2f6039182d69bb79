//! The whole story on one machine: a small GitLab, a small vault, and one job that may have a secret beside one that may not.
//!
//! Both servers are reached over HTTP alone, as the real ones are.

mod administrator;

mod error;

mod search;

mod story;

mod world;

pub use error::Error;
pub use story::{Afterwards, tell};
