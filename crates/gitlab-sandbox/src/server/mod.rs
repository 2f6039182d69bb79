//! Joins the parts and serves them on the listener that the caller hands in.

mod config;

mod instance;

mod router;

mod serve;

pub use config::{Config, Error};
pub(crate) use instance::Instance;
pub use serve::Sandbox;
