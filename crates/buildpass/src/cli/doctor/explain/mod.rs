mod page;

mod text;

use std::{
    fs::File,
    io::{self, IsTerminal, Read},
    path::{Path, PathBuf},
    process::ExitCode,
};

use clap::Args;
use serde_json::{Value, json};

use crate::{
    cli::{
        output::{self, Format},
        report::note,
    },
    explain::{Found, Report, read_log},
    failure::Failure,
};

/// Explain the errors in a job's log, or one error's text
#[derive(Debug, Args)]
pub(super) struct Arguments {
    /// The log of a job [default: stdin, as with `-`]
    #[arg(value_name = "FILE")]
    log: Option<PathBuf>,

    /// One error's text instead of a log; what may hold a secret goes to stdin, where other processes do not see it
    #[arg(long, value_name = "TEXT", conflicts_with = "log")]
    text: Option<String>,

    /// Print everything that is known, as Markdown, instead of looking for it
    #[arg(long, conflicts_with_all = ["log", "text", "format"])]
    table: bool,

    /// How the answer is written
    #[arg(long, value_name = "FORMAT", default_value = "text")]
    format: Format,
}

pub(super) fn execute(arguments: &Arguments) -> Result<ExitCode, Failure> {
    if arguments.table {
        output::print(|out| out.write_all(page::all().as_bytes()))?;
        return Ok(ExitCode::SUCCESS);
    }
    let report = match (&arguments.text, &arguments.log) {
        (Some(text), _) => read(text.as_bytes(), Path::new("--text"))?,
        (None, Some(path)) if path.as_os_str() != "-" => read(open(path)?, path)?,
        (None, _) => {
            if io::stdin().is_terminal() {
                note("paste the log, and end it with Ctrl-D on a line of its own");
            }
            read(io::stdin().lock(), Path::new("stdin"))?
        }
    };
    output::print(|out| match arguments.format {
        Format::Json => output::json(out, &as_json(&report)),
        Format::Text => out.write_all(text::of(&report).as_bytes()),
    })?;
    if report.found.is_empty() {
        note("nothing of this is known; `buildpass doctor explain --table` lists what is");
    }
    Ok(ExitCode::SUCCESS)
}

fn open(path: &Path) -> Result<File, Failure> {
    File::open(path).map_err(|error| {
        Failure::usage(
            format!("`{}` cannot be read: {error}", output::plain(&path.to_string_lossy())),
            "name the file of a job's log; an error's text goes behind `--text`",
        )
    })
}

fn read(log: impl Read, from: &Path) -> Result<Report, Failure> {
    read_log(log).map_err(|error| {
        Failure::usage(
            format!("`{}` cannot be read: {error}", output::plain(&from.to_string_lossy())),
            "name a file that this user can read to its end",
        )
    })
}

fn as_json(report: &Report) -> Value {
    let found: Vec<Value> = report.found.iter().map(row).collect();
    json!({"lines": report.lines, "found": found})
}

fn row(found: &Found) -> Value {
    json!({
        "name": found.row.name,
        "stage": found.row.stage.name(),
        "line": found.line,
        "times": found.times,
        "says": found.row.says,
        "names": found.names,
        "meaning": found.row.meaning,
        "causes": found.row.causes,
        "hint": found.row.hint,
        "source": found.row.source.to_string(),
        "page": found.row.page(),
    })
}
