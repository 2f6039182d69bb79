//! The embedded vault: one file a command.

mod audit;

mod backup;

mod export;

mod init;

mod key_file;

mod limiting;

mod other;

mod owner;

mod restore;

mod serve;

mod shares;

mod unopened;

use std::process::ExitCode;

use clap::{Args, Subcommand};

use super::Surroundings;
use crate::failure::Failure;

/// A small vault: Vault's HTTP API in one process, everything in one sealed file
#[derive(Debug, Args)]
pub(super) struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Make a new lockbox, and print once what opens it
    Init(init::Arguments),

    /// Serve a lockbox until INT or TERM
    Serve(serve::Arguments),

    /// Save everything that a lockbox has, sealed, while it serves
    Backup(backup::Arguments),

    /// Put a backup into a new file, or in the place of everything that a serving lockbox has
    Restore(restore::Arguments),

    /// Write everything that a lockbox holds into another vault; without `--apply`, only say what would be written
    Export(export::Arguments),

    /// Look after the audit log
    Audit(audit::Arguments),
}

pub(super) fn execute(arguments: Arguments, surroundings: &Surroundings) -> Result<ExitCode, Failure> {
    match arguments.command {
        Command::Init(arguments) => init::execute(&arguments),
        Command::Serve(arguments) => serve::execute(arguments),
        Command::Backup(arguments) => backup::execute(&arguments, surroundings),
        Command::Restore(arguments) => restore::execute(&arguments, surroundings),
        Command::Export(arguments) => export::execute(&arguments, surroundings),
        Command::Audit(arguments) => audit::execute(&arguments),
    }
}
