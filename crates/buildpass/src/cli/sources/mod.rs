//! The sources of a build: which they are, and all of them on disk.

mod fetch;

mod list;

mod resolve;

mod show;

pub(super) mod work;

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

    /// Fetch all sources of this build, side by side, each at its ref
    Fetch(Box<fetch::Arguments>),
}

pub(super) fn execute(arguments: &Arguments, surroundings: &Surroundings) -> Result<ExitCode, Failure> {
    match &arguments.command {
        Command::List(arguments) => list::execute(arguments, surroundings),
        Command::Resolve(arguments) => resolve::execute(arguments, surroundings),
        Command::Fetch(arguments) => fetch::execute(arguments, surroundings),
    }
}
