use std::process::ExitCode;

use clap::Args;

use super::opened::Opened;
use crate::{
    access::{Ended, Error, end_now},
    cli::{Surroundings, block_on, output},
    config::{AccessFlags, Platform},
    failure::Failure,
};

/// End a token now, at GitLab and in the vault, for the day it leaks
#[derive(Debug, Args)]
pub(super) struct Arguments {
    /// The token, by its declared name
    name: String,

    #[command(flatten)]
    access: AccessFlags,
}

pub(super) fn execute(arguments: &Arguments, surroundings: &Surroundings) -> Result<ExitCode, Failure> {
    let platform =
        Platform::without_sources(&surroundings.flags, &arguments.access, &surroundings.environment)?;
    let ended = block_on(Opened::on(platform, surroundings, async |opened| {
        let Opened { declaration, gitlab, session, .. } = opened;
        let missing = || Error::no_token(declaration, &arguments.name);
        let token = declaration.token(&arguments.name).ok_or_else(missing)?.clone();
        Ok(end_now(&token, declaration, (gitlab, session)).await)
    }))??;
    let Ended { tokens, secret, cut, faults } = ended;
    let whole = faults.is_empty();
    output::print(|out| {
        match &tokens[..] {
            [] if !whole => {}
            [] => writeln!(out, "At GitLab there was no living token of it.")?,
            ids => {
                let ids = ids.iter().map(u64::to_string).collect::<Vec<_>>().join(", ");
                writeln!(out, "Revoked at GitLab: {ids}.")?;
            }
        }
        match secret {
            true => writeln!(out, "Deleted in the vault.")?,
            false if whole => writeln!(out, "In the vault there was no value of it.")?,
            false => {}
        }
        for grant in &cut {
            writeln!(out, "Cut off: {grant}.")?;
        }
        writeln!(out, "`buildpass access apply` makes a new one.")
    })?;
    if whole { Ok(ExitCode::SUCCESS) } else { Err(Error::NotAllEnded(faults).into()) }
}
