//! The sources of a build: which they are, and all of them on disk.

mod list;

mod resolve;

use std::process::ExitCode;

use clap::{Args, Subcommand};

use super::Surroundings;
use crate::failure::Failure;

/// Say where the sources of this build come from, and fetch them
#[derive(Debug, Args)]
pub(super) struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// List the sources of this build, with what is worth knowing of each
    List(list::Arguments),

    /// Say where each source comes from, for programs
    Resolve(resolve::Arguments),
}

pub(super) fn execute(arguments: &Arguments, surroundings: &Surroundings) -> Result<ExitCode, Failure> {
    match &arguments.command {
        Command::List(arguments) => list::execute(arguments, surroundings),
        Command::Resolve(arguments) => resolve::execute(arguments, surroundings),
    }
}
