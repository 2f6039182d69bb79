use std::{collections::BTreeMap, path::PathBuf, process::ExitCode};

use clap::Args;
use serde::Serialize;

use super::{other::Other, owner};
use crate::{
    cli::{
        Surroundings, block_on,
        output::{self, Format},
        report::{FOUND_FAULTS, note},
    },
    export::{Exporter, Fate, Mode, Told},
    failure::Failure,
};

/// Write everything that a lockbox holds into another vault; without `--apply`, only say what would be written
#[derive(Debug, Args)]
pub(super) struct Arguments {
    #[command(flatten)]
    other: Other,

    /// A file that holds a token which may read everything here [default: VAULT_TOKEN, then BAO_TOKEN]
    #[arg(long, value_name = "FILE")]
    root_token_file: Option<PathBuf>,

    /// Write what is not there
    #[arg(long)]
    apply: bool,

    /// Write over what is there and is something else
    #[arg(long, requires = "apply")]
    overwrite: bool,

    /// How it is told
    #[arg(long, value_name = "FORMAT", default_value = "text")]
    format: Format,
}

#[derive(Serialize)]
struct Printed<'a> {
    applied: bool,
    counts: BTreeMap<&'static str, usize>,
    things: &'a [Told],
}

pub(super) fn execute(arguments: &Arguments, surroundings: &Surroundings) -> Result<ExitCode, Failure> {
    let mode = match (arguments.apply, arguments.overwrite) {
        (false, _) => Mode::DryRun,
        (true, false) => Mode::Create,
        (true, true) => Mode::Overwrite,
    };
    let mut told = Vec::new();
    let outcome = block_on(run(arguments, surroundings, (mode, &mut told)))?;
    print(arguments.format, mode, &told)?;
    outcome?;
    tell(mode, &told);
    let is_done = mode == Mode::DryRun || !told.iter().any(|told| is_missing(told.fate));
    Ok(if is_done { ExitCode::SUCCESS } else { ExitCode::from(FOUND_FAULTS) })
}

async fn run(
    arguments: &Arguments,
    surroundings: &Surroundings,
    (mode, told): (Mode, &mut Vec<Told>),
) -> Result<(), Failure> {
    let from = owner::vault(surroundings, arguments.root_token_file.as_deref())?;
    let to = arguments.other.vault(&from, surroundings)?;
    let (from, to) = (owner::open(&from, surroundings).await?, owner::open(&to, surroundings).await?);
    let mut hear = |thing| told.push(thing);
    Ok(Exporter::new(&from, &to, mode, &mut hear).run().await?)
}

fn print(format: Format, mode: Mode, told: &[Told]) -> Result<(), Failure> {
    output::print(|out| match format {
        Format::Json => {
            let mut counts = BTreeMap::new();
            for Told { fate, .. } in told {
                *counts.entry(fate.word()).or_default() += 1;
            }
            output::json(out, &Printed { applied: mode != Mode::DryRun, counts, things: told })
        }
        Format::Text => told.iter().try_for_each(|Told { what, name, fate, detail }| {
            let (name, detail) = (output::plain(name), output::plain(detail));
            let colon = if detail.is_empty() { "" } else { ": " };
            writeln!(out, "{:<11} {what} {name}{colon}{detail}", fate.word())
        }),
    })
}

/// What stands behind the list: how much it is, and what is in no list.
fn tell(mode: Mode, told: &[Told]) {
    let count = |fate| told.iter().filter(|told| told.fate == fate).count();
    let (same, differs) = (count(Fate::Same), count(Fate::Differs));
    if mode == Mode::DryRun {
        let (missing, older) = (count(Fate::ToCreate), count(Fate::ToExtend));
        note(&format!(
            "{missing} to create, {older} to extend, {same} the same, {differs} different; nothing was written: `--apply` does"
        ));
    } else {
        let (created, extended) = (count(Fate::Created), count(Fate::Extended));
        let (overwritten, refused) = (count(Fate::Overwritten), count(Fate::Refused));
        note(&format!(
            "{created} created, {extended} extended, {overwritten} overwritten, {same} the same, {differs} different, {refused} refused"
        ));
    }
    if differs > 0 && mode != Mode::Overwrite {
        note("what is different stays as it is there: `--apply --overwrite` writes over it");
    }
    note("tokens, leases, cubbyholes and the audit log stay here: whoever logs in there gets a new token");
}

fn is_missing(fate: Fate) -> bool {
    match fate {
        Fate::Differs | Fate::Refused => true,
        Fate::Same
        | Fate::ToCreate
        | Fate::ToExtend
        | Fate::Created
        | Fate::Extended
        | Fate::Overwritten
        | Fate::Left => false,
    }
}
