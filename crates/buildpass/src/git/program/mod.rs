//! The `git` program: started in an environment of our own making, watched while it works, and explained where it fails.

mod activity;

mod failure;

mod pins;

mod progress;

mod task;

mod version;

pub use crate::explain::GitCause as Cause;
pub use failure::GitFailure;
pub use pins::Pins;
pub use progress::Progress;
pub use task::{Finished, Task};
pub use version::{Git, NoGit};
