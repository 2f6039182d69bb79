use std::{ffi::OsString, process::ExitCode};

use clap::Args;

use super::report;
use crate::{
    failure::Failure,
    run::{self, CoreLimit, Ended, Plan},
};

#[derive(Debug, Args)]
pub(super) struct Arguments {
    #[arg(long)]
    terminal: bool,

    #[arg(long)]
    core_limit: CoreLimit,

    /// SIGTTOU was blocked by buildpass, and is not to be for CMD.
    #[arg(long)]
    unblock: bool,

    #[arg(last = true)]
    command: Vec<OsString>,
}

/// The step between buildpass and CMD; the socket is its stdin.
pub(super) fn execute(arguments: &Arguments) -> Result<ExitCode, Failure> {
    let plan = if arguments.terminal { Plan::Terminal } else { Plan::Group };
    // buildpass is gone when this fails, and has nobody left to tell.
    let ended = run::launch(plan, arguments.core_limit, arguments.unblock, &arguments.command);
    Ok(report::of_end(ended.unwrap_or(Ended::Code(1))))
}
