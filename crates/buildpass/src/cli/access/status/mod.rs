mod metrics;

mod page;

mod text;

use std::process::ExitCode;

use clap::{Args, ValueEnum};

use self::page::Picture;
use super::opened::Opened;
use crate::{
    access::{State, Status},
    cli::{Surroundings, block_on, output},
    config::AccessFlags,
    failure::Failure,
};

/// Show how every declared token is: its end, age, last use, where it is stored, who may read it
#[derive(Debug, Args)]
pub(super) struct Arguments {
    #[command(flatten)]
    access: AccessFlags,

    /// How the answer is written
    #[arg(long, value_name = "FORMAT", default_value = "text")]
    format: StatusFormat,
}

/// How the picture is drawn.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum StatusFormat {
    /// A table.
    Text,
    /// For programs.
    Json,
    /// Metrics, as Prometheus reads them.
    Prometheus,
    /// A page of its own, with a timeline.
    Html,
}

pub(super) fn execute(arguments: &Arguments, surroundings: &Surroundings) -> Result<ExitCode, Failure> {
    let (now, all) = block_on(Opened::with(&arguments.access, surroundings, async |opened| {
        let world = opened.look().await?;
        Ok((world.now, Status::of_all(&opened.declaration, &world)))
    }))??;
    output::print(|out| match arguments.format {
        StatusFormat::Json => output::json(out, &all),
        StatusFormat::Text => out.write_all(text::text(&all).as_bytes()),
        StatusFormat::Html => out.write_all(Picture { now, all: &all }.page().as_bytes()),
        StatusFormat::Prometheus => out.write_all(metrics::metrics(&all).as_bytes()),
    })?;
    Ok(ExitCode::SUCCESS)
}

fn word(state: State) -> &'static str {
    match state {
        State::Good => "good",
        State::Minted => "minted",
        State::Due => "due",
        State::Dead => "dead",
        State::Missing => "missing",
        State::Occupied => "occupied",
    }
}
