//! Joins the parts and serves them on the listener that the caller hands in.

/// What a sandbox needs in order to start.
mod config;

/// What every request may use.
mod instance;

/// All paths.
mod router;

/// From a listener to its shutdown.
mod serve;

pub use config::{Config, Error};
pub(crate) use instance::Instance;
pub use serve::Sandbox;
