//! A job's log, read as it comes: text of strangers, of any size, with secrets in it.
//!
//! What is kept of it is which rows stand where and how often, and names that are plainly no secrets. It takes one look at each byte and
//! memory for a piece of it.

mod lanes;

mod name;

mod plain;

mod search;

mod tally;

mod window;

use std::{
    collections::{BTreeMap, BTreeSet},
    io::{self, Read},
};

use plain::{Plain, Rest};
pub(super) use search::Search;
use window::Window;

use super::{Row, Weight};

/// What a log's rows are.
#[derive(Debug)]
pub struct Report {
    /// How many lines it has.
    pub lines: u64,
    /// In the order in which they first appear.
    pub found: Vec<Found>,
}

/// A row that stands in a log.
#[derive(Debug)]
pub struct Found {
    /// The row.
    pub row: &'static Row,
    /// The line in which it begins for the first time, from 1.
    pub line: u64,
    /// How often it stands there.
    pub times: u64,
    /// Claims and variables that it names; never more than some, and none that could be a secret.
    pub names: BTreeMap<&'static str, BTreeSet<String>>,
}

/// How much is read at a time.
const PIECE: usize = 256 << 10;

/// Finds the rows that stand in a log.
///
/// # Errors
/// When it cannot be read.
pub fn read_log(log: impl Read) -> io::Result<Report> {
    read_with(&Search::build(), log)
}

pub(super) fn read_with(search: &Search, mut log: impl Read) -> io::Result<Report> {
    let (mut plain, mut window) = (Plain::default(), Window::default());
    let mut piece = vec![0; PIECE];
    loop {
        let length = fill(&mut log, &mut piece)?;
        let rest = if length < PIECE { Rest::Nothing } else { Rest::Something };
        plain.take(&piece[..length], rest, window.text());
        window.look(search, rest);
        if rest == Rest::Nothing {
            return Ok(window.report());
        }
    }
}

/// A pipe gives little at a time.
fn fill(log: &mut impl Read, piece: &mut [u8]) -> io::Result<usize> {
    let mut filled = 0;
    while filled < piece.len() {
        match log.read(&mut piece[filled..]) {
            Ok(0) => break,
            Ok(length) => filled += length,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
    }
    Ok(filled)
}

/// A row's words as they are looked for in a log.
pub(super) fn patterns(row: &'static Row) -> Vec<String> {
    let says = row.says.iter();
    match row.weight {
        Weight::Telling | Weight::Echo => says.map(|says| (*says).to_owned()).collect(),
        Weight::Framed => says
            .flat_map(|says| row.stage.frames().iter().map(move |frame| frame.replace('%', says)))
            .collect(),
    }
}
