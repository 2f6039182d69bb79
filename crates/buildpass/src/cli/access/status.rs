use std::{fmt::Write as _, process::ExitCode};

use clap::{Args, ValueEnum};

use super::opened::Opened;
use crate::{
    access::{State, Status},
    cli::{
        Surroundings, block_on,
        output::{self, plain},
        table::table,
    },
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
}

pub(super) fn execute(arguments: &Arguments, surroundings: &Surroundings) -> Result<ExitCode, Failure> {
    let all = block_on(Opened::with(&arguments.access, surroundings, async |opened| {
        let world = opened.look().await?;
        Ok(Status::of_all(&opened.declaration, &world))
    }))??;
    output::print(|out| match arguments.format {
        StatusFormat::Json => output::json(out, &all),
        StatusFormat::Text => out.write_all(text(&all).as_bytes()),
        StatusFormat::Prometheus => out.write_all(metrics(&all).as_bytes()),
    })?;
    Ok(ExitCode::SUCCESS)
}

fn word(state: State) -> &'static str {
    match state {
        State::Good => "good",
        State::Due => "due",
        State::Dead => "dead",
        State::Missing => "missing",
        State::Occupied => "occupied",
    }
}

fn text(all: &[Status]) -> String {
    let or_none = |said: Option<String>| said.unwrap_or_else(|| "-".to_owned());
    let days = |count: u64| format!("{count} days");
    let mut out = table(
        &["NAME", "OWNER", "ID", "STATE", "ENDS", "LEFT", "AGE", "LAST USED", "READ BY"],
        &all.iter()
            .map(|status| {
                let readers = status.readers.iter().map(|reader| {
                    let lives = if reader.live { "" } else { " (no such role)" };
                    format!("{}{lives}", reader.role)
                });
                let cells = [
                    status.name.clone(),
                    status.owner.clone(),
                    or_none(status.id.map(|id| id.to_string())),
                    word(status.state).to_owned(),
                    or_none(status.expires_at.map(|date| date.to_string())),
                    or_none(status.days_left.map(days)),
                    or_none(status.age_days.map(days)),
                    or_none(
                        status
                            .last_used_at
                            .as_deref()
                            .and_then(|time| time.split('T').next())
                            .map(str::to_owned),
                    ),
                    or_none(
                        Some(readers.collect::<Vec<_>>().join(", ")).filter(|readers| !readers.is_empty()),
                    ),
                ];
                cells.map(|cell| plain(&cell)).to_vec()
            })
            .collect::<Vec<_>>(),
    );
    for status in all {
        for because in &status.because {
            let _ = write!(out, "\n{} is {}: {}", plain(&status.name), word(status.state), plain(because));
        }
        if !status.retiring.is_empty() {
            let ids = status.retiring.iter().map(u64::to_string).collect::<Vec<_>>().join(", ");
            let _ =
                write!(out, "\n{} has an older token that lives a little longer: {ids}", plain(&status.name));
        }
    }
    if !out.ends_with('\n') {
        out.push('\n');
    }
    out
}

/// <https://prometheus.io/docs/instrumenting/exposition_formats/>
fn metrics(all: &[Status]) -> String {
    let mut out = String::new();
    let mut family = |name: &str, help: &str, value: &dyn Fn(&Status) -> Option<u64>| {
        let _ = writeln!(out, "# HELP buildpass_{name} {help}\n# TYPE buildpass_{name} gauge");
        for status in all {
            let Some(value) = value(status) else { continue };
            let (token, owner) = (label(&status.name), label(&status.owner));
            let _ = writeln!(out, "buildpass_{name}{{token=\"{token}\",owner=\"{owner}\"}} {value}");
        }
    };
    family("token_days_left", "Whole days until the stored token ends.", &|status| {
        // What is not there has no day left, so that an alert on few days finds it too.
        status.days_left.or(status.id.is_none().then_some(0))
    });
    family("token_good", "Whether the token lives, is stored, and is not due.", &|status| {
        Some(u64::from(status.state == State::Good))
    });
    family("token_age_days", "Whole days since the stored token was made.", &|status| status.age_days);
    family("token_retiring", "Older tokens that live a little longer.", &|status| {
        u64::try_from(status.retiring.len()).ok()
    });
    out
}

fn label(text: &str) -> String {
    text.replace('\\', "\\\\").replace('"', "\\\"").replace('\n', "\\n")
}
