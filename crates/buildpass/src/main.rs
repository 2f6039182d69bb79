//! Parse, run, report, exit.

use std::{panic::catch_unwind, process::ExitCode};

/// A panic is our bug, and exits as one.
fn main() -> ExitCode {
    catch_unwind(buildpass::cli::run).unwrap_or(ExitCode::from(1))
}
