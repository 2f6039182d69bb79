use std::{io::Write, process::ExitCode};

use clap::Args;
use tokio::signal::unix::{SignalKind, signal};

use super::{Surroundings, block_on};
use crate::{
    demo::{Afterwards, tell},
    failure::Failure,
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
        let interrupted = async {
            let (interrupt, terminate) = (signal(SignalKind::interrupt()), signal(SignalKind::terminate()));
            match (interrupt, terminate) {
                (Ok(mut interrupt), Ok(mut terminate)) => tokio::select! {
                    _ = interrupt.recv() => 130,
                    _ = terminate.recv() => 143,
                },
                _ => std::future::pending().await,
            }
        };
        tokio::select! {
            told = tell(&surroundings.clock, &program, path, afterwards, &print) => {
                told.map(|()| ExitCode::SUCCESS).map_err(Failure::from)
            }
            code = interrupted => Ok(ExitCode::from(code)),
        }
    })?
}

fn print(line: &str) {
    // A reader that has seen enough is no reason to leave the servers behind.
    let _ = writeln!(std::io::stdout(), "{line}");
}
