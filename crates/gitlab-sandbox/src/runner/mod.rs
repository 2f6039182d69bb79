//! Runs one job's script as [GitLab Runner](https://docs.gitlab.com/runner/executors/shell/)'s shell executor does.
//!
//! It knows the sandbox by its address alone and asks it over HTTP for the job's variables and ID tokens. The job starts
//! in an empty folder, as with `GIT_STRATEGY: empty`, and inherits nothing from the process that runs it.

/// Asks the sandbox.
mod client;

/// Why a job could not be run.
mod error;

/// A job, before and after.
mod job;

/// The runner.
mod run;

/// The text that the shell reads.
mod script;

/// The shell and everything that it started.
mod shell;

pub use error::RunnerError;
pub use job::{Finished, Job};
pub use run::Runner;
