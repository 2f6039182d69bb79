use std::{
    fmt::Write as _,
    fs,
    path::{Path, PathBuf},
    process::{Command, Stdio},
};

use buildpass::{explain::rows, run::mask::speed::build_log};

use crate::{
    peak_memory,
    programs::Programs,
    race::{Runner, race},
    report::{Section, Verdict, mebibytes, milliseconds},
};

const MEGABYTES_PER_SECOND: f64 = 300.0;
const BYTES: usize = 100_000_000;
const RUNS: usize = 9;

/// A megabyte apart.
const ERROR: &str = "\u{1b}[31;1mERROR: Job failed (system failure): resolving secrets: initializing Vault service: preparing \
    authenticated client: authenticating Vault client: writing to Vault: api error: status code 400: error validating claims: \
    claim \"ref_protected\" does not match any associated bound claim values\u{1b}[0;m\n";

pub(crate) fn measure(programs: &Programs) -> anyhow::Result<Section> {
    let folder = tempfile::tempdir()?;
    let logs = [
        ("a build's output", log("")?),
        ("as the runner stamps it", log("2026-11-30T14:18:38.123456Z 00O ")?),
    ];
    let texts = folder.path().join("texts");
    fs::write(&texts, fixed_parts())?;
    let mut rows = Vec::new();
    let mut slowest = f64::INFINITY;
    for (name, bytes) in &logs {
        let path = folder.path().join("job.log");
        fs::write(&path, bytes)?;
        let times = race(&[
            Runner { runs: RUNS, command: Box::new(|| explain(programs, &path)), prints: None },
            Runner { runs: RUNS, command: Box::new(|| grep(programs, &texts, &path)), prints: None },
        ])?;
        let speed = |at: usize| bytes.len() as f64 / times[at].as_secs_f64() / 1e6;
        slowest = slowest.min(speed(0));
        let memory = mebibytes(peak_memory::of(&programs.bench, &explain(programs, &path))?);
        for (program, at, memory) in
            [("`buildpass doctor explain`", 0, memory), ("`grep -F -c -f`", 1, String::new())]
        {
            let speed = format!("{:.0} MB/s", speed(at));
            rows.push(vec![program.to_owned(), (*name).to_owned(), milliseconds(times[at]), speed, memory]);
        }
    }
    Ok(Section {
        title: "Errors in a log",
        about: "A log of 100 MB or more with an error in each megabyte, from a file to the answer, the whole process, one thread. `grep`\n\
                looks for the longest fixed part of each text, and counts lines; it does not confirm, explain or take colours away."
            .to_owned(),
        head: &["", "the log", "median", "speed", "peak memory"],
        rows,
        verdicts: vec![Verdict::at_least(
            "`doctor explain`, a log of 100 MB",
            MEGABYTES_PER_SECOND,
            slowest,
            "MB/s",
            "Nearly all of it is the automaton, a byte at a time.",
        )],
    })
}

fn log(before_each_line: &str) -> anyhow::Result<Vec<u8>> {
    let mut log = String::with_capacity(BYTES * 3 / 2);
    let mut since_error = 0;
    for line in String::from_utf8(build_log(BYTES))?.split_inclusive('\n') {
        write!(log, "{before_each_line}{line}")?;
        since_error += line.len();
        if since_error > 1_000_000 {
            write!(log, "{before_each_line}{ERROR}")?;
            since_error = 0;
        }
    }
    Ok(log.into_bytes())
}

/// What `grep -F` can look for.
fn fixed_parts() -> String {
    let says = rows::all().flat_map(|row| row.says);
    let parts = says.filter_map(|says| says.split(['{', '}', '"', '\n']).max_by_key(|part| part.len()));
    parts.fold(String::new(), |all, part| all + part + "\n")
}

fn explain(programs: &Programs, log: &Path) -> Command {
    let mut command = Command::new(&programs.buildpass);
    command.args(["doctor", "explain"]).arg(log);
    alone(command, programs)
}

fn grep(programs: &Programs, texts: &PathBuf, log: &Path) -> Command {
    let mut command = Command::new("grep");
    command.args(["-F", "-c", "-f"]).arg(texts).arg(log).env("LC_ALL", "C");
    alone(command, programs)
}

fn alone(mut command: Command, programs: &Programs) -> Command {
    command.env("PATH", &programs.search_path).stdin(Stdio::null());
    command
}
