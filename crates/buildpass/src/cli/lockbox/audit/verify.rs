use std::{
    fs::File,
    io::{self, BufRead, BufReader, Write},
    path::{Path, PathBuf},
    process::ExitCode,
};

use ::lockbox::{
    Config, Lockbox, SystemClock,
    audit::{Expected, Tip, Verdict, Verification, Witness},
};
use clap::Args;
use serde::Serialize;

use crate::{
    cli::{
        block_on,
        lockbox::{key_file, unopened::unopened},
        output::{self, Format},
        report::{FOUND_FAULTS, note},
    },
    failure::{Blame, Failure},
};

/// Prove that no line was changed, left out, moved or cut off
#[derive(Debug, Args)]
pub(super) struct Arguments {
    /// The log; `-` is stdin, and several are one log, the oldest first
    #[arg(value_name = "LOG", required = true)]
    logs: Vec<PathBuf>,

    /// The last line that is known from elsewhere, as an earlier `verify` printed it
    #[arg(long, value_name = "NUMBER:HASH")]
    tip: Option<Tip>,

    /// The lockbox that wrote the log, at rest: it knows how far the log has come, and what it sealed
    #[arg(long, value_name = "FILE", requires = "unseal_key_file")]
    file: Option<PathBuf>,

    /// The file with its unseal key
    #[arg(long, value_name = "FILE", requires = "file")]
    unseal_key_file: Option<PathBuf>,

    /// How the verdict is written
    #[arg(long, value_name = "FORMAT", default_value = "text")]
    format: Format,
}

/// What was found in one file.
struct Found<'a> {
    log: &'a Path,
    verdict: Verdict,
}

#[derive(Serialize)]
struct Printed {
    whole: bool,
    lines: u64,
    tip: String,
    broken: Option<PrintedBreak>,
}

#[derive(Serialize)]
struct PrintedBreak {
    file: String,
    line: u64,
    problem: String,
}

pub(super) fn execute(arguments: &Arguments) -> Result<ExitCode, Failure> {
    let witness = witness(arguments)?;
    let expected = Expected {
        key: witness.as_ref().map(|witness| &witness.key),
        from: None,
        // The later of the two says more.
        holds: witness
            .as_ref()
            .and_then(|witness| witness.tip)
            .into_iter()
            .chain(arguments.tip)
            .max_by_key(|tip| tip.number),
    };
    let mut found = Vec::new();
    let mut verification = Verification::new(expected);
    for log in &arguments.logs {
        let verdict = read(log).and_then(|lines| verification.read(lines));
        let verdict = verdict.map_err(|error| unread(log, &error))?;
        let broken = matches!(verdict, Verdict::Broken { .. });
        found.push(Found { log, verdict });
        if broken {
            return print(arguments.format, &found);
        }
    }
    if let (Some(verdict), Some(last)) = (verification.end(), arguments.logs.last()) {
        found.pop();
        found.push(Found { log: last, verdict });
    }
    let code = print(arguments.format, &found)?;
    tell(&expected);
    Ok(code)
}

/// Says what nobody looked at.
fn tell(expected: &Expected<'_>) {
    if expected.holds.is_none() {
        note(
            "the last lines can have been cut off: give the tip that an earlier `verify` printed, or the lockbox",
        );
    }
    if expected.key.is_none() {
        note(
            "whoever can write the log can have written all of it anew: `--file` and `--unseal-key-file` prove its seals",
        );
    }
}

fn witness(arguments: &Arguments) -> Result<Option<Witness>, Failure> {
    let (Some(file), Some(key)) = (&arguments.file, &arguments.unseal_key_file) else { return Ok(None) };
    let key = key_file::read(key)?;
    if !file.exists() {
        return Err(Failure::usage(
            format!("there is no lockbox at {}", file.display()),
            "name the lockbox that wrote the log",
        ));
    }
    let opened = block_on(async {
        let lockbox: Lockbox = Config::file(file).build(SystemClock).await?;
        lockbox.unseal(key).await?;
        Ok(lockbox.audit_witness()?)
    })?;
    let witness = opened.map_err(|error| unopened(file, &error))?;
    witness.map(Some).ok_or_else(|| {
        Failure::usage(
            format!("{} has never written an audit log", file.display()),
            "name the lockbox that wrote the log",
        )
    })
}

fn read(log: &Path) -> io::Result<Box<dyn BufRead>> {
    if log == Path::new("-") {
        Ok(Box::new(io::stdin().lock()))
    } else {
        Ok(Box::new(BufReader::new(File::open(log)?)))
    }
}

fn unread(log: &Path, error: &io::Error) -> Failure {
    Failure {
        what: format!("the audit log {} cannot be read: {error}", named(log)),
        causes: Vec::new(),
        hint: Some("name the file that `lockbox serve --audit-file` writes, or `-` for stdin".to_owned()),
        blame: Blame::Usage,
    }
}

fn named(log: &Path) -> String {
    if log == Path::new("-") { "stdin".to_owned() } else { log.display().to_string() }
}

fn print(format: Format, found: &[Found<'_>]) -> Result<ExitCode, Failure> {
    let mut summary = Printed { whole: true, lines: 0, tip: String::new(), broken: None };
    for Found { log, verdict } in found {
        match verdict {
            Verdict::Whole { from, to } => {
                summary.lines += to.number - from.number;
                summary.tip = to.to_string();
            }
            Verdict::Broken { line, problem } => {
                summary.whole = false;
                let problem = problem.to_string();
                summary.broken = Some(PrintedBreak { file: named(log), line: *line, problem });
            }
        }
    }
    output::print(|out| match format {
        Format::Json => output::json(out, &summary),
        Format::Text => text(out, found, &summary),
    })?;
    Ok(if summary.whole { ExitCode::SUCCESS } else { ExitCode::from(FOUND_FAULTS) })
}

fn text(out: &mut dyn Write, found: &[Found<'_>], summary: &Printed) -> io::Result<()> {
    for Found { log, verdict } in found {
        let log = named(log);
        match verdict {
            Verdict::Whole { from, to } if from.number == to.number => writeln!(out, "{log}: no line")?,
            Verdict::Whole { from, to } => {
                let (lines, first) = (to.number - from.number, from.number + 1);
                let noun = if lines == 1 { "line" } else { "lines" };
                writeln!(out, "{log}: {lines} {noun}, number {first} to {}, are whole", to.number)?;
            }
            Verdict::Broken { line, problem } => writeln!(out, "{log}:{line}: {problem}")?,
        }
    }
    if summary.whole { writeln!(out, "tip {}", summary.tip) } else { Ok(()) }
}
