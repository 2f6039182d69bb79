use std::{ffi::OsString, path::PathBuf, process::ExitCode};

use clap::Args;

use super::{
    Surroundings, block_on,
    report::{self, note, say},
};
use crate::{
    config::{Flags, PipelineFlags, Settings},
    failure::{Blame, Failure},
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

    #[command(flatten)]
    pipeline: PipelineFlags,

    /// The command and its arguments
    #[arg(required = true, trailing_var_arg = true, value_name = "CMD")]
    command: Vec<OsString>,
}

pub(super) fn execute(arguments: Arguments, surroundings: &Surroundings) -> ExitCode {
    let own_exit_code = arguments.own_exit_code;
    match carry_out(arguments, surroundings) {
        Ok(ended) => report::of_end(ended),
        Err(failure) => {
            report::print(&failure);
            say("buildpass: CMD was not started");
            own_exit_code.map_or(report::exit_code(failure.blame), ExitCode::from)
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

fn carry_out(arguments: Arguments, surroundings: &Surroundings) -> Result<Ended, Failure> {
    let flags = Flags { pipeline: arguments.pipeline.clone(), ..surroundings.flags.clone() };
    let settings = Settings::load(&flags, &surroundings.environment)?;
    settings.notes.iter().for_each(|text| note(text));
    if let Some(vault) = &settings.vault {
        vault.check(&surroundings.clock)?;
    } else if settings.withheld.is_empty() && settings.filled.is_empty() && settings.notes.is_empty() {
        note("no secret is configured, so CMD gets none");
    }
    let id_token = if arguments.keep_id_token {
        IdTokenForCmd::Kept
    } else {
        IdTokenForCmd::Removed(settings.id_token_variable.clone())
    };
    let environment = &surroundings.environment;
    let program =
        std::env::current_exe().map_err(|error| Failure::bug("buildpass cannot find itself", &error))?;
    let doubts = settings.doubts.clone();
    let config = |settings: Settings| run::Config {
        vault: settings.vault,
        gitlab: settings.gitlab,
        secrets: settings.secrets,
        withheld: settings.withheld,
        filled: settings.filled,
        git: settings.git,
        lead: settings.lead,
        id_token: id_token.clone(),
        environment: run::Environment::inherited(environment.all(), surroundings.core_limit),
        folder: environment.path("TMPDIR").unwrap_or_else(|| PathBuf::from("/tmp")),
        program: program.clone(),
        command: arguments.command.clone(),
    };
    let mut ended = block_on(config(settings).run(note))?;
    let refused = matches!(&ended, Err(run::Error::Guardian(failure)) if failure.blame == Blame::Refused);
    if refused && !doubts.is_empty() {
        // The vault has decided on what the job's environment left open.
        note(&format!(
            "the vault gives no secret, so CMD gets none; whether {} is a setting of the project cannot be told from a job",
            doubts.join(" or ")
        ));
        let settings = Settings::load(&flags, environment)?.without_secrets();
        ended = block_on(config(settings).run(note))?;
    }
    Ok(ended?)
}
