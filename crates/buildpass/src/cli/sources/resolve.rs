use std::process::ExitCode;

use clap::Args;
use serde::Serialize;

use crate::{
    cli::{
        Surroundings,
        output::{self, Format, plain},
        report::note,
        table::table,
    },
    config::{self, SourceFlags},
    failure::Failure,
    git::Username,
    secret::SecretName,
    sources::{Channel, Location, Resolved},
};

/// Say where each source comes from, for programs
#[derive(Debug, Args)]
pub(super) struct Arguments {
    #[command(flatten)]
    sources: SourceFlags,

    /// How the answer is written
    #[arg(long, value_name = "FORMAT", default_value = "text")]
    format: Format,

    /// The sources that are asked for; all where none is named
    #[arg(value_name = "NAME")]
    names: Vec<String>,
}

pub(super) fn execute(arguments: &Arguments, surroundings: &Surroundings) -> Result<ExitCode, Failure> {
    let config = config::sources(&surroundings.flags, &arguments.sources, &surroundings.environment)?;
    let resolved = config.resolve(&arguments.names)?;
    for text in resolved.iter().flat_map(Resolved::remarks) {
        note(text);
    }
    output::print(|out| match arguments.format {
        Format::Json => output::json(out, &resolved.iter().map(Row::of).collect::<Vec<_>>()),
        Format::Text => out.write_all(text(&resolved).as_bytes()),
    })?;
    Ok(ExitCode::SUCCESS)
}

/// One source, as programs read it.
#[derive(Debug, Serialize)]
pub(super) struct Row<'a> {
    name: &'a str,
    channel: Channel,
    url: Option<&'a str>,
    username: Option<&'a str>,
    credential: Option<&'a str>,
    version: &'a str,
    r#ref: Option<&'a str>,
    origin: &'static str,
}

impl<'a> Row<'a> {
    pub(super) fn of(source: &'a Resolved) -> Self {
        Self {
            name: &source.name,
            channel: source.channel,
            url: source.location.as_ref().map(Location::as_str),
            username: source.username.as_ref().map(Username::as_str),
            credential: source.credential.as_ref().map(SecretName::as_str),
            version: &source.version,
            r#ref: source.reference.as_deref(),
            origin: source.origin.as_str(),
        }
    }
}

/// A line for each: name, URL, ref.
fn text(resolved: &[Resolved]) -> String {
    let row = |source: &Resolved| {
        let url = source.location.as_ref().map_or("-", Location::as_str);
        [source.name.as_str(), url, source.reference.as_deref().unwrap_or("-")].map(plain).to_vec()
    };
    table(&["NAME", "URL", "REF"], &resolved.iter().map(row).collect::<Vec<_>>())
}
