//! `lockbox init` makes a file that exactly what it printed opens, or makes nothing.

use std::{fs, os::unix::fs::PermissionsExt, process::Stdio};

use serde_json::{Value, json};

use super::Owner;

fn names(owner: &Owner) -> Vec<String> {
    let folder = fs::read_dir(owner.path("")).unwrap();
    let mut names: Vec<String> =
        folder.map(|each| each.unwrap().file_name().into_string().unwrap()).collect();
    names.sort();
    names
}

#[test]
fn it_prints_once_what_opens_it() {
    let owner = Owner::new();
    let made = owner.buildpass(&["lockbox", "init", "--file", "box", "--shares", "3", "--threshold", "2"]);
    let lines: Vec<&str> = made.stdout.lines().collect();
    assert_eq!((made.code, lines.len()), (Some(0), 5), "{}", made.stdout);
    insta::assert_snapshot!(made.stderr, @"lockbox box was made; 2 of its 3 keys open it: nobody can show them again");
    let after = |line: &str, label: &str| line.strip_prefix(label).unwrap().to_owned();
    let share = after(lines[0], "Unseal Key 1: ");
    let (third, root) = (after(lines[2], "Unseal Key 3: "), after(lines[4], "Initial Root Token: "));

    let served = owner.serve_with(&["--file", "box"]);
    served.must_say("it is sealed: `bao operator unseal");
    let progress = served.must("", "PUT", "sys/unseal", json!({"key": share}));
    assert_eq!((&progress["sealed"], &progress["t"], &progress["n"]), (&json!(true), &json!(2), &json!(3)));
    served.must("", "PUT", "sys/unseal", json!({"key": third}));
    served.must(&root, "GET", "auth/token/lookup-self", Value::Null);
    let bytes = fs::read(owner.path("box")).unwrap();
    assert!(!bytes.windows(root.len()).any(|window| window == root.as_bytes()));
}

#[test]
fn three_of_five_keys_open_it_where_nothing_else_is_said() {
    let keys = Owner::new().init_with(&[]);
    assert_eq!(keys.shares.len(), 5);
}

#[test]
fn the_key_and_the_token_in_files_are_for_their_owner_alone() {
    let owner = Owner::new();
    let made = owner.buildpass(&[
        "lockbox",
        "init",
        "--file",
        "box",
        "--unseal-key-file",
        "key",
        "--root-token-file",
        "token",
    ]);
    assert_eq!((made.code, made.stdout.as_str()), (Some(0), ""), "{}", made.stderr);
    for name in ["box", "key", "token"] {
        let mode = fs::metadata(owner.path(name)).unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o600, "{name}");
    }
    let token = fs::read_to_string(owner.path("token")).unwrap();
    owner.serve().must(token.trim(), "GET", "auth/token/lookup-self", Value::Null);
}

#[test]
fn with_a_key_file_the_root_token_is_all_that_is_printed() {
    let owner = Owner::new();
    let made = owner.buildpass(&["lockbox", "init", "--file", "box", "--unseal-key-file", "key"]);
    owner.serve().must(made.stdout.trim(), "GET", "auth/token/lookup-self", Value::Null);
}

#[test]
fn nothing_that_is_there_is_overwritten() {
    let owner = Owner::new();
    owner.init();
    let before = (fs::read(owner.path("box")).unwrap(), fs::read(owner.path("key")).unwrap());
    let again = owner.buildpass(&["lockbox", "init", "--file", "box"]);
    assert_eq!((again.code, again.stdout.as_str()), (Some(2), ""));
    insta::assert_snapshot!(again.stderr, @"
    error: box is there already
    hint: nothing is overwritten: name another file, or serve this one if it is a lockbox
    ");
    let with_key = owner.buildpass(&["lockbox", "init", "--file", "other", "--unseal-key-file", "key"]);
    assert_eq!((with_key.code, with_key.stdout.as_str()), (Some(2), ""));
    let with_token = owner.buildpass(&[
        "lockbox",
        "init",
        "--file",
        "other",
        "--unseal-key-file",
        "new",
        "--root-token-file",
        "key",
    ]);
    assert_eq!((with_token.code, with_token.stdout.as_str()), (Some(2), ""));
    assert_eq!(before, (fs::read(owner.path("box")).unwrap(), fs::read(owner.path("key")).unwrap()));
    assert_eq!(names(&owner), ["box", "key"]);
}

#[test]
fn keys_that_nobody_has_seen_make_no_lockbox() {
    let owner = Owner::new();
    let full = fs::OpenOptions::new().write(true).open("/dev/full").unwrap();
    let mut init = owner.command(&["lockbox", "init", "--file", "box", "--root-token-file", "token"]);
    let ended = init.stdout(full).stderr(Stdio::null()).status().unwrap();
    assert_eq!(ended.code(), Some(2));
    assert_eq!(names(&owner), [""; 0]);
}

#[test]
fn a_split_that_opens_for_nobody_is_refused() {
    let owner = Owner::new();
    for (shares, threshold) in [("3", "4"), ("3", "1"), ("0", "0"), ("300", "2")] {
        let refused = owner.buildpass(&[
            "lockbox",
            "init",
            "--file",
            "box",
            "--shares",
            shares,
            "--threshold",
            threshold,
        ]);
        assert_eq!(refused.code, Some(2), "{shares} {threshold}");
        assert!(refused.stderr.contains("the unseal key cannot be split like that"), "{}", refused.stderr);
    }
    assert_eq!(names(&owner), [""; 0]);
}
