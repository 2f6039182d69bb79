use std::{
    fs,
    path::Path,
    time::{Duration, Instant},
};

use super::{CONNECTIONS, Server, contents, in_turn, reads, server};
use crate::{
    programs::Programs,
    race::median,
    report::{Section, Verdict, mebibytes, milliseconds},
};

/// A million entries: reads, the start, the file.
pub(super) fn measure(programs: &Programs, folder: &Path, lockbox: Server) -> anyhow::Result<Section> {
    let root_token = lockbox.root_token.clone();
    contents::fill(&lockbox, 0, reads::MANY)?;
    let at_many = |count: usize, lockbox: &Server| -> anyhow::Result<f64> {
        let any = |server: &Server, number: usize| reads::any_of(count, server, number);
        Ok(in_turn(&[lockbox], CONNECTIONS, &any)?[0].per_second)
    };
    let few = at_many(reads::MANY, &lockbox)?;
    let bytes_before = fs::metadata(server::file(folder))?.len();
    let start = Instant::now();
    contents::fill(&lockbox, reads::MANY, MILLION)?;
    let filled = start.elapsed();
    let many = at_many(MILLION, &lockbox)?;
    let resident = lockbox.resident()?;
    let bytes = fs::metadata(server::file(folder))?.len();
    let each = (bytes - bytes_before) as f64 / (MILLION - reads::MANY) as f64;
    drop(lockbox);
    let mut starts = Vec::new();
    for _ in 0..STARTS {
        let start = Instant::now();
        // The one before was killed: its file has to be looked through.
        let again = Server::lockbox_again(programs, folder, &root_token)?;
        while !server::serves(&again.address) {
            anyhow::ensure!(start.elapsed() < Duration::from_secs(60), "lockbox does not serve");
        }
        starts.push(start.elapsed());
    }
    let started = median(starts);
    let row = |what: &str, value: String| vec![what.to_owned(), value];
    Ok(Section {
        title: "lockbox: a million secrets",
        about: format!(
            "A file of its own, filled to {MILLION} secrets of KV version 2 (two entries each). The start is from the process to\n\
             the first answer, open by its key file, after `kill -9`: every page is compared with its checksum."
        ),
        head: &["", ""],
        rows: vec![
            row("reads of 100,000", format!("{few:.0}/s")),
            row("reads of 1,000,000", format!("{many:.0}/s")),
            row("filling", format!("{:.0} writes/s", (MILLION - reads::MANY) as f64 / filled.as_secs_f64())),
            row("memory", mebibytes(resident)),
            row("file, for each secret", format!("{each:.0} bytes")),
            row("start to serving", milliseconds(started)),
        ],
        verdicts: vec![
            Verdict::at_least(
                "lockbox: reads of a million secrets, of those of 100,000",
                0.8,
                many / few,
                "×",
                "The file no longer fits what is cached of it.",
            ),
            Verdict::at_most(
                "lockbox: start to serving with a million secrets",
                1.0,
                started.as_secs_f64(),
                "s",
                "Every page is read and compared with its checksum.",
            ),
        ],
    })
}

const MILLION: usize = 1_000_000;
const STARTS: usize = 3;
