use std::{
    ffi::OsString,
    io::{self, BufReader, Write},
    path::{Path, PathBuf},
    process::ExitCode,
};

use clap::{Args, Subcommand};

use super::{Surroundings, block_on, fetch};
use crate::{
    config::Settings,
    failure::Failure,
    git::{
        Setup, count_in,
        credential::{self, Answer, Operation, Question, SOCKET_VARIABLE},
    },
};

/// Make git ask buildpass for its credentials
#[derive(Debug, Args)]
pub(super) struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Print shell lines that make git ask buildpass: eval "$(buildpass git setup)"
    Setup {
        /// Write a git configuration file without secrets instead
        #[arg(long, value_name = "FILE")]
        file: Option<PathBuf>,
    },
    /// Answer git, as its credential helper
    Credential {
        /// What git wants: get, store, erase or capability; anything else is ignored
        operation: String,
    },
}

impl Arguments {
    /// The question that git itself asks, as it is configured by us.
    pub(super) fn credential(operation: &str) -> Self {
        Self { command: Command::Credential { operation: operation.to_owned() } }
    }
}

pub(super) fn execute(arguments: &Arguments, surroundings: &Surroundings) -> Result<ExitCode, Failure> {
    match &arguments.command {
        Command::Setup { file } => setup(file.as_deref(), surroundings)?,
        Command::Credential { operation } => answer(operation, surroundings)?,
    }
    Ok(ExitCode::SUCCESS)
}

fn setup(file: Option<&Path>, surroundings: &Surroundings) -> Result<(), Failure> {
    let realms = Settings::realms(&surroundings.flags, &surroundings.environment)?;
    if realms.realms.is_empty() {
        return Err(Failure::usage(
            "no realm is configured",
            "add a `[[git]]` to buildpass.toml, or say `--git`",
        ));
    }
    let program =
        std::env::current_exe().map_err(|error| Failure::bug("buildpass cannot find itself", &error))?;
    let mut helper = vec![program.into_os_string()];
    helper.extend(surroundings.flags.to_arguments(surroundings.environment.working_directory()));
    helper.extend(["git", "credential"].map(OsString::from));
    let setup = Setup::new(&realms, &helper);
    let (text, place) = match file {
        Some(path) => {
            return std::fs::write(path, setup.file())
                .map_err(|error| unwritten(&path.display().to_string(), &error));
        }
        None => (setup.shell_lines(count_in(surroundings.environment.value("GIT_CONFIG_COUNT"))), "stdout"),
    };
    io::stdout().write_all(text.as_bytes()).map_err(|error| unwritten(place, &error))
}

fn unwritten(place: &str, error: &io::Error) -> Failure {
    Failure::usage(
        format!("the configuration cannot be written to {place}: {error}"),
        "name a file that this user can write to",
    )
}

/// Within `buildpass run`, the socket knows; elsewhere we ask the vault ourselves.
fn answer(operation: &str, surroundings: &Surroundings) -> Result<(), Failure> {
    let mut stdout = io::stdout().lock();
    if let Some(socket) = surroundings.environment.setting(SOCKET_VARIABLE) {
        return credential::ask(socket, operation, &mut io::stdin().lock(), &mut stdout).map_err(|error| {
            let mut failure = Failure::usage(
                "the running `buildpass run` does not answer",
                "is the job over, or is this process not one of it?",
            );
            failure.causes.push(error.to_string());
            failure
        });
    }
    let Ok(operation) = operation.parse::<Operation>();
    let answer = match operation {
        Operation::Get => get(surroundings)?,
        Operation::Capability => Answer::capabilities(),
        // Nothing is kept between two questions, so that there is nothing to store or erase.
        Operation::Store | Operation::Erase | Operation::Unknown => Answer::silence(),
    };
    stdout
        .write_all(answer.as_bytes())
        .and_then(|()| stdout.flush())
        .map_err(|error| Failure::bug("git does not listen", &error))
}

fn get(surroundings: &Surroundings) -> Result<Answer, Failure> {
    let question = Question::read(&mut BufReader::new(io::stdin().lock()))
        .map_err(|error| Failure::bug("git's question cannot be read", &error))?;
    let settings = Settings::load(&surroundings.flags, &surroundings.environment)?;
    let Some(credential) = question.credential(&settings.git) else {
        return Ok(Answer::silence());
    };
    let filled = settings.filled.iter().find(|filled| filled.name == credential.password);
    if let Some(filled) = filled {
        return Ok(Answer::credential(&question, credential.username.as_str(), &filled.value, None));
    }
    let Some(wanted) = settings.secrets.iter().find(|secret| secret.name == credential.password) else {
        return Ok(Answer::silence());
    };
    let lease = block_on(fetch::fetch(&settings, wanted, fetch::Leased::Refused, &surroundings.clock))??;
    Ok(Answer::credential(&question, credential.username.as_str(), lease.value(), None))
}
