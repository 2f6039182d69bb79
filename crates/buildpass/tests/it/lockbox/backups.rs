//! `lockbox backup` and `lockbox restore`, on lockboxes that serve.

use std::{
    fs,
    process::{Child, Output, Stdio},
    sync::atomic::{AtomicBool, AtomicU64, Ordering},
    thread,
    time::{Duration, Instant},
};

use serde_json::{Value, json};

use super::{Owner, Served, killed::at_that_moment};
use crate::harness::{Finished, wait_until};

/// A lockbox with the build token in it, and its owner with the root token in a file.
fn filled(owner: &Owner) -> (Served, String) {
    let root = owner.init().root_token;
    owner.keeps("root-token", &root);
    let served = owner.serve();
    served.fill(&root);
    (served, root)
}

fn backup(owner: &Owner, served: &Served, name: &str) {
    let made = lockbox(owner, served, &["backup", name]);
    assert_eq!((made.code, made.stdout.as_str()), (Some(0), ""), "{}", made.stderr);
    assert!(made.stderr.starts_with(&format!("backup {name} was made, ")), "{}", made.stderr);
}

fn lockbox(owner: &Owner, served: &Served, arguments: &[&str]) -> Finished {
    let reached = ["--address", &served.address, "--root-token-file", "root-token"];
    owner.buildpass(&[&["lockbox"], arguments, &reached].concat())
}

/// Serves another file than `box`, open.
fn serve(owner: &Owner, file: &str) -> Served {
    owner.serve_with(&["--file", file, "--unseal-key-file", "key"])
}

#[test]
fn a_backup_under_load_is_one_state_with_everything_that_was_acknowledged() {
    let owner = Owner::new();
    let (served, root) = filled(&owner);
    let (acknowledged, begun, ended) = (AtomicU64::new(0), AtomicU64::new(0), AtomicBool::new(false));
    let (before, written) = thread::scope(|scope| {
        // Whoever fails here must not be waited for by those who write.
        let end = AtTheEnd(&ended);
        scope.spawn(|| {
            // The left one is always as far as the right one, or one ahead.
            for round in 1.. {
                if ended.load(Ordering::SeqCst) {
                    break;
                }
                begun.store(round, Ordering::SeqCst);
                served.write(&root, "left", &round.to_string());
                served.write(&root, "right", &round.to_string());
                acknowledged.store(round, Ordering::SeqCst);
            }
        });
        for other in 0..3 {
            let (served, root, ended) = (&served, &root, &ended);
            scope.spawn(move || {
                for round in 0_u64.. {
                    if ended.load(Ordering::SeqCst) {
                        break;
                    }
                    served.write(root, &format!("load/{other}/{}", round % 100), &"x".repeat(2000));
                }
            });
        }
        let under_way = wait_until(Duration::from_secs(20), || acknowledged.load(Ordering::SeqCst) > 20);
        assert!(under_way);
        let first = acknowledged.load(Ordering::SeqCst);
        let mut seen = Vec::new();
        for name in ["one", "two", "three"] {
            let before = acknowledged.load(Ordering::SeqCst);
            backup(&owner, &served, name);
            seen.push((name, before, begun.load(Ordering::SeqCst)));
        }
        let written = acknowledged.load(Ordering::SeqCst) - first;
        drop(end);
        (seen, written)
    });
    assert!(written > 0, "nothing was written meanwhile");
    for (name, acknowledged, begun) in before {
        let file = format!("box-{name}");
        let restored =
            owner.buildpass(&["lockbox", "restore", name, "--file", &file, "--unseal-key-file", "key"]);
        assert_eq!(restored.code, Some(0), "{}", restored.stderr);
        let served = serve(&owner, &file);
        let round = |path: &str| served.read(&root, path).unwrap().parse::<u64>().unwrap();
        let (left, right) = (round("left"), round("right"));
        assert!(right >= acknowledged && left <= begun, "{name}: {acknowledged} {left} {right} {begun}");
        assert!(left == right || left == right + 1, "{name}: {left} {right}");
    }
}

/// Says so when it is dropped, by a panic too.
struct AtTheEnd<'a>(&'a AtomicBool);

impl Drop for AtTheEnd<'_> {
    fn drop(&mut self) {
        self.0.store(true, Ordering::SeqCst);
    }
}

#[test]
fn a_restore_in_place_brings_back_what_was_and_takes_away_what_came_later() {
    let owner = Owner::new();
    let root = owner.init().root_token;
    owner.keeps("root-token", &root);
    let served =
        owner.serve_with(&["--file", "box", "--unseal-key-file", "key", "--audit-file", "audit.log"]);
    served.fill(&root);
    let earlier = token(&served, &root);
    backup(&owner, &served, "backup");
    served.write(&root, "build-token", "made-up-2");
    served.must(&root, "POST", "sys/rotate", Value::Null);
    served.must(&root, "POST", "sys/mounts/later", json!({"type": "kv"}));
    let later = token(&served, &root);

    let refused = owner.buildpass(&["lockbox", "restore", "backup", "--address", &served.address]);
    assert_eq!(refused.code, Some(2), "nobody said that everything is to be replaced");
    let restored = lockbox(&owner, &served, &["restore", "backup", "--replace"]);
    assert_eq!(
        (restored.code, restored.stderr),
        (Some(0), format!("{} has what backup held, and nothing else\n", served.address))
    );

    let look = |served: &Served| {
        assert_eq!(served.read(&root, "build-token").as_deref(), Some("made-up-1"));
        assert_eq!(served.ask(&root, "GET", "later/x", Value::Null).0, 404);
        let alive = |token: &str| served.ask(token, "GET", "auth/token/lookup-self", Value::Null).0;
        assert_eq!((alive(&earlier), alive(&later)), (200, 403));
    };
    look(&served);
    served.write(&root, "after", "made-up-3");
    served.kill();
    let served =
        owner.serve_with(&["--file", "box", "--unseal-key-file", "key", "--audit-file", "audit.log"]);
    look(&served);
    assert_eq!(served.read(&root, "after").as_deref(), Some("made-up-3"));
    assert_eq!(served.end("TERM"), Some(0));
    // The audit log goes on across the restore, and nothing of it is missing.
    let verified = owner.buildpass(&[
        "lockbox",
        "audit",
        "verify",
        "audit.log",
        "--file",
        "box",
        "--unseal-key-file",
        "key",
    ]);
    assert_eq!(verified.code, Some(0), "{}", verified.stdout);
    let log = fs::read_to_string(owner.path("audit.log")).unwrap();
    assert!(log.contains("sys/storage/raft/snapshot"));
}

fn token(served: &Served, root: &str) -> String {
    let made = served.must(root, "POST", "auth/token/create", json!({"policies": ["default"]}));
    made["auth"]["client_token"].as_str().unwrap().to_owned()
}

#[test]
fn what_was_changed_cut_off_or_has_another_key_is_refused_and_changes_nothing() {
    let owner = Owner::new();
    let (served, root) = filled(&owner);
    backup(&owner, &served, "backup");
    served.write(&root, "build-token", "made-up-2");
    let whole = fs::read(owner.path("backup")).unwrap();
    for hidden in ["made-up-1", "build-token", &root, "kv"] {
        let hidden = hidden.as_bytes();
        assert!(hidden.len() < 3 || !whole.windows(hidden.len()).any(|window| window == hidden));
    }
    let other = Owner::new();
    let (others, _) = filled(&other);
    backup(&other, &others, "backup");
    fs::copy(other.path("backup"), owner.path("of-another")).unwrap();
    let mut changed = whole.clone();
    let middle = changed.len() / 2;
    changed[middle] ^= 1;
    fs::write(owner.path("changed"), changed).unwrap();
    fs::write(owner.path("cut"), &whole[..whole.len() - 1]).unwrap();
    fs::write(owner.path("nonsense"), "this is no backup at all, but some text").unwrap();

    let mut said = String::new();
    for name in ["of-another", "changed", "cut", "nonsense"] {
        let in_place = lockbox(&owner, &served, &["restore", name, "--replace"]);
        assert_eq!(in_place.code, Some(3), "{}", in_place.stderr);
        let offline =
            owner.buildpass(&["lockbox", "restore", name, "--file", "new", "--unseal-key-file", "key"]);
        assert_eq!(offline.code, Some(2), "{}", offline.stderr);
        assert!(!owner.path("new").exists());
        said.push_str(&in_place.stderr);
        said.push_str(&offline.stderr);
    }
    insta::assert_snapshot!(said, @"
    error: the vault refused POST sys/storage/raft/snapshot: 400 error restoring the snapshot: the keys of this lockbox do not open the backup
    hint: everything there is as it was
    error: of-another: the keys of this lockbox do not open the backup
    hint: each lockbox has a key of its own: name the one that was in use when the backup was made
    error: the vault refused POST sys/storage/raft/snapshot: 400 error restoring the snapshot: the backup was changed since it was made
    hint: everything there is as it was
    error: changed: the backup was changed since it was made
    hint: nothing of it was taken: try another copy, or the backup before
    error: the vault refused POST sys/storage/raft/snapshot: 400 error restoring the snapshot: the backup is cut off: only the beginning of it is here
    hint: everything there is as it was
    error: cut: the backup is cut off: only the beginning of it is here
    hint: nothing of it was taken: try another copy, or the backup before
    error: the vault refused POST sys/storage/raft/snapshot: 400 error restoring the snapshot: this is not a backup of a lockbox that this version can read
    hint: everything there is as it was
    error: nonsense: this is not a backup of a lockbox that this version can read
    hint: name what `buildpass lockbox backup` saved, or a later buildpass
    ");
    assert_eq!(served.read(&root, "build-token").as_deref(), Some("made-up-2"));
    let again = lockbox(&owner, &served, &["backup", "backup"]);
    assert_eq!(again.code, Some(2), "nothing is overwritten");
    assert_eq!(fs::read(owner.path("backup")).unwrap(), whole);
}

#[test]
fn who_may_not_read_it_gets_no_backup() {
    let owner = Owner::new();
    let (served, root) = filled(&owner);
    owner.keeps("root-token", &token(&served, &root));
    let refused = lockbox(&owner, &served, &["backup", "backup"]);
    assert_eq!(refused.code, Some(3));
    insta::assert_snapshot!(refused.stderr, @"
    error: the vault refused GET sys/storage/raft/snapshot: 403 1 error occurred: * permission denied
    hint: is the token still alive, and do its policies allow it?
    ");
    assert!(!owner.path("backup").exists());
    let nobody = owner.buildpass(&["lockbox", "backup", "backup", "--address", &served.address]);
    assert_eq!(nobody.code, Some(2));
    insta::assert_snapshot!(nobody.stderr, @"
    error: no token of the vault's owner is known
    hint: name a file that holds it with `--root-token-file`, or set VAULT_TOKEN or BAO_TOKEN
    ");
    // Reading all of it is one right, which a policy can give.
    let policy = r#"path "sys/storage/raft/snapshot" { capabilities = ["read"] }"#;
    served.must(&root, "PUT", "sys/policies/acl/saver", json!({"policy": policy}));
    let saver = served.must(&root, "POST", "auth/token/create", json!({"policies": ["saver"]}));
    owner.keeps("root-token", saver["auth"]["client_token"].as_str().unwrap());
    backup(&owner, &served, "backup");
    assert_eq!(lockbox(&owner, &served, &["restore", "backup", "--replace"]).code, Some(3));
}

#[test]
fn a_backup_of_a_lockbox_with_shares_wants_its_shares() {
    let owner = Owner::new();
    let keys = owner.init_with(&["--shares", "3", "--threshold", "2"]);
    owner.keeps("root-token", &keys.root_token);
    let served = owner.serve_with_shares("box", &keys);
    served.fill(&keys.root_token);
    backup(&owner, &served, "backup");
    let restore = |file: &str, shares: &[String]| {
        fs::write(owner.path("shares"), shares.join("\n")).unwrap();
        let mut restore = owner.command(&["lockbox", "restore", "backup", "--file", file]);
        let Output { status, stderr, .. } =
            restore.stdin(fs::File::open(owner.path("shares")).unwrap()).output().unwrap();
        (status.code(), String::from_utf8(stderr).unwrap())
    };
    let (code, said) = restore("new", &keys.shares[1..]);
    assert_eq!(code, Some(0), "{said}");
    assert!(said.starts_with("2 of the 3 unseal keys, one a line:\n"), "{said}");
    assert_eq!(restore("other", &keys.shares[..1]).0, Some(2));
    assert!(!owner.path("other").exists());
    let restored = owner.serve_with_shares("new", &keys);
    assert_eq!(restored.read(&keys.root_token, "build-token").as_deref(), Some("made-up-1"));
}

/// At a terminal nothing of the keys is shown, and Ctrl-C leaves one behind that shows what is typed.
#[test]
fn shares_that_are_typed_are_not_shown() {
    let owner = Owner::new();
    let keys = owner.init_with(&["--shares", "3", "--threshold", "2"]);
    owner.keeps("root-token", &keys.root_token);
    let served = owner.serve_with_shares("box", &keys);
    backup(&owner, &served, "backup");
    let mut terminal = owner.terminal();
    // A shell that reads no line by itself leaves the terminal as it finds it.
    let restore = format!("{} lockbox restore backup --file new", env!("CARGO_BIN_EXE_buildpass"));
    terminal
        .types(&format!("sh -c 'trap : INT; stty -a > before; {restore}; echo code=$?; stty -a > after'\n"));
    terminal.expect("one a line:");
    terminal.types(&format!("{}\n", keys.shares[0]));
    terminal.types("\x03");
    let shown = terminal.expect("code=130");
    assert!(!shown.contains(&keys.shares[0]), "{shown}");
    terminal.expect("prompt> ");
    assert_eq!(fs::read(owner.path("before")).unwrap(), fs::read(owner.path("after")).unwrap());
    assert!(!owner.path("new").exists());

    terminal.types(&format!("{restore}; echo code=$?\n"));
    terminal.expect("one a line:");
    // Stopped, and continued: it asks again.
    terminal.types("\x1a");
    terminal.expect("Stopped");
    terminal.expect("prompt> ");
    terminal.types("fg\n");
    terminal.expect("2 of the 3 unseal keys, one a line:");
    // Both at once, as they are pasted.
    terminal.types(&format!("{}\n{}\n", keys.shares[1], keys.shares[2]));
    let shown = terminal.expect("lockbox new was made of backup");
    assert!(keys.shares.iter().all(|share| !shown.contains(share)), "{shown}");
    terminal.types("echo code=$?\n");
    terminal.expect("code=0");
}

/// Killed at another moment each time: what is there is what was, or all of the backup.
#[test]
fn a_restore_that_is_killed_leaves_the_old_state_or_the_new_one() {
    let owner = Owner::new();
    let (served, root) = filled(&owner);
    for at in 0..40 {
        served.write(&root, &format!("many/{at}"), &"old ".repeat(20_000));
    }
    backup(&owner, &served, "backup");
    served.write(&root, "build-token", "made-up-2");
    served.write(&root, "later", "later");
    served.kill();
    fs::copy(owner.path("box"), owner.path("kept")).unwrap();
    let begin = |served: &Served| {
        let reached = ["--address", &served.address, "--root-token-file", "root-token"];
        let mut restore =
            owner.command(&[&["lockbox", "restore", "backup", "--replace"], &reached[..]].concat());
        restore.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap()
    };
    let mut seen = [0, 0];
    let mut whole = Duration::ZERO;
    for round in 0..=ROUNDS {
        fs::copy(owner.path("kept"), owner.path("box")).unwrap();
        let (served, begun) = (owner.serve(), Instant::now());
        let mut restoring: Child = begin(&served);
        if round == 0 {
            ends(&mut restoring);
            whole = begun.elapsed();
        } else {
            // From soon after its begin to a little after its end, as long as it took when nobody disturbed it.
            at_that_moment(whole * round / (ROUNDS - 2));
        }
        served.kill();
        ends(&mut restoring);
        let served = owner.serve();
        let found = (served.read(&root, "build-token").unwrap(), served.read(&root, "later").is_some());
        let is_restored = found == ("made-up-1".to_owned(), false);
        assert!(is_restored || found == ("made-up-2".to_owned(), true), "round {round}: {found:?}");
        for at in 0..40 {
            assert!(served.read(&root, &format!("many/{at}")).is_some(), "round {round}: {at}");
        }
        assert!(round > 0 || is_restored, "it was not disturbed");
        seen[usize::from(is_restored)] += 1;
    }
    assert!(seen[0] > 0 && seen[1] > 1, "every kill came too early or too late: {seen:?}");
}

const ROUNDS: u32 = 12;

fn ends(process: &mut Child) {
    let is_over = wait_until(Duration::from_secs(60), || process.try_wait().unwrap().is_some());
    if !is_over {
        process.kill().unwrap();
        process.wait().unwrap();
        panic!("the restore does not end");
    }
}
