//! The audit log, as whoever reviews it reads it.

mod verify;

use std::process::ExitCode;

use clap::{Args, Subcommand};

use crate::failure::Failure;

/// Look after the audit log
#[derive(Debug, Args)]
pub(super) struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Prove that no line was changed, left out, moved or cut off
    Verify(verify::Arguments),
}

pub(super) fn execute(arguments: &Arguments) -> Result<ExitCode, Failure> {
    match &arguments.command {
        Command::Verify(arguments) => verify::execute(arguments),
    }
}
