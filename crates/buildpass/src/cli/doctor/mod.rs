mod diagnose;

mod text;

use std::process::ExitCode;

use clap::Args;

use super::Surroundings;
use crate::failure::Failure;

/// Say why a job gets no token, and what to do
#[derive(Debug, Args)]
pub(super) struct Arguments {
    #[command(flatten)]
    diagnose: diagnose::Diagnose,
}

pub(super) fn execute(arguments: &Arguments, surroundings: &Surroundings) -> Result<ExitCode, Failure> {
    diagnose::execute(&arguments.diagnose, surroundings)
}
