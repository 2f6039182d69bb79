//! A file that is no whole lockbox: what is wrong, with which file, and what to do.

use std::fs;

use super::Owner;

/// What `lockbox serve` says to a file that it does not serve.
fn refusal(owner: &Owner, file: &str) -> String {
    let refused = owner.buildpass(&["lockbox", "serve", "--file", file, "--unseal-key-file", "key"]);
    assert_eq!((refused.code, refused.stdout.as_str()), (Some(2), ""), "{}", refused.stderr);
    refused.stderr
}

fn with_a_lockbox() -> (Owner, Vec<u8>) {
    let owner = Owner::new();
    owner.init();
    let bytes = fs::read(owner.path("box")).unwrap();
    (owner, bytes)
}

#[test]
fn a_file_that_was_cut_off_sends_its_owner_to_the_backup() {
    let (owner, bytes) = with_a_lockbox();
    for length in [bytes.len() - 1, bytes.len() / 2, 8192, 4096, 100, 9] {
        fs::write(owner.path("cut"), &bytes[..length]).unwrap();
        let said = refusal(&owner, "cut");
        assert!(said.starts_with("error: cut is damaged: "), "{length}: {said}");
        let hint = "\nhint: take the last backup: buildpass lockbox restore BACKUP --file NEW\n";
        assert!(said.ends_with(hint), "{length}: {said}");
        assert_eq!(
            fs::metadata(owner.path("cut")).unwrap().len(),
            length as u64,
            "nothing is repaired by guessing"
        );
    }
}

#[test]
fn a_file_without_its_first_bytes_is_no_lockbox() {
    let (owner, mut bytes) = with_a_lockbox();
    bytes[..9].fill(0);
    fs::write(owner.path("headless"), bytes).unwrap();
    insta::assert_snapshot!(refusal(&owner, "headless"), @"
    error: headless is not a lockbox that this version can read
    hint: name a file that `buildpass lockbox init` or `restore` has made, or a later buildpass
    ");
}

#[test]
fn an_empty_file_was_never_initialised() {
    let (owner, _) = with_a_lockbox();
    fs::write(owner.path("empty"), []).unwrap();
    insta::assert_snapshot!(refusal(&owner, "empty"), @"
    error: empty is empty: no lockbox was made in it
    hint: take the last backup, or remove it: buildpass lockbox init --file empty makes a new one
    ");
}

#[test]
fn what_the_system_does_not_open_is_named_with_what_it_said() {
    let (owner, _) = with_a_lockbox();
    fs::create_dir(owner.path("folder")).unwrap();
    insta::assert_snapshot!(refusal(&owner, "folder"), @"
    error: cannot open folder: I/O error: Is a directory (os error 21)
    hint: name a file that this user can read and write
    ");
}
