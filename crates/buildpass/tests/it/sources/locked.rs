//! `sources.lock`: the same commits again, or none.

use super::{Deployment, fetch, fetching, git, read};
use crate::harness::{REPOSITORY, Vault};

#[test]
fn the_lock_has_what_was_fetched_and_a_moved_branch_is_refused() {
    let vault = Vault::lockbox();
    let deployment = Deployment::start(&vault);
    let one = deployment.commit("one\n");
    let mut job = fetching(deployment.job(&vault), &["--update-lock"]);
    assert_eq!(fetch(&mut job).code, Some(0));
    let lock = read(&job, "sources.lock");
    let entry = format!(
        "[[source]]\nname = \"shell\"\nurl = \"{}/{REPOSITORY}\"\ncommit = \"{one}\"\n",
        deployment.url
    );
    assert!(lock.contains(&entry) && lock.contains("name = \"tool\""), "{lock}");

    let locked = || fetching(deployment.job(&vault), &["--locked"]).file("sources.lock", &lock);
    let mut job = locked();
    let fetched = fetch(&mut job);
    assert_eq!(fetched.code, Some(0), "{}", fetched.stderr);
    assert_eq!(git(&job, "src/shell", &["rev-parse", "HEAD"]), one);

    let two = deployment.commit("two\n");
    let mut job = locked();
    let moved = fetch(&mut job);
    assert_eq!(moved.code, Some(3), "{}", moved.stderr);
    let said = format!("shell: `the default branch` names {two} now, and sources.lock says {one}");
    assert!(moved.stderr.contains(&said), "{}", moved.stderr);
    assert!(!job.project().join("src/shell").exists());
    assert!(job.project().join("src/tool").exists(), "the others are there");
    assert_eq!(read(&job, "sources.lock"), lock);
}

#[test]
fn a_source_that_the_lock_does_not_have_or_has_from_elsewhere_is_refused() {
    let vault = Vault::lockbox();
    let deployment = Deployment::start(&vault);
    let commit = "0123456789abcdef0123456789abcdef01234567";
    for (lock, said) in [
        (String::new(), "`shell` is not in sources.lock"),
        (
            format!(
                "[[source]]\nname = \"shell\"\nurl = \"https://elsewhere.example/x.git\"\ncommit = \"{commit}\"\n"
            ),
            "sources.lock has `shell` from https://elsewhere.example/x.git at its default branch",
        ),
        ("[[source]]\nname = 7\n".to_owned(), "sources.lock: invalid type"),
    ] {
        let mut job = fetching(deployment.job(&vault), &["--locked", "shell"]).file("sources.lock", &lock);
        let refused = fetch(&mut job);
        assert_eq!(refused.code, Some(2), "{}", refused.stderr);
        assert!(
            refused.stderr.contains(said) && refused.stderr.contains("--update-lock"),
            "{}",
            refused.stderr
        );
    }
}

#[test]
fn where_a_source_failed_the_lock_stays_as_it_is() {
    let vault = Vault::lockbox();
    let deployment = Deployment::start(&vault)
        .listing("shell:\n  security: GITLAB/gitlab-org/security/gitlab-shell.git\nnone:\n  security: GITLAB/gitlab-org/security/none.git\n");
    let mut job = fetching(deployment.job(&vault), &["--update-lock"]).file("sources.lock", "# mine\n");
    let failed = fetch(&mut job);
    assert_eq!(failed.code, Some(3), "{}", failed.stderr);
    assert_eq!(read(&job, "sources.lock"), "# mine\n");
    assert!(failed.stderr.contains("sources.lock stays as it is"), "{}", failed.stderr);
}

#[test]
fn a_lock_that_is_none_is_written_anew_where_all_are_fetched() {
    let vault = Vault::lockbox();
    let deployment = Deployment::start(&vault);
    let mut job =
        fetching(deployment.job(&vault), &["--update-lock", "shell"]).file("sources.lock", "source = 7\n");
    let refused = fetch(&mut job);
    assert_eq!(refused.code, Some(2), "{}", refused.stderr);
    assert!(refused.stderr.contains("sources.lock: invalid type"), "{}", refused.stderr);
    assert!(
        refused.stderr.contains("hint: `buildpass sources fetch --update-lock` without a name"),
        "{}",
        refused.stderr
    );
    assert!(!job.project().join("src").exists(), "nothing is fetched in vain");

    let mut job = fetching(deployment.job(&vault), &["--update-lock"]).file("sources.lock", "source = 7\n");
    let fetched = fetch(&mut job);
    assert_eq!(fetched.code, Some(0), "{}", fetched.stderr);
    assert_eq!(read(&job, "sources.lock").matches("[[source]]").count(), 2);
}
