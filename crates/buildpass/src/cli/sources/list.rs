use std::process::ExitCode;

use clap::Args;

use super::resolve::Row;
use crate::{
    cli::{
        Surroundings,
        output::{self, Format, plain},
        report::note,
        table::table,
    },
    config::{self, SourceFlags},
    failure::Failure,
    secret::SecretName,
    sources::{self, Channel, Location, Origin, Resolved},
};

/// List the sources of this build, with what is worth knowing of each
#[derive(Debug, Args)]
pub(super) struct Arguments {
    #[command(flatten)]
    sources: SourceFlags,

    /// How the answer is written
    #[arg(long, value_name = "FORMAT", default_value = "text")]
    format: Format,
}

pub(super) fn execute(arguments: &Arguments, surroundings: &Surroundings) -> Result<ExitCode, Failure> {
    let config = config::sources(&surroundings.flags, &arguments.sources, &surroundings.environment)?;
    let resolved = config.resolve(&[])?;
    for text in resolved.iter().flat_map(Resolved::remarks) {
        note(text);
    }
    output::print(|out| match arguments.format {
        Format::Json => output::json(out, &resolved.iter().map(Row::of).collect::<Vec<_>>()),
        Format::Text => out.write_all(text(&config, &resolved).as_bytes()),
    })?;
    Ok(ExitCode::SUCCESS)
}

fn text(config: &sources::Config, resolved: &[Resolved]) -> String {
    let mut out = format!("{} sources on the channel {}\n\n", resolved.len(), config.channel());
    let row = |source: &Resolved| {
        let or_nothing = |text: Option<&str>| text.unwrap_or("-").to_owned();
        let from = match source.origin {
            Origin::Override => "a variable".to_owned(),
            Origin::Fallback => format!("{} (fallback)", config.profile.fallback(&config.variables)),
            Origin::Security | Origin::Channel => source.channel.to_string(),
            Origin::None => "-".to_owned(),
        };
        let cells = [
            source.name.clone(),
            from,
            or_nothing(source.reference.as_deref()),
            or_nothing(source.credential.as_ref().map(SecretName::as_str)),
            or_nothing(source.location.as_ref().map(Location::as_str)),
        ];
        cells.map(|cell| plain(&cell)).to_vec()
    };
    let rows: Vec<Vec<String>> = resolved.iter().map(row).collect();
    out += &table(&["NAME", "FROM", "REF", "CREDENTIAL", "URL"], &rows);
    let of = |origin: Origin| {
        let names =
            resolved.iter().filter(|source| source.origin == origin).map(|source| plain(&source.name));
        names.collect::<Vec<_>>()
    };
    let (fallen, nowhere) = (of(Origin::Fallback), of(Origin::None));
    if !fallen.is_empty() {
        let channel = config.profile.fallback(&config.variables);
        out += &format!(
            "\n{} without a URL on the channel {}, fetched from {channel} without a credential: {}\n",
            fallen.len(),
            Channel::Security,
            fallen.join(", ")
        );
    }
    if !nowhere.is_empty() {
        out += &format!("\n{} without any URL: {}\n", nowhere.len(), nowhere.join(", "));
    }
    out
}
