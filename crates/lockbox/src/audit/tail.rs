use std::{
    fs::File,
    io::{self, Read, Seek, SeekFrom},
};

use aws_lc_rs::digest::{SHA256, digest};

use super::{
    event::Event,
    keys::SealKey,
    link::Link,
    tip::{Hash, Tip},
};

/// The end of a file that is already there.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Tail {
    /// There is nothing in it.
    Empty,
    /// Its last line is one of this log's.
    Whole(Tip),
    /// The last line of this log's is followed by what a crash left.
    Torn { tip: Tip, torn: Torn },
    /// No line of it is one of this log's.
    Foreign,
}

/// Bytes that are no line.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Torn {
    /// How many they are, without the end of the last line if that is there.
    bytes: u64,
    sha256: Hash,
    pub(super) ends_its_line: bool,
}

impl Torn {
    pub(super) fn new(rest: &[u8]) -> Self {
        let (bytes, ends_its_line) = rest.strip_suffix(b"\n").map_or((rest, false), |bytes| (bytes, true));
        let mut sha256 = Hash::default();
        sha256.0.copy_from_slice(digest(&SHA256, bytes).as_ref());
        Self { bytes: bytes.len() as u64, sha256, ends_its_line }
    }

    pub(super) fn event(self) -> Event {
        Event::Torn { bytes: self.bytes, sha256: self.sha256 }
    }
}

/// Reads a file from its end up to the last line that was sealed with the key.
///
/// # Errors
/// When it cannot be read.
pub(super) fn read(file: &mut File, key: &SealKey) -> io::Result<Tail> {
    let end = file.seek(SeekFrom::End(0))?;
    let mut read = Vec::new();
    let mut start = end;
    while start > 0 && end - start < MAX_BYTES {
        let step = start.min(STEP_BYTES);
        start -= step;
        file.seek(SeekFrom::Start(start))?;
        let mut more = Vec::new();
        file.by_ref().take(step).read_to_end(&mut more)?;
        more.append(&mut read);
        read = more;
        // A line is whole if the one before it ends in what was read, or the file begins there.
        let first =
            if start == 0 { Some(0) } else { read.iter().position(|byte| *byte == b'\n').map(|at| at + 1) };
        if let Some(tail) = first.and_then(|first| last_line(&read, first, key)) {
            return Ok(tail);
        }
    }
    Ok(match read.as_slice() {
        [] => Tail::Empty,
        first if first.starts_with(FIRST) && !first.contains(&b'\n') => {
            Tail::Torn { tip: Tip::default(), torn: Torn::new(first) }
        }
        _ => Tail::Foreign,
    })
}

fn last_line(read: &[u8], first: usize, key: &SealKey) -> Option<Tail> {
    let mut end = read.len();
    while let Some(length) = read[first..end].iter().rposition(|byte| *byte == b'\n') {
        let stop = first + length;
        let start =
            read[first..stop].iter().rposition(|byte| *byte == b'\n').map_or(first, |at| first + at + 1);
        if let Some((_, link)) = Link::split(&read[start..stop]).filter(|(_, link)| link.is_sealed_by(key)) {
            let rest = &read[stop + 1..];
            return Some(match rest {
                [] => Tail::Whole(link.tip),
                _ => Tail::Torn { tip: link.tip, torn: Torn::new(rest) },
            });
        }
        if start == first {
            return None;
        }
        end = start;
    }
    None
}

const STEP_BYTES: u64 = 64 * 1024;

/// Twice the largest line that a request can make, and more than a crash leaves.
const MAX_BYTES: u64 = 256 * 1024 * 1024;

/// How a line begins: a file that holds half of one is one whose first line was torn.
const FIRST: &[u8] = b"{\"time\":\"";
