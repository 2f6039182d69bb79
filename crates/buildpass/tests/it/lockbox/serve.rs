//! `lockbox serve` opens its file with a key, by shares, or for the first time.

use std::{
    fs::{self, Permissions},
    os::unix::fs::PermissionsExt,
    process::Stdio,
};

use serde_json::{Value, json};

use super::Owner;

#[test]
fn what_was_written_is_there_after_kill_9() {
    let owner = Owner::new();
    let root = owner.init().root_token;
    let served = owner.serve();
    served.fill(&root);
    served.kill();
    let served = owner.serve();
    assert_eq!(served.read(&root, "build-token").as_deref(), Some("made-up-1"));
    assert_eq!(served.end("TERM"), Some(0));
    assert_eq!(owner.serve().end("INT"), Some(0));
}

#[test]
fn the_bao_cli_initialises_and_opens_a_new_file() {
    let owner = Owner::new();
    let served = owner.serve_with(&["--file", "box"]);
    served.must_say("it is new: `bao operator init");
    let init = ["operator", "init", "-key-shares=3", "-key-threshold=2", "-format=json"];
    let Some(made) = owner.bao(&served.address, "", &init) else {
        return println!("skipped: it wants the program `bao`");
    };
    let made: Value = serde_json::from_str(&made.stdout).unwrap();
    let root = made["root_token"].as_str().unwrap();
    for key in 0..2 {
        let share = made["unseal_keys_b64"][key].as_str().unwrap();
        let unsealed = owner.bao(&served.address, "", &["operator", "unseal", share]).unwrap();
        assert_eq!(unsealed.code, Some(0), "{}", unsealed.stderr);
    }
    served.fill(root);
    served.kill();
    let sealed = owner.serve_with(&["--file", "box"]);
    sealed.must_say("it is sealed: `bao operator unseal");
    assert_eq!(sealed.ask(root, "GET", "ci/data/build-token", Value::Null).0, 503);
    for key in [2, 0] {
        sealed.must("", "PUT", "sys/unseal", json!({"key": made["unseal_keys_b64"][key]}));
    }
    assert_eq!(sealed.read(root, "build-token").as_deref(), Some("made-up-1"));
}

#[test]
fn a_key_that_others_can_read_is_refused() {
    let owner = Owner::new();
    owner.init();
    for mode in [0o640, 0o604, 0o620] {
        fs::set_permissions(owner.path("key"), Permissions::from_mode(mode)).unwrap();
        let refused = owner.buildpass(&["lockbox", "serve", "--file", "box", "--unseal-key-file", "key"]);
        assert_eq!(refused.code, Some(2));
        assert_eq!(
            refused.stderr,
            format!(
                "error: the unseal key file key can be read by others: its mode is {mode:04o}\n\
                 hint: chmod 600 key, and think about who has read it\n"
            )
        );
    }
}

#[test]
fn a_file_that_cannot_be_served_is_named_with_what_to_do() {
    let owner = Owner::new();
    owner.init();
    let serve = |file, key| {
        let mut serve = owner.command(&["lockbox", "serve", "--file", file, "--unseal-key-file", key]);
        let ended = serve.stdin(Stdio::null()).output().unwrap();
        assert_eq!(ended.status.code(), Some(2));
        String::from_utf8(ended.stderr).unwrap()
    };
    let other = Owner::new();
    other.init();
    fs::copy(other.path("key"), owner.path("other-key")).unwrap();
    insta::assert_snapshot!(serve("box", "other-key"), @"
    error: this unseal key does not open box
      caused by: unable to retrieve stored keys: invalid key: failed to decrypt keys from storage: cipher: message authentication failed
    hint: each lockbox has a key of its own: name this one's
    ");
    insta::assert_snapshot!(serve("nothing", "key"), @"
    error: there is no lockbox at nothing
    hint: make it: buildpass lockbox init --file nothing --unseal-key-file NEW
    ");
    assert!(!owner.path("nothing").exists());
    insta::assert_snapshot!(serve("key", "key"), @"
    error: key is not a lockbox that this version can read
    hint: name a file that `buildpass lockbox init` or `restore` has made, or a later buildpass
    ");
    insta::assert_snapshot!(serve("box", "box"), @"
    error: the unseal key file box cannot be read: stream did not contain valid UTF-8
    hint: name the file that `buildpass lockbox init --unseal-key-file` wrote
    ");
    insta::assert_snapshot!(serve("box", "nothing"), @"
    error: the unseal key file nothing cannot be read: No such file or directory (os error 2)
    hint: name the file that `buildpass lockbox init --unseal-key-file` wrote
    ");
    let _served = owner.serve();
    insta::assert_snapshot!(serve("box", "key"), @"
    error: box is in use by another process
    hint: end the process that serves it, or use that one
    ");
}

#[test]
fn it_is_said_where_everything_is_kept() {
    let owner = Owner::new();
    for arguments in [&["lockbox", "serve"][..], &["lockbox", "serve", "--dev", "--file", "box"]] {
        assert_eq!(owner.buildpass(arguments).code, Some(2));
    }
    assert!(!owner.path("box").exists());
}
