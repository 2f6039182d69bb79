//! The commands: one file each. Only this module prints, and only `report` picks exit codes.

mod access;

mod ci;

mod demo;

mod doctor;

mod fetch;

mod git;

mod guard;

mod html;

mod launch;

mod lockbox;

mod output;

mod private_file;

mod report;

mod run;

mod sources;

mod table;

mod token;

use std::process::ExitCode;

use clap::{Parser, Subcommand};

use crate::{
    clock::Clock,
    config::{Environment, Flags},
    failure::Failure,
    run::{AskedToEnd, CoreLimit},
};

/// Gives a CI build the private repositories that it may read, for as long as it runs, and nothing else.
#[derive(Debug, Parser)]
#[command(name = "buildpass", version, propagate_version = true, disable_help_subcommand = true)]
struct CommandLine {
    #[command(flatten)]
    flags: Flags,

    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Run a command with what the job may have: masks its output, forwards signals, gives everything back
    Run(run::Arguments),

    /// Print one secret, or write it to a file
    Token(token::Arguments),

    /// Make git ask buildpass for its credentials
    Git(git::Arguments),

    /// Say where the sources of this build come from, and fetch them
    Sources(sources::Arguments),

    /// Say which job gets which token and secret, and why
    Ci(Box<ci::Arguments>),

    /// Declare who may read what, and bring GitLab and the vault to it
    Access(Box<access::Arguments>),

    /// Say why a job gets no token, and what to do
    Doctor(doctor::Arguments),

    /// Show the whole story on this machine, with nothing to install
    Demo(demo::Arguments),

    /// A small vault: Vault's HTTP API in one process
    Lockbox(lockbox::Arguments),

    #[command(hide = true)]
    FetchSources(sources::work::Arguments),

    #[command(hide = true)]
    Guard,

    #[command(hide = true)]
    Launch(launch::Arguments),
}

/// What every command is handed.
struct Surroundings {
    flags: Flags,
    environment: Environment,
    clock: Clock,
    core_limit: CoreLimit,
}

/// The whole program: reads the process's arguments, carries the command out, and says how it ended.
pub fn run() -> ExitCode {
    if let Some(asked_by_git) = CommandLine::of_git(std::env::args_os().skip(1)) {
        return asked_by_git.execute();
    }
    match CommandLine::try_parse() {
        Ok(command_line) => command_line.execute(),
        Err(error) => {
            let code = ExitCode::from(u8::try_from(error.exit_code()).unwrap_or(2));
            // Help that nobody reads is no fault.
            let _ = error.print();
            let arguments: Vec<_> = std::env::args_os().skip(1).collect();
            if error.use_stderr() { run::refused(&arguments, code) } else { code }
        }
    }
}

impl CommandLine {
    /// What git asks at every fetch, in the words that we have told it: reading them as any command line would take as long as answering.
    fn of_git(arguments: impl Iterator<Item = std::ffi::OsString>) -> Option<Self> {
        let words: Vec<_> = arguments.take(4).collect();
        let [git, credential, operation] = &words[..] else { return None };
        if git != "git" || credential != "credential" {
            return None;
        }
        let operation = operation.to_str().filter(|operation| !operation.starts_with('-'))?;
        let command = Command::Git(git::Arguments::credential(operation));
        Some(Self { flags: Flags::default(), command })
    }

    /// Carries the command out and says how it ended.
    fn execute(self) -> ExitCode {
        self.carry_out().unwrap_or_else(|failure| {
            report::print(&failure);
            report::exit_code(failure.blame)
        })
    }

    fn carry_out(self) -> Result<ExitCode, Failure> {
        if let Command::Launch(arguments) = &self.command {
            return launch::execute(arguments);
        }
        // Before the environment is read: it holds the ID token.
        let core_limit = crate::run::harden()
            .map_err(|error| Failure::bug("this process cannot be kept from the eyes of others", &error))?;
        let environment = Environment::of_this_process();
        let surroundings =
            Surroundings { flags: self.flags, environment, clock: Clock::system(), core_limit };
        match self.command {
            Command::Run(arguments) => Ok(run::execute(arguments, &surroundings)),
            Command::Token(arguments) => token::execute(&arguments, &surroundings),
            Command::Git(arguments) => git::execute(&arguments, &surroundings),
            Command::Sources(arguments) => sources::execute(&arguments, &surroundings),
            Command::Ci(arguments) => ci::execute(&arguments, &surroundings),
            Command::Access(arguments) => access::execute(&arguments, &surroundings),
            Command::Doctor(arguments) => doctor::execute(&arguments, &surroundings),
            Command::Demo(arguments) => demo::execute(&arguments, &surroundings),
            Command::Lockbox(arguments) => lockbox::execute(arguments, &surroundings),
            Command::FetchSources(arguments) => sources::work::execute(&arguments, &surroundings),
            Command::Guard => guard::execute(&surroundings),
            Command::Launch(arguments) => launch::execute(&arguments),
        }
    }
}

/// Hears from now on, within a runtime, whether somebody asks us to end: there is something to give back first.
fn asked_to_end() -> Result<AskedToEnd, Failure> {
    AskedToEnd::listen().map_err(|error| Failure::bug("signals cannot be listened to", &error))
}

/// Runs one future on this thread: no command but the servers needs more.
fn block_on<T>(future: impl Future<Output = T>) -> Result<T, Failure> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
    Ok(runtime.map_err(|error| Failure::bug("the runtime cannot start", &error))?.block_on(future))
}
