//! Parse, run, report, exit.

use std::process::ExitCode;

use buildpass::cli::CommandLine;
use clap::Parser;

fn main() -> ExitCode {
    CommandLine::parse().execute()
}
