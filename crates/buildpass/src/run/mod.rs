//! How it reaches a build: its environment, its files, its output, its signals, and the end.
//!
//! Three processes: buildpass itself, which CMD's runner knows and may kill; the guardian, which holds the session and outlives
//! it; and CMD, in a group of its own. Nothing here writes a secret to argv, to a file that outlives the job, or to a log.

mod config;

mod credentials;

mod environment;

mod error;

mod guardian;

mod hardening;

mod job;

mod launch;

pub mod mask;

mod masking;

mod private_dir;

mod pump;

mod signals;

mod streams;

mod terminal;

mod watch;

pub use config::{Delivery, Filled, NoDelivery, PLACEHOLDER, Variable, Wanted};
pub use environment::Environment;
pub use error::Error;
pub use guardian::keep;
pub use hardening::{CoreLimit, harden};
pub use job::{Config, IdTokenForCmd};
pub use launch::{Plan, launch};
pub use signals::{AskedToEnd, Interrupted};
pub use watch::Ended;
