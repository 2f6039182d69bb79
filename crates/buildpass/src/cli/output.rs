//! Answers on stdout: for people or for programs, in one piece.

use std::io::{self, BufWriter, Write};

use clap::ValueEnum;
use serde::{Deserialize, Serialize};

use crate::failure::Failure;

/// How an answer is written.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum, Serialize, Deserialize)]
pub(super) enum Format {
    /// For people.
    #[default]
    Text,
    /// For programs.
    Json,
}

/// `1 day`, `2 days`.
pub(super) fn counted(number: u64, of: &str) -> String {
    match number {
        1 => format!("1 {of}"),
        _ => format!("{number} {of}s"),
    }
}

/// Data goes to stdout, in one piece. Whoever reads may stop before the end.
pub(super) fn print(write: impl FnOnce(&mut dyn Write) -> io::Result<()>) -> Result<(), Failure> {
    let mut out = BufWriter::new(io::stdout().lock());
    match write(&mut out).and_then(|()| out.flush()) {
        Err(error) if error.kind() == io::ErrorKind::BrokenPipe => Ok(()),
        Err(error) => Err(Failure::usage(
            format!("the answer cannot be written to stdout: {error}"),
            "give stdout a place where there is room",
        )),
        Ok(()) => Ok(()),
    }
}

/// Indented, with a newline at its end.
pub(super) fn json(out: &mut dyn Write, answer: &impl Serialize) -> io::Result<()> {
    serde_json::to_writer_pretty(&mut *out, answer)?;
    out.write_all(b"\n")
}

/// Text of a stranger, with nothing in it that moves a terminal's cursor.
pub(super) fn plain(text: &str) -> String {
    let printed = |letter: char| if letter.is_control() && letter != '\n' { '\u{fffd}' } else { letter };
    text.chars().map(printed).collect()
}
