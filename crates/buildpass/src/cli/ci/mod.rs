//! What the project's own GitLab CI configuration gives to which job.

mod check;

mod explain;

mod gather;

mod jobs;

mod json;

mod matrix;

mod snippet;

mod template;

pub(in crate::cli) use matrix::{contexts, guessed_branch};

use std::process::ExitCode;

use clap::{Args, Subcommand};

use super::Surroundings;
use crate::failure::Failure;

/// Say which job gets which token and secret, and why
#[derive(Debug, Args)]
pub(super) struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// List the jobs of a pipeline with their ID tokens and secrets
    Jobs(jobs::Arguments),

    /// Say how a job came to its tokens and secrets, or why it has none
    Explain(explain::Arguments),

    /// Say who gets what in which kind of pipeline
    Matrix(matrix::Arguments),

    /// Find what is wrong with tokens and secrets in a pipeline that GitLab accepts
    Check(check::Arguments),

    /// Write the templates by which a job opts in, from buildpass.toml
    Template(template::Arguments),
}

pub(super) fn execute(arguments: &Arguments, surroundings: &Surroundings) -> Result<ExitCode, Failure> {
    match &arguments.command {
        Command::Jobs(arguments) => jobs::execute(arguments, surroundings),
        Command::Explain(arguments) => explain::execute(arguments, surroundings),
        Command::Matrix(arguments) => matrix::execute(arguments, surroundings),
        Command::Check(arguments) => check::execute(arguments, surroundings),
        Command::Template(arguments) => template::execute(arguments, surroundings),
    }
}
