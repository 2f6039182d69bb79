use std::{
    fmt,
    fs::File,
    io::{self, BufRead, BufReader},
    path::Path,
};

use aws_lc_rs::digest::{Context, SHA256};

use super::{
    AuditError, SealKey, Tip,
    event::Event,
    link::{self, Link},
    tip::Hash,
};

/// What a log is held against.
#[derive(Clone, Copy, Debug, Default)]
pub struct Expected<'a> {
    /// Its server's key: without it, a log that somebody else has written as a whole passes for the server's.
    pub key: Option<&'a SealKey>,
    /// Where the file before it ended, if it follows on one.
    pub from: Option<Tip>,
    /// A tip that was kept elsewhere: without it, the last lines can have been cut off.
    pub holds: Option<Tip>,
}

/// What was found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// No line was changed, left out, moved or cut off, as far as what was expected tells.
    Whole {
        /// Where the file begins.
        from: Tip,
        /// Where it ends.
        to: Tip,
    },
    /// From this line on nothing is proved.
    Broken {
        /// The line of the file, counted from one.
        line: u64,
        /// What is wrong with it.
        problem: Problem,
    },
}

/// What is wrong with a line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Problem {
    /// It is no line of an audit log.
    NoLine,
    /// It is not the one that follows.
    OutOfOrder {
        /// The number of the one that follows.
        expected: u64,
        /// Its own.
        found: u64,
    },
    /// It was changed, or what stands before it was.
    Changed,
    /// It was not sealed by the server.
    NotSealed,
    /// The file begins in the middle of a log and does not say on what it follows.
    NoBeginning,
    /// The file does not begin where the one before it ended.
    OtherBeginning,
    /// The server found at its start that lines had been cut off here.
    LinesMissing,
    /// The file ends before the tip that it was to hold.
    CutOff {
        /// The number of the tip.
        expected: u64,
        /// The number of the last line.
        found: u64,
    },
    /// It has the number of the tip, and is another line.
    OtherLine,
}

/// Holds an audit log of one file against what is expected of it. It is read once, from its beginning.
///
/// # Errors
/// When it cannot be read.
pub fn verify(path: &Path, expected: &Expected<'_>) -> Result<Verdict, AuditError> {
    let failure = |source| AuditError::File { action: "read", path: path.to_owned(), source };
    let mut verification = Verification::new(*expected);
    let verdict = verification.read(BufReader::new(File::open(path).map_err(failure)?)).map_err(failure)?;
    Ok(match verdict {
        Verdict::Whole { .. } => verification.end().unwrap_or(verdict),
        Verdict::Broken { .. } => verdict,
    })
}

/// Holds an audit log of several files, from the oldest to the newest, against what is expected of it.
#[derive(Debug)]
pub struct Verification<'a> {
    expected: Expected<'a>,
    /// The line of the file that is being read.
    line: u64,
    from: Option<Tip>,
    tip: Tip,
    torn: Option<TornLines>,
}

/// Lines that are none, until an event says what they are.
#[derive(Debug)]
struct TornLines {
    first: u64,
    bytes: u64,
    digest: Hashing,
    /// The last of them has an end, which does not count.
    ended: bool,
}

/// A digest on its way, which has nothing to show.
struct Hashing(Context);

impl<'a> Verification<'a> {
    /// Begins one.
    #[must_use]
    pub fn new(expected: Expected<'a>) -> Self {
        Self { expected, line: 0, from: None, tip: Tip::default(), torn: None }
    }

    /// Reads the next file, and says what was found in it. Behind a broken one nothing is proved.
    ///
    /// # Errors
    /// When it cannot be read.
    pub fn read(&mut self, mut lines: impl BufRead) -> io::Result<Verdict> {
        // It begins where the one before it ended.
        self.expected.from = self.from.map(|_| self.tip).or(self.expected.from);
        (self.line, self.from) = (0, None);
        let mut line = Vec::new();
        loop {
            line.clear();
            if lines.read_until(b'\n', &mut line)? == 0 {
                return Ok(self.end_file());
            }
            if let Err(broken) = self.step(&line) {
                return Ok(broken);
            }
        }
    }

    /// Behind the last file: whether the log ends before the tip that it was to hold.
    #[must_use]
    pub fn end(self) -> Option<Verdict> {
        let found = self.tip.number;
        let expected = self.expected.holds.filter(|holds| holds.number > found)?.number;
        Some(Verdict::Broken { line: self.line + 1, problem: Problem::CutOff { expected, found } })
    }

    fn step(&mut self, line: &[u8]) -> Result<(), Verdict> {
        self.line += 1;
        let whole = line.strip_suffix(b"\n").and_then(Link::split);
        let Some((body, link)) = whole else {
            let first = self.line;
            let torn = self.torn.get_or_insert_with(|| TornLines::new(first));
            torn.add(line);
            return Ok(());
        };
        let event = Event::of(&body);
        if let Some(torn) = self.torn.take() {
            let first = torn.first;
            if event != Some(torn.event()) {
                return Err(Verdict::Broken { line: first, problem: Problem::NoLine });
            }
        }
        if self.from.is_none() {
            self.begin(link, event)?;
        }
        let expected = self.tip.number + 1;
        if link.tip.number != expected {
            return self.broken(Problem::OutOfOrder { expected, found: link.tip.number });
        }
        if link::hash(self.tip, &body) != link.tip.hash {
            return self.broken(Problem::Changed);
        }
        if self.expected.key.is_some_and(|key| !link.is_sealed_by(key)) {
            return self.broken(Problem::NotSealed);
        }
        if let Some(Event::Missing(_)) = event {
            return self.broken(Problem::LinesMissing);
        }
        self.tip = link.tip;
        match self.expected.holds {
            Some(holds) if holds.number == self.tip.number && holds.hash != self.tip.hash => {
                self.broken(Problem::OtherLine)
            }
            _ => Ok(()),
        }
    }

    /// A log begins with its first line, or with one that says on what it follows.
    fn begin(&mut self, link: Link, event: Option<Event>) -> Result<(), Verdict> {
        let from = match (link.tip.number, event, self.expected.from) {
            (1, ..) => Tip::default(),
            (_, Some(Event::Continued(tip)), _) => tip,
            (_, _, Some(tip)) => tip,
            _ => return self.broken(Problem::NoBeginning),
        };
        if self.expected.from.is_some_and(|expected| expected != from) {
            return self.broken(Problem::OtherBeginning);
        }
        self.from = Some(from);
        self.tip = from;
        Ok(())
    }

    fn end_file(&mut self) -> Verdict {
        if let Some(torn) = self.torn.take() {
            return Verdict::Broken { line: torn.first, problem: Problem::NoLine };
        }
        let Some(from) = self.from else {
            self.tip = self.expected.from.unwrap_or_default();
            return Verdict::Whole { from: self.tip, to: self.tip };
        };
        Verdict::Whole { from, to: self.tip }
    }

    fn broken<T>(&self, problem: Problem) -> Result<T, Verdict> {
        Err(Verdict::Broken { line: self.line, problem })
    }
}

impl fmt::Debug for Hashing {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Hashing")
    }
}

impl TornLines {
    fn new(first: u64) -> Self {
        Self { first, bytes: 0, digest: Hashing(Context::new(&SHA256)), ended: false }
    }

    fn add(&mut self, line: &[u8]) {
        let (bytes, ended) = line.strip_suffix(b"\n").map_or((line, false), |bytes| (bytes, true));
        if self.ended {
            self.count(b"\n");
        }
        self.count(bytes);
        self.ended = ended;
    }

    fn count(&mut self, bytes: &[u8]) {
        self.bytes += bytes.len() as u64;
        self.digest.0.update(bytes);
    }

    fn event(self) -> Event {
        let mut sha256 = Hash::default();
        sha256.0.copy_from_slice(self.digest.0.finish().as_ref());
        Event::Torn { bytes: self.bytes, sha256 }
    }
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NoLine => f.write_str("it is no line of an audit log"),
            Self::OutOfOrder { expected, found } => {
                write!(f, "it is number {found}, and number {expected} should follow here")
            }
            Self::Changed => f.write_str("it was changed"),
            Self::NotSealed => f.write_str("it was not sealed by this server"),
            Self::NoBeginning => {
                f.write_str("the file begins in the middle of a log and does not say on what it follows")
            }
            Self::OtherBeginning => f.write_str("the file does not begin where the one before it ended"),
            Self::LinesMissing => f.write_str("the server found that lines before it had been cut off"),
            Self::CutOff { expected, found } => {
                write!(f, "the file ends with number {found}, and number {expected} was written")
            }
            Self::OtherLine => f.write_str("another line was written in its place"),
        }
    }
}

#[cfg(test)]
mod tests {
    use std::fs;

    use proptest::prelude::*;
    use zeroize::Zeroizing;

    use super::{
        super::{AuditLog, Outcome, Refusal, sample},
        *,
    };
    use crate::exchange::Fields;

    /// A log of eight lines, and its tip.
    fn log() -> (String, Tip) {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("audit.log");
        let log = AuditLog::open(&path, sample::keys(), None, sample::at(0)).unwrap();
        let (fields, policies) = (Fields::default(), ["p".to_owned()]);
        for second in 0..7 {
            let entry = sample::entry(&policies, &fields);
            log.record_response(sample::at(second), &entry, &Outcome::Refused(Refusal::NotFound)).unwrap();
        }
        (fs::read_to_string(&path).unwrap(), log.tip())
    }

    fn verdict(lines: &[&str], expected: &Expected<'_>) -> Verdict {
        let file = tempfile::NamedTempFile::new().unwrap();
        fs::write(file.path(), lines.concat()).unwrap();
        verify(file.path(), expected).unwrap()
    }

    fn broken(line: u64, problem: Problem) -> Verdict {
        Verdict::Broken { line, problem }
    }

    #[test]
    fn the_first_bad_line_is_named() {
        let (text, tip) = log();
        let lines: Vec<&str> = text.split_inclusive('\n').collect();
        let key = sample::seal_key();
        let expected = Expected { key: Some(&key), from: None, holds: Some(tip) };
        assert_eq!(verdict(&lines, &expected), Verdict::Whole { from: Tip::default(), to: tip });
        let mut left_out = lines.clone();
        left_out.remove(3);
        assert_eq!(verdict(&left_out, &expected), broken(4, Problem::OutOfOrder { expected: 4, found: 5 }));
        let mut moved = lines.clone();
        moved.swap(3, 4);
        assert_eq!(verdict(&moved, &expected), broken(4, Problem::OutOfOrder { expected: 4, found: 5 }));
        let mut twice = lines.clone();
        twice.insert(3, lines[3]);
        assert_eq!(verdict(&twice, &expected), broken(5, Problem::OutOfOrder { expected: 5, found: 4 }));
        let changed = lines[3].replace("secret/data/x", "secret/data/y");
        let mut with_change = lines.clone();
        with_change[3] = &changed;
        assert_eq!(verdict(&with_change, &expected), broken(4, Problem::Changed));
        let cut = broken(7, Problem::CutOff { expected: 8, found: 6 });
        assert_eq!(verdict(&lines[..6], &expected), cut);
        assert_eq!(verdict(&[], &expected), broken(1, Problem::CutOff { expected: 8, found: 0 }));
        assert_eq!(verdict(&lines[1..], &expected), broken(1, Problem::NoBeginning));
        let half = &lines[7][..40];
        let mut torn = lines.clone();
        torn[7] = half;
        assert_eq!(verdict(&torn, &expected), broken(8, Problem::NoLine));
    }

    #[test]
    fn several_files_are_one_log() {
        let (text, tip) = log();
        let lines: Vec<&str> = text.split_inclusive('\n').collect();
        let (first, second) = (lines[..3].concat(), lines[3..].concat());
        let key = sample::seal_key();
        let expected = Expected { key: Some(&key), from: None, holds: Some(tip) };
        let read = |files: &[&str]| {
            let mut verification = Verification::new(expected);
            let verdicts: Vec<_> =
                files.iter().map(|file| verification.read(file.as_bytes()).unwrap()).collect();
            (verdicts.last().cloned().unwrap(), verification.end())
        };
        let (last, end) = read(&[&first, "", &second]);
        assert!(matches!(last, Verdict::Whole { from, to } if (from.number, to) == (3, tip)), "{last:?}");
        assert_eq!(end, None);
        let cut_off = broken(4, Problem::CutOff { expected: 8, found: 3 });
        assert_eq!(read(&[&first]).1, Some(cut_off));
        assert_eq!(read(&[&second]).0, broken(1, Problem::NoBeginning));
        assert_eq!(
            read(&[&first, &lines[4..].concat()]).0,
            broken(1, Problem::OutOfOrder { expected: 4, found: 5 })
        );
        assert_eq!(read(&[&first, &first]).0, broken(1, Problem::OtherBeginning));
    }

    #[test]
    fn a_chain_that_was_computed_anew_has_no_seals() {
        let (text, tip) = log();
        let forger = SealKey::new(&Zeroizing::new([9; 32]));
        let mut forged = Vec::new();
        let mut from = Tip::default();
        for line in text.lines() {
            let (body, _) = Link::split(line.as_bytes()).unwrap();
            let body = String::from_utf8(body).unwrap().replace("secret/data/x", "secret/data/y");
            let link = Link::behind(from, body.as_bytes(), &forger);
            from = link.tip;
            forged.push(link.close(body));
        }
        let forged: Vec<&str> = forged.iter().map(String::as_str).collect();
        let key = sample::seal_key();
        assert!(matches!(verdict(&forged, &Expected::default()), Verdict::Whole { .. }));
        let with_key = Expected { key: Some(&key), ..Expected::default() };
        assert_eq!(verdict(&forged, &with_key), broken(1, Problem::NotSealed));
        let with_tip = Expected { holds: Some(tip), ..Expected::default() };
        assert_eq!(verdict(&forged, &with_tip), broken(8, Problem::OtherLine));
    }

    proptest! {
        #[test]
        fn whatever_is_done_to_a_log_shows(at in 0_usize..8000, byte in any::<u8>(), length in 0_usize..3) {
            let (text, tip) = log();
            let mut bytes = text.clone().into_bytes();
            let at = at % bytes.len();
            let end = (at + length).min(bytes.len());
            bytes.splice(at..end, [byte]);
            prop_assume!(bytes != text.as_bytes());
            let file = tempfile::NamedTempFile::new().unwrap();
            fs::write(file.path(), &bytes).unwrap();
            let key = sample::seal_key();
            let expected = Expected { key: Some(&key), from: None, holds: Some(tip) };
            let verdict = verify(file.path(), &expected).unwrap();
            let line = text[..at].matches('\n').count() as u64 + 1;
            prop_assert!(matches!(verdict, Verdict::Broken { line: found, .. } if found.abs_diff(line) <= 1), "{:?}", verdict);
        }
    }
}
