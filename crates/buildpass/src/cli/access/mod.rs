//! The platform owner's commands: one file each.

mod apply;

mod asking;

mod json;

mod matrix;

mod opened;

mod plan;

mod proposal;

mod revoke;

mod rights;

mod rotate;

mod schema;

mod show;

mod status;

mod sweep;

use std::process::ExitCode;

use clap::{Args, Subcommand};

use super::Surroundings;
use crate::failure::Failure;

/// Declare who may read what, and bring GitLab and the vault to it
#[derive(Debug, Args)]
pub(super) struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Show what differs between what is declared and what is there
    Plan(Box<plan::Arguments>),

    /// Bring GitLab and the vault to what is declared
    Apply(apply::Arguments),

    /// Make new tokens in the place of old ones
    Rotate(rotate::Arguments),

    /// End a token now, at GitLab and in the vault
    Revoke(revoke::Arguments),

    /// List tokens that somebody should look at
    Sweep(sweep::Arguments),

    /// Show how every declared token is
    Status(status::Arguments),

    /// Say which jobs ask in which kind of pipeline, and whom the vault lets in
    Matrix(Box<matrix::Arguments>),

    /// Print the JSON Schema of what may be declared, for editors
    Schema,
}

pub(super) fn execute(arguments: &Arguments, surroundings: &Surroundings) -> Result<ExitCode, Failure> {
    match &arguments.command {
        Command::Plan(arguments) => plan::execute(arguments, surroundings),
        Command::Apply(arguments) => apply::execute(arguments, surroundings),
        Command::Rotate(arguments) => rotate::execute(arguments, surroundings),
        Command::Revoke(arguments) => revoke::execute(arguments, surroundings),
        Command::Sweep(arguments) => sweep::execute(arguments, surroundings),
        Command::Status(arguments) => status::execute(arguments, surroundings),
        Command::Matrix(arguments) => matrix::execute(arguments, surroundings),
        Command::Schema => schema::execute(),
    }
}
