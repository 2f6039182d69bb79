//! The commands: one file each. Only this module prints, and only `report` picks exit codes.

mod report;

mod token;

use std::process::ExitCode;

use clap::{Parser, Subcommand};

use crate::{
    clock::Clock,
    config::{Environment, Flags},
};
use report::Report;

/// Gives a CI build the private repositories that it may read, for as long as it runs, and nothing else.
#[derive(Debug, Parser)]
#[command(
    name = "buildpass",
    version,
    propagate_version = true,
    disable_help_subcommand = true
)]
pub struct CommandLine {
    #[command(flatten)]
    flags: Flags,

    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Print one secret, or write it to a file
    Token(token::Arguments),
}

/// What every command is handed.
struct Surroundings {
    flags: Flags,
    environment: Environment,
    clock: Clock,
}

impl CommandLine {
    /// Carries the command out and says how it ended.
    pub fn execute(self) -> ExitCode {
        let surroundings = Surroundings {
            flags: self.flags,
            environment: Environment::of_this_process(),
            clock: Clock::system(),
        };
        let outcome = match self.command {
            Command::Token(arguments) => token::execute(&arguments, &surroundings),
        };
        match outcome {
            Ok(code) => code,
            Err(report) => report.print(),
        }
    }
}

/// Runs one future on this thread: no command but the servers needs more.
fn block_on<T>(future: impl Future<Output = T>) -> Result<T, Report> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
    Ok(runtime
        .map_err(|error| Report::bug("the runtime cannot start", &error))?
        .block_on(future))
}
