use std::{
    io::{self, Write},
    process::{Command, Stdio},
    thread,
};

use buildpass::run::mask::speed::build_log;

use crate::{
    contender::{buildpass, surround},
    race::{Runner, race},
    report::{Section, Verdict, milliseconds},
    workbench::Workbench,
};

const OF_CAT: f64 = 0.5;
const BYTES: usize = 1_000_000_000;
const RUNS: usize = 7;

/// Both streams through a pipe and a `cat` each.
const CAT: &str = r#"{ "$0" print "$1" 2>&1 >&3 | cat >/dev/null; } 3>&1 | cat >/dev/null"#;

pub(crate) fn measure(workbench: &Workbench<'_>) -> anyhow::Result<Section> {
    let cat = || {
        let mut command = Command::new("sh");
        command.args(["-c", CAT]).arg(&workbench.programs.bench).arg(BYTES.to_string());
        to_nowhere(command, workbench)
    };
    let run = || {
        let mut command = buildpass(workbench, &workbench.plain);
        command.args(["run", "--"]).arg(&workbench.programs.bench).arg("print").arg(BYTES.to_string());
        to_nowhere(command, workbench)
    };
    let times = race(&[
        Runner { runs: RUNS, command: Box::new(cat), prints: None },
        Runner { runs: RUNS, command: Box::new(run), prints: None },
    ])?;
    let speed = |at: usize| BYTES as f64 / times[at].as_secs_f64() / 1e9;
    let row = |name: &str, at: usize| {
        vec![name.to_owned(), RUNS.to_string(), milliseconds(times[at]), format!("{:.2} GB/s", speed(at))]
    };
    Ok(Section {
        title: "A gigabyte of output",
        about: "A command prints 1 GB of a build's output, half of it to stderr, each stream through a pipe of its own, to\n\
                `/dev/null`. With buildpass the time includes login, read and the end of the session."
            .to_owned(),
        head: &["in the middle", "runs", "median", "throughput"],
        rows: vec![row("`cat`, one for each stream", 0), row("`buildpass run`, with the mask", 1)],
        verdicts: vec![Verdict::at_least(
            "1 GB through two pipes and the mask, of `cat`",
            OF_CAT,
            speed(1) / speed(0),
            "×",
            "`cat` only copies. The mask takes line breaks out and looks at what is left, which costs more processor time \
             than the copying; the command and both streams share this machine's cores.",
        )],
    })
}

fn to_nowhere(mut command: Command, workbench: &Workbench<'_>) -> Command {
    surround(&mut command, workbench, &workbench.plain);
    command.stdout(Stdio::null()).stderr(Stdio::null());
    command
}

/// The command's part: prints a build's output on both streams at once.
pub(crate) fn print(bytes: usize) -> anyhow::Result<()> {
    let text = build_log(1 << 20);
    let half = bytes / 2;
    thread::scope(|scope| {
        let other = scope.spawn(|| write(io::stderr(), &text, half));
        write(io::stdout(), &text, half)?;
        other.join().map_err(|_| io::Error::other("the other stream failed"))?
    })?;
    Ok(())
}

fn write(mut stream: impl Write, text: &[u8], mut left: usize) -> io::Result<()> {
    while left > 0 {
        let piece = &text[..left.min(text.len())];
        stream.write_all(piece)?;
        left -= piece.len();
    }
    stream.flush()
}
