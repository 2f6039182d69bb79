//! The embedded vault: one file a command.

mod audit;

mod init;

mod key_file;

mod limiting;

mod private_file;

mod serve;

mod unopened;

use std::process::ExitCode;

use clap::{Args, Subcommand};

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

    /// Look after the audit log
    Audit(audit::Arguments),
}

pub(super) fn execute(arguments: Arguments) -> Result<ExitCode, Failure> {
    match arguments.command {
        Command::Init(arguments) => init::execute(&arguments),
        Command::Serve(arguments) => serve::execute(arguments),
        Command::Audit(arguments) => audit::execute(&arguments),
    }
}
