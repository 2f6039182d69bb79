//! `lockbox serve` on a disk without room: what is refused is not done, and nothing is lost.

use std::{fs, process::Command};

use serde_json::{Value, json};

use super::{Owner, Served};

#[test]
fn a_lockbox_without_room_refuses_writes_and_keeps_what_was_acknowledged() {
    let owner = Owner::new();
    let root = owner.init().root_token;
    let served = owner.serve();
    served.fill(&root);
    assert_eq!(served.end("TERM"), Some(0));
    let room = fs::metadata(owner.path("box")).unwrap().len() + (2 << 20);
    let arguments = ["--file", "box", "--unseal-key-file", "key", "--metrics-listen", "127.0.0.1:0"];
    let served = within(room, &owner, &arguments);
    let value = |number: usize| format!("made-up-{number}-{}", "x".repeat(60_000));
    let write = |served: &Served, number: usize| {
        let body = json!({"data": {"token": value(number)}});
        served.ask(&root, "POST", &format!("ci/data/secret-{number}"), body)
    };
    let mut written = 0;
    let refusal = loop {
        let (status, answer) = write(&served, written);
        if status != 200 {
            break (status, answer);
        }
        written += 1;
        assert!(written < 200, "there is room without end");
    };
    assert_eq!(refusal.0, 500, "{}", refusal.1);
    assert!(written > 0);
    // Readers are served all the while.
    assert_eq!(served.read(&root, "secret-0"), Some(value(0)));
    assert_eq!(served.read(&root, "build-token").as_deref(), Some("made-up-1"));
    served.kill();
    let served = owner.serve();
    for number in 0..written {
        assert_eq!(served.read(&root, &format!("secret-{number}")), Some(value(number)), "{number}");
    }
    assert_eq!(served.read(&root, &format!("secret-{written}")), None);
    assert_eq!(write(&served, written).0, 200);
    assert_eq!(served.end("TERM"), Some(0));
}

#[test]
fn a_request_that_cannot_be_logged_is_refused_and_not_done() {
    let owner = Owner::new();
    let served = within(64 << 10, &owner, &["--dev", "--audit-file", "audit"]);
    // The line of a request with so many values has no room long before that of a small one.
    let write = |round: &str| {
        let values: serde_json::Map<_, _> =
            (0..100).map(|number| (format!("value-{number}"), format!("{round}-{number}").into())).collect();
        served.ask("root", "POST", "secret/data/a", json!({ "data": values }))
    };
    assert_eq!(write("first").0, 200);
    let is_full = (0..1000).any(|_| served.ask("root", "GET", "sys/mounts", Value::Null).0 != 200);
    assert!(is_full, "there is room without end");
    let (status, answer) = write("second");
    assert_eq!((status, answer), (500, json!({"errors": ["internal error"]})));
    owner.rotate_log(&served, "audit");
    let read = served.must("root", "GET", "secret/data/a", Value::Null);
    assert_eq!(read["data"]["data"]["value-0"], "first-0");
    assert_eq!(read["data"]["metadata"]["version"], 1);
}

#[test]
fn a_restore_that_finds_no_room_changes_nothing_and_is_logged_as_refused() {
    let owner = Owner::new();
    let root = owner.init().root_token;
    owner.keeps("root-token", &root);
    let served = owner.serve();
    served.fill(&root);
    for number in 0..40 {
        served.write(&root, &format!("many/{number}"), &"x".repeat(60_000));
    }
    let asked = |served: &Served, words: &[&str]| {
        let reached = ["--address", &served.address, "--root-token-file", "root-token"];
        owner.buildpass(&[&["lockbox"], words, &reached].concat())
    };
    assert_eq!(asked(&served, &["backup", "backup"]).code, Some(0));
    assert_eq!(served.end("TERM"), Some(0));
    let room = fs::metadata(owner.path("box")).unwrap().len() + (1 << 20);
    let arguments = ["--file", "box", "--unseal-key-file", "key", "--audit-file", "audit"];
    let served = within(room, &owner, &arguments);
    let mut written = 0;
    let more = |number: usize| {
        let body = json!({"data": {"token": "x".repeat(60_000)}});
        served.ask(&root, "POST", &format!("ci/data/more-{number}"), body).0
    };
    while more(written) == 200 {
        written += 1;
    }
    let refused = asked(&served, &["restore", "backup", "--replace"]);
    assert_ne!(refused.code, Some(0));
    let log = fs::read_to_string(owner.path("audit")).unwrap();
    let lines = log.lines().map(|line| serde_json::from_str::<Value>(line).unwrap());
    let told = lines
        .filter(|line| line["type"] == "response" && line["request"]["path"] == "sys/storage/raft/snapshot");
    let errors: Vec<bool> = told.map(|line| line["error"].is_string()).collect();
    assert_eq!(errors, [true], "{}", refused.stderr);
    assert_eq!(served.read(&root, "build-token").as_deref(), Some("made-up-1"));
    assert!(written == 0 || served.read(&root, "more-0").is_some());
}

/// Serves where no file can grow beyond so many bytes, as on a disk that is full.
fn within(bytes: u64, owner: &Owner, arguments: &[&str]) -> Served {
    let served = owner.command(&[&["lockbox", "serve", "--listen", "127.0.0.1:0"], arguments].concat());
    let mut limited = Command::new("sh");
    limited
        .args(["-c", "trap '' XFSZ; ulimit -f $0; exec \"$@\"", &(bytes / 512).to_string()])
        .arg(served.get_program())
        .args(served.get_args())
        .env_clear()
        .envs(served.get_envs().filter_map(|(name, value)| Some((name, value?))));
    if let Some(folder) = served.get_current_dir() {
        limited.current_dir(folder);
    }
    Served::start(limited)
}
