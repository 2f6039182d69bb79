use std::{io::Write, process::ExitCode};

use clap::Args;

use super::{Surroundings, asked_to_end, block_on, report};
use crate::{
    demo::{Afterwards, tell},
    failure::{Blame, Failure},
    run::Interrupted,
};

/// Show the whole story on this machine, with nothing to install
#[derive(Debug, Args)]
pub(super) struct Arguments {
    /// Leave the servers running, with lines to try by hand
    #[arg(long)]
    keep: bool,
}

pub(super) fn execute(arguments: &Arguments, surroundings: &Surroundings) -> Result<ExitCode, Failure> {
    let program =
        std::env::current_exe().map_err(|error| Failure::bug("buildpass cannot find itself", &error))?;
    let afterwards = if arguments.keep { Afterwards::Keep } else { Afterwards::End };
    let path = surroundings.environment.setting("PATH");
    block_on(async {
        match asked_to_end()?.or(tell(&surroundings.clock, &program, path, afterwards, &print)).await {
            Ok(told) => told.map(|()| ExitCode::SUCCESS).map_err(Failure::from),
            Err(Interrupted(signal)) => Ok(report::exit_code(Blame::Signal(signal))),
        }
    })?
}

fn print(line: &str) {
    // A reader that has seen enough is no reason to leave the servers behind.
    let _ = writeln!(std::io::stdout(), "{line}");
}
