use std::{ffi::OsString, path::PathBuf, process::ExitCode};

use clap::Args;

use super::{
    Surroundings, block_on,
    report::{self, note, say},
};
use crate::{
    config::Settings,
    failure::Failure,
    run::{self, Ended, IdTokenForCmd},
};

/// Run a command with what the job may have
#[derive(Debug, Args)]
pub(super) struct Arguments {
    /// Leave the ID token in the command's environment
    #[arg(long)]
    keep_id_token: bool,

    /// Exit with this code whenever the command was not started
    #[arg(long, value_name = "N")]
    own_exit_code: Option<u8>,

    /// The command and its arguments
    #[arg(required = true, trailing_var_arg = true, value_name = "CMD")]
    command: Vec<OsString>,
}

pub(super) fn execute(arguments: Arguments, surroundings: &Surroundings) -> ExitCode {
    let own_exit_code = arguments.own_exit_code;
    match carry_out(arguments, surroundings) {
        Ok(Ended::Code(code)) => ExitCode::from(code),
        Ok(Ended::Signal(signal)) => ExitCode::from(u8::try_from(128 + signal).unwrap_or(u8::MAX)),
        Err(NotStarted { failure, code }) => {
            report::print(&failure);
            say("buildpass: CMD was not started");
            own_exit_code.map_or(code, ExitCode::from)
        }
    }
}

/// What `run` owes when its own arguments make no sense: the last line, and the code that was asked for.
pub(super) fn refused(arguments: &[OsString], code: ExitCode) -> ExitCode {
    let ours: Vec<&str> =
        arguments.iter().map_while(|each| each.to_str()).take_while(|each| *each != "--").collect();
    if !ours.contains(&"run") {
        return code;
    }
    say("buildpass: CMD was not started");
    let given =
        ours.iter().enumerate().find_map(|(at, each)| match each.strip_prefix("--own-exit-code")? {
            "" => ours.get(at + 1).copied(),
            rest => rest.strip_prefix('='),
        });
    given.and_then(|code| code.parse().ok()).map_or(code, |code: u8| ExitCode::from(code))
}

struct NotStarted {
    failure: Failure,
    code: ExitCode,
}

impl<E: Into<Failure>> From<E> for NotStarted {
    fn from(error: E) -> Self {
        let failure = error.into();
        let code = report::exit_code(failure.blame);
        Self { failure, code }
    }
}

fn carry_out(arguments: Arguments, surroundings: &Surroundings) -> Result<Ended, NotStarted> {
    let settings = Settings::load(&surroundings.flags, &surroundings.environment)?;
    if let Some(vault) = &settings.vault {
        vault.check(&surroundings.clock)?;
    } else if settings.withheld.is_empty() {
        note("no secret is configured, so CMD gets none");
    }
    let id_token = if arguments.keep_id_token {
        IdTokenForCmd::Kept
    } else {
        IdTokenForCmd::Removed(settings.id_token_variable)
    };
    let environment = &surroundings.environment;
    let config = run::Config {
        vault: settings.vault,
        secrets: settings.secrets,
        withheld: settings.withheld,
        git: settings.git,
        lead: settings.lead,
        id_token,
        environment: run::Environment::inherited(environment.all(), surroundings.core_limit),
        folder: environment.path("TMPDIR").unwrap_or_else(|| PathBuf::from("/tmp")),
        program: std::env::current_exe()
            .map_err(|error| Failure::bug("buildpass cannot find itself", &error))?,
        command: arguments.command,
    };
    match block_on(config.run(note))? {
        Ok(ended) => Ok(ended),
        Err(run::Error::Interrupted(signal)) => Err(NotStarted {
            failure: run::Error::Interrupted(signal).into(),
            code: ExitCode::from(u8::try_from(128 + signal).unwrap_or(u8::MAX)),
        }),
        Err(error) => Err(error.into()),
    }
}
