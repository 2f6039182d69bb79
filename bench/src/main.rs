//! Measures buildpass side by side with its peers in one run and writes `bench/RESULTS.md`.
//!
//! `cargo run --release -p buildpass-bench`, and that is all: it builds buildpass, installs OpenBao as the tests do, and
//! starts everything on loopback, on ports of its own and in a home of its own.
#![allow(
    clippy::disallowed_methods,
    clippy::print_stdout,
    reason = "a bench starts processes, reads the clock and talks to a person"
)]

/// What this process was called for: to measure, or to be one of its own helpers.
mod call;

/// OpenBao, put where the tests put it.
#[path = "../../crates/lockbox/tests/openbao/install.rs"]
mod install;

/// The programs that are measured, as they are installed.
mod programs;

/// OpenBao, the issuer and a job's ID token: what every contender meets.
mod workbench;

/// The three ways from a job to its token.
mod contender;

/// Runs contenders in turn and takes the median.
mod race;

/// How much memory a process needed at most.
mod peak_memory;

/// 1 Job to token: login, one read, the session given back.
mod job_to_token;

/// 2 The same, over TLS.
mod over_tls;

/// 3 Where the milliseconds go.
mod milliseconds;

/// 4 The mask alone.
mod mask;

/// 5 A gigabyte of output through `run`.
mod output;

/// 6 The size of the program.
mod binary_size;

/// 7 Which job of a pipeline gets what.
mod pipeline;

/// 8 All sources of a build.
mod sources;

/// 9 lockbox beside OpenBao.
mod lockbox;

/// 10 The errors in a log.
mod explain;

/// 11 Every check of doctor.
mod doctor;

/// 12 What a large platform declares.
mod access;

/// A server that is far away.
mod distance;

/// The tables and verdicts of RESULTS.md.
mod report;

use std::path::Path;

use anyhow::Context as _;

use crate::{
    call::{Call, Measured},
    programs::Programs,
    report::{Report, Section},
    workbench::Workbench,
};

fn main() -> anyhow::Result<()> {
    let date = match Call::of_this_process()? {
        Call::Measure { date } => date,
        Call::PeakMemory(command) => return peak_memory::print_of(&command),
        Call::Steps(address) => return milliseconds::print_steps(&address),
        Call::Roots => return milliseconds::print_roots(),
        Call::Print(bytes) => return output::print(bytes),
        Call::AskHelper { host, program } => return sources::ask_helper(&host, &program),
        Call::Alone(what) => {
            for section in measure(what, &Programs::build()?)? {
                println!("{section}");
            }
            return Ok(());
        }
    };
    let machine = report::machine();
    let programs = Programs::build()?;
    let mut sections = Vec::new();
    for what in Measured::ALL {
        sections.extend(measure(what, &programs)?);
    }
    let report = Report { date, machine, versions: programs.versions()?, sections };
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("RESULTS.md");
    std::fs::write(&path, report.to_string()).context("RESULTS.md cannot be written")?;
    println!("{report}");
    Ok(())
}

fn measure(what: Measured, programs: &Programs) -> anyhow::Result<Vec<Section>> {
    Ok(match what {
        Measured::Job => {
            let workbench = Workbench::build(programs)?;
            vec![
                job_to_token::measure(&workbench)?,
                over_tls::measure(&workbench)?,
                milliseconds::measure(&workbench)?,
            ]
        }
        Measured::Mask => vec![mask::measure()?],
        Measured::Output => vec![output::measure(&Workbench::build(programs)?)?],
        Measured::Doctor => vec![doctor::measure(&Workbench::build(programs)?)?],
        Measured::Access => vec![access::measure(&Workbench::build(programs)?)?],
        Measured::Size => vec![binary_size::measure(programs)?],
        Measured::Pipeline => vec![pipeline::measure(programs)?],
        Measured::Sources => vec![sources::measure(programs)?],
        Measured::Explain => vec![explain::measure(programs)?],
        Measured::Lockbox => lockbox::measure(programs)?,
    })
}
