//! `lockbox audit verify`: whatever was done to a log shows, and is named.

use std::{fs, process::Stdio};

use serde_json::{Value, json};

use super::{Owner, Served};
use crate::harness::Finished;

const LOGGED: [&str; 6] = ["--file", "box", "--unseal-key-file", "key", "--audit-file", "audit.log"];
const WITNESS: [&str; 4] = ["--file", "box", "--unseal-key-file", "key"];

/// A lockbox that has written a log of nine lines, and rests.
struct Reviewer {
    owner: Owner,
    lines: Vec<String>,
}

fn ask(served: &Served, root: &str, times: usize) {
    for _ in 0..times {
        served.must(root, "GET", "auth/token/lookup-self", Value::Null);
    }
}

impl Reviewer {
    fn new() -> Self {
        let owner = Owner::new();
        let root = owner.init().root_token;
        let served = owner.serve_with(&LOGGED);
        ask(&served, &root, 3);
        served.kill();
        // A start keeps in mind how far the log has come.
        assert_eq!(owner.serve_with(&LOGGED).end("TERM"), Some(0));
        let text = fs::read_to_string(owner.path("audit.log")).unwrap();
        let lines: Vec<String> = text.split_inclusive('\n').map(str::to_owned).collect();
        assert_eq!(lines.len(), 8);
        Self { owner, lines }
    }

    fn verify(&self, arguments: &[&str]) -> Finished {
        self.owner.buildpass(&[&["lockbox", "audit", "verify"], arguments].concat())
    }

    /// The verdict about other lines than were written.
    fn verdict(&self, lines: &[String], arguments: &[&str]) -> (Option<i32>, String) {
        fs::write(self.owner.path("shown.log"), lines.concat()).unwrap();
        let finished = self.verify(&[&["shown.log"], arguments].concat());
        (finished.code, finished.stdout)
    }

    fn tip(&self) -> String {
        let verified = self.verify(&["audit.log"]);
        verified.stdout.lines().last().unwrap().strip_prefix("tip ").unwrap().to_owned()
    }
}

#[test]
fn a_whole_log_is_said_to_be_whole_with_how_many_lines_it_has() {
    let reviewer = Reviewer::new();
    let verified = reviewer.verify(&[&["audit.log"], &WITNESS[..]].concat());
    assert_eq!((verified.code, verified.stderr.as_str()), (Some(0), ""));
    assert!(
        verified.stdout.starts_with("audit.log: 8 lines, number 1 to 8, are whole\ntip 8:"),
        "{}",
        verified.stdout
    );
    let alone = reviewer.verify(&["audit.log", "--format", "json"]);
    let printed: Value = serde_json::from_str(&alone.stdout).unwrap();
    assert_eq!((alone.code, &printed["whole"], &printed["lines"]), (Some(0), &json!(true), &json!(8)));
    assert_eq!((&printed["tip"], &printed["broken"]), (&json!(reviewer.tip()), &Value::Null));
    insta::assert_snapshot!(alone.stderr, @"
    buildpass: the last lines can have been cut off: give the tip that an earlier `verify` printed, or the lockbox
    buildpass: whoever can write the log can have written all of it anew: `--file` and `--unseal-key-file` prove its seals
    ");
}

#[test]
fn what_was_done_to_a_log_is_named_with_its_line() {
    let reviewer = Reviewer::new();
    let whole = &reviewer.lines;
    let mut changed = whole.clone();
    changed[2] = changed[2].replace("lookup-self", "lookup-other");
    assert_ne!(changed[2], whole[2]);
    let mut without = whole.clone();
    without.remove(4);
    let tip = reviewer.tip();
    for (lines, with, said) in [
        (&changed[..], &[][..], "shown.log:3: it was changed\n"),
        (&without[..], &[], "shown.log:5: it is number 6, and number 5 should follow here\n"),
        (
            &whole[1..],
            &[],
            "shown.log:1: the file begins in the middle of a log and does not say on what it follows\n",
        ),
        (
            &whole[..6],
            &["--tip", &tip],
            "shown.log:7: the file ends with number 6, and number 8 was written\n",
        ),
        (&whole[..6], &WITNESS, "shown.log:7: the file ends with number 6, and number 8 was written\n"),
        (&["nonsense\n".to_owned()], &[], "shown.log:1: it is no line of an audit log\n"),
    ] {
        assert_eq!(reviewer.verdict(lines, with), (Some(5), said.to_owned()));
    }
    fs::write(reviewer.owner.path("shown.log"), changed.concat()).unwrap();
    let printed = reviewer.verify(&["shown.log", "--format", "json"]).stdout;
    let printed: Value = serde_json::from_str(&printed).unwrap();
    let expected = json!({"file": "shown.log", "line": 3, "problem": "it was changed"});
    assert_eq!((&printed["whole"], &printed["broken"]), (&json!(false), &expected));
}

#[test]
fn a_log_that_another_lockbox_wrote_is_not_this_ones() {
    let (reviewer, other) = (Reviewer::new(), Reviewer::new());
    assert_eq!(
        reviewer.verdict(&other.lines, &WITNESS),
        (Some(5), "shown.log:1: it was not sealed by this server\n".to_owned())
    );
}

#[test]
fn a_log_that_was_rotated_is_one_log() {
    let owner = Owner::new();
    let root = owner.init().root_token;
    let served = owner.serve_with(&LOGGED);
    ask(&served, &root, 2);
    owner.rotate_log(&served, "audit.log");
    ask(&served, &root, 1);
    assert_eq!(served.end("TERM"), Some(0));
    let verify = |logs: &[&str]| {
        let verified = owner.buildpass(&[&["lockbox", "audit", "verify"], logs, &WITNESS].concat());
        (verified.code, verified.stdout)
    };
    let (code, said) = verify(&["audit.log.1", "audit.log"]);
    assert_eq!(code, Some(0), "{said}");
    let whole = "audit.log.1: 5 lines, number 1 to 5, are whole\naudit.log: 3 lines, number 6 to 8, are whole\ntip 8:";
    assert!(said.starts_with(whole), "{said}");
    let (code, said) = verify(&["audit.log", "audit.log.1"]);
    assert_eq!(
        (code, said.lines().last()),
        (Some(5), Some("audit.log.1:1: the file does not begin where the one before it ended"))
    );
}

#[test]
fn a_log_can_come_by_stdin() {
    let reviewer = Reviewer::new();
    let mut verify = reviewer.owner.command(&["lockbox", "audit", "verify", "-"]);
    verify.stdin(fs::File::open(reviewer.owner.path("audit.log")).unwrap()).stderr(Stdio::null());
    let output = verify.output().unwrap();
    assert_eq!(output.status.code(), Some(0));
    assert!(String::from_utf8(output.stdout).unwrap().starts_with("stdin: 8 lines, "));
}

#[test]
fn a_log_that_cannot_be_read_is_no_verdict() {
    let owner = Owner::new();
    owner.init();
    let refused = owner.buildpass(&["lockbox", "audit", "verify", "nothing"]);
    assert_eq!(refused.code, Some(2));
    insta::assert_snapshot!(refused.stderr, @"
    error: the audit log nothing cannot be read: No such file or directory (os error 2)
    hint: name the file that `lockbox serve --audit-file` writes, or `-` for stdin
    ");
    let never = owner.buildpass(&[&["lockbox", "audit", "verify", "key"], &WITNESS[..]].concat());
    insta::assert_snapshot!(never.stderr, @"
    error: box has never written an audit log
    hint: name the lockbox that wrote the log
    ");
}
