use std::{
    fs::{File, OpenOptions, TryLockError},
    io::{self, Write},
    path::{Path, PathBuf},
    sync::{Mutex, MutexGuard, PoisonError},
};

use super::{
    AuditError, AuditKeys, Entry, Outcome, Tip,
    event::Event,
    line,
    link::Link,
    tail::{self, Tail},
};
use crate::clock::Moment;

/// The file, and the lines that go into it, one after another.
#[derive(Debug)]
pub(crate) struct AuditLog {
    path: PathBuf,
    keys: AuditKeys,
    end: Mutex<End>,
}

/// Where the next line goes.
#[derive(Debug)]
struct End {
    file: File,
    tip: Tip,
    /// The length that the file had before half a line got into it, until that is out again.
    undo: Option<u64>,
    /// How many lines there is room for.
    #[cfg(test)]
    room: Option<usize>,
}

impl AuditLog {
    /// Opens a log, and says so in it. One that is already there is continued; if it ends before the tip that is known, or in the
    /// middle of a line, it says that too, and leaves what is there.
    ///
    /// # Errors
    /// When the file cannot be opened, is in use, or is another server's.
    pub(crate) fn open(
        path: &Path,
        keys: AuditKeys,
        known: Option<Tip>,
        now: Moment,
    ) -> Result<Self, AuditError> {
        let mut file = open(path)?;
        lock(&file, path)?;
        let tail = tail::read(&mut file, &keys.seal).map_err(failure("read", path))?;
        let (tip, torn) = match tail {
            Tail::Empty => (Tip::default(), None),
            Tail::Whole(tip) => (tip, None),
            Tail::Torn { tip, torn } => (tip, Some(torn)),
            Tail::Foreign => return Err(AuditError::Foreign(path.to_owned())),
        };
        let log = Self { path: path.to_owned(), keys, end: Mutex::new(End::of(file, tip)) };
        if let Some(torn) = torn {
            if !torn.ends_its_line {
                log.end().file.write_all(b"\n").map_err(failure("write to", path))?;
            }
            log.append(torn.event().body(now))?;
        }
        if let Some(known) = known
            && (known.number > tip.number || (known.number == tip.number && known.hash != tip.hash))
        {
            log.append(Event::Missing(known).body(now))?;
        }
        log.append(Event::Opened {}.body(now))?;
        Ok(log)
    }

    /// Logs what was asked, before it is done.
    ///
    /// # Errors
    /// When the line was not written: then the request must be refused.
    pub(crate) fn record_request(&self, now: Moment, entry: &Entry<'_>) -> Result<(), AuditError> {
        self.append(line::request(&self.keys.salt, now, entry))
    }

    /// Logs what came of it, before that is told.
    ///
    /// # Errors
    /// When the line was not written: then nothing of the answer must be told.
    pub(crate) fn record_response(
        &self,
        now: Moment,
        entry: &Entry<'_>,
        outcome: &Outcome<'_>,
    ) -> Result<(), AuditError> {
        self.append(line::response(&self.keys.salt, now, entry, outcome))
    }

    /// What stands in the log for this text.
    pub(crate) fn hash(&self, text: &str) -> String {
        self.keys.salt.hash(text)
    }

    pub(crate) fn path(&self) -> String {
        self.path.display().to_string()
    }

    /// Where the log has come to.
    pub(crate) fn tip(&self) -> Tip {
        self.end().tip
    }

    /// Goes on in the file that is now at the log's path, after a rotation moved the old one away.
    ///
    /// # Errors
    /// When there can be no such file, or one is there that does not follow on this log. Then the old one stays in use.
    pub(crate) fn reopen(&self, now: Moment) -> Result<(), AuditError> {
        let mut end = self.end();
        let mut file = open(&self.path)?;
        // If both are the same file, this process must not stand in its own way.
        end.file.unlock().map_err(failure("reopen", &self.path))?;
        let tail = lock(&file, &self.path)
            .and_then(|()| tail::read(&mut file, &self.keys.seal).map_err(failure("read", &self.path)));
        let event = match tail {
            Ok(Tail::Empty) => Event::Continued(end.tip),
            Ok(Tail::Whole(tip)) if tip == end.tip => Event::Opened {},
            other => {
                drop(file);
                lock(&end.file, &self.path)?;
                return Err(other.err().unwrap_or_else(|| AuditError::Unconnected(self.path.clone())));
            }
        };
        let mut next = End::of(file, end.tip);
        if let Err(error) = next.append(&self.path, event.body(now), &self.keys) {
            drop(next);
            lock(&end.file, &self.path)?;
            return Err(error);
        }
        *end = next;
        Ok(())
    }

    /// From now on it can be written to this often.
    #[cfg(test)]
    pub(crate) fn limit(&self, lines: Option<usize>) {
        self.end().room = lines;
    }

    fn append(&self, body: String) -> Result<(), AuditError> {
        self.end().append(&self.path, body, &self.keys)
    }

    /// What is behind the lock is whole at any time: a tip moves only when its line is written.
    fn end(&self) -> MutexGuard<'_, End> {
        self.end.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl End {
    fn of(file: File, tip: Tip) -> Self {
        Self {
            file,
            tip,
            undo: None,
            #[cfg(test)]
            room: None,
        }
    }

    fn append(&mut self, path: &Path, body: String, keys: &AuditKeys) -> Result<(), AuditError> {
        #[cfg(test)]
        if let Some(room) = &mut self.room {
            *room = room
                .checked_sub(1)
                .ok_or_else(|| failure("write to", path)(io::ErrorKind::StorageFull.into()))?;
        }
        let link = Link::behind(self.tip, body.as_bytes(), &keys.seal);
        let line = link.close(body);
        let length = match self.undo {
            None => self.file.metadata().map_err(failure("write to", path))?.len(),
            Some(length) => {
                self.file.set_len(length).map_err(failure("write to", path))?;
                length
            }
        };
        // Half a line is worse than none. If that cannot be undone now, it is tried before the next line, and if the server
        // ends before that, its next start finds the line torn.
        self.undo = Some(length);
        if let Err(error) = self.file.write_all(line.as_bytes()) {
            if self.file.set_len(length).is_ok() {
                self.undo = None;
            }
            return Err(failure("write to", path)(error));
        }
        self.undo = None;
        self.tip = link.tip;
        Ok(())
    }
}

fn open(path: &Path) -> Result<File, AuditError> {
    let mut options = OpenOptions::new();
    options.read(true).append(true).create(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(path).map_err(failure("open", path))
}

fn lock(file: &File, path: &Path) -> Result<(), AuditError> {
    file.try_lock().map_err(|error| match error {
        TryLockError::WouldBlock => AuditError::InUse(path.to_owned()),
        TryLockError::Error(source) => failure("lock", path)(source),
    })
}

fn failure<'a>(action: &'static str, path: &'a Path) -> impl Fn(io::Error) -> AuditError + 'a {
    move |source| AuditError::File { action, path: path.to_owned(), source }
}

#[cfg(test)]
mod tests {
    use std::{fs, sync::Arc, thread};

    use serde_json::{Value, json};
    use tempfile::TempDir;

    use super::{
        super::{Expected, Problem, Refusal, Verdict, sample, verify},
        *,
    };
    use crate::exchange::Fields;

    struct Place {
        folder: TempDir,
    }

    impl Place {
        fn new() -> Self {
            Self { folder: TempDir::new().unwrap() }
        }

        fn path(&self) -> PathBuf {
            self.folder.path().join("audit.log")
        }

        fn open(&self, known: Option<Tip>) -> Result<AuditLog, AuditError> {
            AuditLog::open(&self.path(), sample::keys(), known, sample::at(0))
        }

        fn verdict(&self, holds: Option<Tip>) -> Verdict {
            verdict(&self.path(), None, holds)
        }

        fn events(&self) -> Vec<Value> {
            let text = fs::read(self.path()).unwrap();
            let lines =
                text.split(|byte| *byte == b'\n').filter_map(|line| serde_json::from_slice(line).ok());
            lines.filter_map(|line: Value| line.get("event").cloned()).collect()
        }
    }

    fn verdict(path: &Path, from: Option<Tip>, holds: Option<Tip>) -> Verdict {
        verify(path, &Expected { key: Some(&sample::seal_key()), from, holds }).unwrap()
    }

    fn record(log: &AuditLog) {
        let (fields, policies) = (sample::fields(json!({ "a": "s3cret" })), ["p".to_owned()]);
        let entry = sample::entry(&policies, &fields);
        log.record_request(sample::at(1), &entry).unwrap();
        log.record_response(sample::at(1), &entry, &Outcome::Refused(Refusal::NotFound)).unwrap();
    }

    #[test]
    fn a_log_is_whole_and_goes_on_in_its_file() {
        let place = Place::new();
        let log = place.open(None).unwrap();
        record(&log);
        let tip = log.tip();
        assert_eq!(tip.number, 3);
        assert_eq!(place.verdict(Some(tip)), Verdict::Whole { from: Tip::default(), to: tip });
        drop(log);
        let log = place.open(Some(tip)).unwrap();
        record(&log);
        assert_eq!(place.verdict(Some(tip)), Verdict::Whole { from: Tip::default(), to: log.tip() });
        assert_eq!(log.tip().number, 6);
        assert_eq!(place.events(), [json!({ "opened": {} }), json!({ "opened": {} })]);
    }

    #[test]
    fn one_process_writes_to_a_log() {
        let place = Place::new();
        let _log = place.open(None).unwrap();
        assert!(matches!(place.open(None), Err(AuditError::InUse(_))));
    }

    #[test]
    fn many_write_one_line_after_another() {
        let place = Place::new();
        let log = Arc::new(place.open(None).unwrap());
        let writers: Vec<_> = (0..8)
            .map(|_| {
                let log = Arc::clone(&log);
                thread::spawn(move || (0..50).for_each(|_| record(&log)))
            })
            .collect();
        writers.into_iter().for_each(|writer| writer.join().unwrap());
        assert_eq!(log.tip().number, 801);
        assert_eq!(place.verdict(Some(log.tip())), Verdict::Whole { from: Tip::default(), to: log.tip() });
    }

    #[test]
    fn a_torn_line_is_said_and_kept() {
        for torn in ["{\"time\":\"2027", "{\"time\":\"2027\n", "\0\0\0\n\0\0", "\n\n"] {
            let place = Place::new();
            let log = place.open(None).unwrap();
            record(&log);
            let tip = log.tip();
            drop(log);
            let mut text = fs::read(place.path()).unwrap();
            text.extend_from_slice(torn.as_bytes());
            fs::write(place.path(), &text).unwrap();
            assert_eq!(
                place.verdict(None),
                Verdict::Broken { line: 4, problem: Problem::NoLine },
                "{torn:?}"
            );
            let log = place.open(Some(tip)).unwrap();
            record(&log);
            assert!(fs::read(place.path()).unwrap().starts_with(&text), "{torn:?}");
            let bytes = torn.strip_suffix('\n').unwrap_or(torn).len();
            assert_eq!(place.events()[1]["torn"]["bytes"], bytes, "{torn:?}");
            let to = log.tip();
            assert_eq!(place.verdict(Some(tip)), Verdict::Whole { from: Tip::default(), to }, "{torn:?}");
            let mut changed = fs::read(place.path()).unwrap();
            changed[text.len() - torn.len()] ^= 1;
            fs::write(place.path(), changed).unwrap();
            assert!(matches!(place.verdict(None), Verdict::Broken { line: 4, .. }), "{torn:?}");
        }
    }

    #[test]
    fn a_first_line_can_be_torn_too() {
        let place = Place::new();
        fs::write(place.path(), "{\"time\":\"2027-01").unwrap();
        let log = place.open(None).unwrap();
        assert_eq!(place.verdict(None), Verdict::Whole { from: Tip::default(), to: log.tip() });
        fs::write(place.path(), "something else\n").unwrap();
        drop(log);
        assert!(matches!(place.open(None), Err(AuditError::Foreign(_))));
    }

    #[test]
    fn lines_that_are_missing_at_a_start_are_said() {
        let place = Place::new();
        let log = place.open(None).unwrap();
        record(&log);
        let tip = log.tip();
        drop(log);
        let text = fs::read_to_string(place.path()).unwrap();
        let short: String = text.split_inclusive('\n').take(2).collect();
        fs::write(place.path(), short).unwrap();
        assert_eq!(
            place.verdict(Some(tip)),
            Verdict::Broken { line: 3, problem: Problem::CutOff { expected: 3, found: 2 } }
        );
        drop(place.open(Some(tip)).unwrap());
        assert_eq!(place.events()[1], json!({ "missing": tip }));
        assert_eq!(place.verdict(None), Verdict::Broken { line: 3, problem: Problem::LinesMissing });
    }

    #[test]
    fn a_rotated_log_follows_on_the_one_before() {
        let place = Place::new();
        let log = place.open(None).unwrap();
        record(&log);
        log.reopen(sample::at(2)).unwrap();
        let before = log.tip();
        assert_eq!(before.number, 4);
        let old = place.folder.path().join("audit.log.1");
        fs::rename(place.path(), &old).unwrap();
        record(&log);
        let before = Tip { number: before.number + 2, ..log.tip() };
        log.reopen(sample::at(3)).unwrap();
        record(&log);
        assert_eq!(verdict(&old, None, None), Verdict::Whole { from: Tip::default(), to: before });
        let whole = Verdict::Whole { from: before, to: log.tip() };
        assert_eq!(place.verdict(None), whole);
        assert_eq!(verdict(&place.path(), Some(before), Some(log.tip())), whole);
        let other = verdict(&place.path(), Some(Tip::default()), None);
        assert_eq!(other, Verdict::Broken { line: 1, problem: Problem::OtherBeginning });
        drop(log);
        assert_eq!(place.open(None).unwrap().tip().number, 10);
    }

    #[test]
    fn a_file_that_does_not_follow_is_not_gone_on_with() {
        let place = Place::new();
        let log = place.open(None).unwrap();
        fs::rename(place.path(), place.folder.path().join("old")).unwrap();
        fs::write(place.path(), "something else\n").unwrap();
        assert!(matches!(log.reopen(sample::at(2)), Err(AuditError::Unconnected(_))));
        record(&log);
        let to = log.tip();
        assert_eq!(
            verdict(&place.folder.path().join("old"), None, None),
            Verdict::Whole { from: Tip::default(), to }
        );
    }

    #[cfg(target_os = "linux")]
    #[test]
    fn a_file_without_room_is_not_gone_on_with() {
        let place = Place::new();
        let log = place.open(None).unwrap();
        let old = place.folder.path().join("old");
        fs::rename(place.path(), &old).unwrap();
        std::os::unix::fs::symlink("/dev/full", place.path()).unwrap();
        assert!(matches!(log.reopen(sample::at(2)), Err(AuditError::File { .. })));
        record(&log);
        assert_eq!(verdict(&old, None, None), Verdict::Whole { from: Tip::default(), to: log.tip() });
        fs::remove_file(place.path()).unwrap();
        log.reopen(sample::at(3)).unwrap();
        let from = log.tip();
        assert!(matches!(verdict(&place.path(), None, Some(from)), Verdict::Whole { .. }));
    }

    #[cfg(target_os = "linux")]
    #[test]
    fn a_line_that_cannot_be_written_is_an_error() {
        let full = Path::new("/dev/full");
        let file = OpenOptions::new().append(true).open(full).unwrap();
        let log = AuditLog {
            path: full.to_owned(),
            keys: sample::keys(),
            end: Mutex::new(End::of(file, Tip::default())),
        };
        let (fields, policies) = (Fields::default(), ["p".to_owned()]);
        let error = log.record_request(sample::at(0), &sample::entry(&policies, &fields)).unwrap_err();
        assert_eq!(error.to_string(), "cannot write to the audit log /dev/full");
        assert_eq!(log.tip(), Tip::default());
    }

    #[test]
    fn the_hash_of_a_text_is_what_stands_in_the_log() {
        let place = Place::new();
        let log = place.open(None).unwrap();
        record(&log);
        assert!(fs::read_to_string(place.path()).unwrap().contains(&log.hash("s3cret")));
    }
}
