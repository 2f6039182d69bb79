mod diagnose;

mod explain;

mod text;

use std::process::ExitCode;

use clap::{Args, Subcommand};

use super::Surroundings;
use crate::failure::Failure;

/// Say why a job gets no token, and what to do
#[derive(Debug, Args)]
#[command(args_conflicts_with_subcommands = true)]
pub(super) struct Arguments {
    #[command(flatten)]
    diagnose: diagnose::Diagnose,

    #[command(subcommand)]
    command: Option<Command>,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Explain the errors in a job's log, or one error's text
    Explain(explain::Arguments),
}

pub(super) fn execute(arguments: &Arguments, surroundings: &Surroundings) -> Result<ExitCode, Failure> {
    match &arguments.command {
        None => diagnose::execute(&arguments.diagnose, surroundings),
        Some(Command::Explain(arguments)) => explain::execute(arguments),
    }
}
