use std::process::ExitCode;

use clap::Args;

use crate::{cli::Surroundings, failure::Failure, pipeline::ContextFlags};

/// Say how a job came to its tokens and secrets, or why it has none
#[derive(Debug, Args)]
pub(super) struct Arguments {
    /// The job
    job: String,

    #[command(flatten)]
    context: ContextFlags,
}

pub(super) fn execute(_arguments: &Arguments, _surroundings: &Surroundings) -> Result<ExitCode, Failure> {
    Err(Failure::usage("placeholder", "placeholder"))
}
