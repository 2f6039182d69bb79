//! Somebody's work in a checkout is not lost, and what was asked for otherwise is made anew.

use std::fs;

use serde_json::json;

use super::{Deployment, SHELL, fetch, fetching, git, git_output, read};
use crate::harness::{Buildpass, Vault};

/// The private project with a submodule of the same group, and a job that fetches it.
fn with_submodule(deployment: &Deployment, vault: &Vault, flags: &[&str]) -> Buildpass {
    let sandbox = &deployment.group.sandbox;
    let inner = sandbox.commit("gitlab-org/security/omnibus-gitlab", json!({"inner": "inner\n"}));
    let modules = "[submodule \"inner\"]\n\tpath = inner\n\turl = ../omnibus-gitlab.git\n";
    let wanted = json!({
        "project": SHELL, "branch": "main", "files": {".gitmodules": modules}, "submodules": {"inner": inner},
    });
    sandbox.admin("POST", "/-/sandbox/commits", &wanted);
    let job = deployment.job(vault);
    let realm = deployment.group.realm();
    let config = read(&job, "buildpass.toml")
        + &format!("[[git]]\nrealm = \"{realm}\"\npassword = \"SECURITY_PRIVATE_TOKEN\"\n");
    fetching(job.file("buildpass.toml", &config), flags)
}

/// Real git, as the person who works there calls it.
fn work(job: &Buildpass, folder: &str, commands: &[&[&str]]) {
    for command in commands {
        let me =
            ["-c", "user.name=me", "-c", "user.email=me@example.com", "-c", "protocol.file.allow=always"];
        git(job, folder, &[&me[..], command].concat());
    }
}

const COMMIT: &[&str] = &["commit", "-q", "--allow-empty", "-m", "my own work"];

/// Fetches again, where another commit is wanted: nothing is done, and the place of the work is said.
fn is_kept(job: &mut Buildpass, what: &str, said: &str) {
    let refused = fetch(job);
    assert_eq!(refused.code, Some(2), "{what}: {}", refused.stderr);
    let expected = format!("has changes, which would be lost: {said}");
    assert!(refused.stderr.contains(&expected), "{what}: {}", refused.stderr);
}

#[test]
fn commits_branches_tags_stashes_and_working_trees_are_kept() {
    let vault = Vault::lockbox();
    let deployment = Deployment::start(&vault);
    type Work<'a> = (&'a str, &'a str, &'a [&'a [&'a str]]);
    let works: [Work<'_>; 6] = [
        ("a commit", "it is at another commit", &[COMMIT]),
        (
            "a branch",
            "its branches or tags are others",
            &[&["checkout", "-q", "-b", "mine"], COMMIT, &["checkout", "-q", "--detach", "HEAD~1"]],
        ),
        (
            "another branch at the same commit",
            "it is at another commit",
            &[&["checkout", "-q", "-b", "mine"]],
        ),
        (
            "a tag",
            "its branches or tags are others",
            &[COMMIT, &["tag", "mine"], &["checkout", "-q", "--detach", "HEAD~1"]],
        ),
        ("a stash", "there is a stash", &[&["stash", "push", "-q", "--include-untracked"]]),
        (
            "a working tree",
            "it has a second working tree",
            &[&["worktree", "add", "-q", "--detach", "../../elsewhere"]],
        ),
    ];
    for (what, said, commands) in works {
        let mut job = fetching(deployment.job(&vault), &["shell"]);
        assert_eq!(fetch(&mut job).code, Some(0));
        fs::write(job.project().join("src/shell/new"), "my own work\n").unwrap();
        if what != "a stash" {
            fs::remove_file(job.project().join("src/shell/new")).unwrap();
        }
        work(&job, "src/shell", commands);
        assert_eq!(git(&job, "src/shell", &["status", "--porcelain"]), "", "{what}");
        let before = git(&job, "src/shell", &["for-each-ref"]);
        let head = git(&job, "src/shell", &["rev-parse", "HEAD"]);
        is_kept(&mut job, what, said);
        deployment.commit(&format!("after {what}\n"));
        is_kept(&mut job, what, said);
        assert_eq!(git(&job, "src/shell", &["rev-parse", "HEAD"]), head, "{what}");
        assert_eq!(git(&job, "src/shell", &["for-each-ref"]), before, "{what}");
        // Packed, it is the same work.
        git(&job, "src/shell", &["pack-refs", "--all"]);
        is_kept(&mut job, what, said);
    }
}

#[test]
fn work_within_a_submodule_is_kept() {
    let vault = Vault::lockbox();
    let deployment = Deployment::start(&vault);
    let mut job = with_submodule(&deployment, &vault, &["shell", "--submodules"]);
    type Work<'a> = (&'a str, &'a str, &'a dyn Fn(&Buildpass));
    let works: [Work<'_>; 5] = [
        ("an edit", "inner: M inner", &|job| {
            fs::write(job.project().join("src/shell/inner/inner"), "my own work\n").unwrap();
        }),
        ("a new file", "inner: ?? new", &|job| {
            fs::write(job.project().join("src/shell/inner/new"), "my own work\n").unwrap();
        }),
        ("a commit", "inner: it is at another commit", &|job| work(job, "src/shell/inner", &[COMMIT])),
        ("a branch", "inner: its branches or tags are others", &|job| {
            work(job, "src/shell/inner", &[&["branch", "mine"]]);
        }),
        ("a repository in its place", "inner: its .git is another", &|job| {
            let inner = job.project().join("src/shell/inner");
            fs::remove_file(inner.join(".git")).unwrap();
            work(job, "src/shell/inner", &[&["init", "-q"], &["add", "."], COMMIT]);
        }),
    ];
    for (what, said, change) in works {
        let _ = fs::remove_dir_all(job.project().join("src"));
        let fetched = fetch(&mut job);
        assert_eq!(fetched.code, Some(0), "{what}: {}", fetched.stderr);
        let there = fetch(&mut job);
        assert!(there.stderr.contains(": 1 there already"), "{what}: {}", there.stderr);
        change(&job);
        let before = git(&job, "src/shell/inner", &["status", "--porcelain", "--branch"]);
        is_kept(&mut job, what, said);
        deployment.commit(&format!("after {what}\n"));
        is_kept(&mut job, what, said);
        assert_eq!(git(&job, "src/shell/inner", &["status", "--porcelain", "--branch"]), before, "{what}");
    }
}

#[test]
fn a_submodule_that_somebody_cloned_is_kept() {
    let vault = Vault::lockbox();
    let deployment = Deployment::start(&vault);
    let mut job = with_submodule(&deployment, &vault, &["shell"]);
    assert_eq!(fetch(&mut job).code, Some(0));
    assert!(fetch(&mut job).stderr.contains(": 1 there already"));
    let elsewhere = job.project().join("elsewhere");
    fs::create_dir(&elsewhere).unwrap();
    work(&job, "elsewhere", &[&["init", "-q"], COMMIT]);
    git(&job, "src/shell", &["clone", "-q", elsewhere.to_str().unwrap(), "inner"]);
    is_kept(&mut job, "a clone", "inner: a submodule");
    assert!(job.project().join("src/shell/inner/.git").exists());
}

#[test]
fn where_git_cannot_tell_nothing_is_touched_and_that_is_said() {
    let vault = Vault::lockbox();
    let deployment = Deployment::start(&vault);
    let mut job = fetching(deployment.job(&vault), &["shell"]);
    assert_eq!(fetch(&mut job).code, Some(0));
    fs::write(job.project().join("src/shell/.git/index"), "no index").unwrap();
    deployment.commit("new\n");
    let refused = fetch(&mut job);
    assert_eq!(refused.code, Some(2), "{}", refused.stderr);
    assert!(refused.stderr.contains("src/shell` has changes cannot be told"), "{}", refused.stderr);
    assert!(refused.stderr.contains("caused by: ") && refused.stderr.contains("index"), "{}", refused.stderr);
    assert!(!refused.stderr.contains("was not made by buildpass"), "{}", refused.stderr);
    assert_eq!(read(&job, "src/shell/README.md"), "a private repository\n");
}

#[test]
fn what_was_asked_for_otherwise_is_made_anew() {
    let vault = Vault::lockbox();
    let deployment = Deployment::start(&vault);
    deployment.commit("two\n");
    deployment.commit("three\n");
    let mut job = with_submodule(&deployment, &vault, &["shell"]);
    let again = |job: Buildpass, flags: &[&str]| {
        // The job of the same project, with other flags.
        let mut command = job.other_program(env!("CARGO_BIN_EXE_buildpass"));
        let output =
            command.args(["sources", "fetch", "--into", "src", "shell"]).args(flags).output().unwrap();
        assert_eq!(output.status.code(), Some(0), "{}", String::from_utf8_lossy(&output.stderr));
        (job, String::from_utf8_lossy(&output.stderr).into_owned())
    };
    let history = |job: &Buildpass| git(job, "src/shell", &["rev-list", "--count", "HEAD"]);
    let missing = |job: &Buildpass| {
        git(job, "src/shell", &["rev-list", "--objects", "--missing=print", "HEAD"]).contains("\n?")
    };
    assert_eq!(fetch(&mut job).code, Some(0));
    let (job, _) = again(job, &["--depth", "1"]);
    assert_eq!(history(&job), "1");
    let (job, said) = again(job, &["--depth", "1"]);
    assert!(said.contains(": 1 there already"), "{said}");
    let (job, _) = again(job, &["--depth", "2"]);
    assert_eq!(history(&job), "2");
    let (job, _) = again(job, &[]);
    assert_eq!((history(&job).as_str(), missing(&job)), ("4", false));
    let (job, _) = again(job, &["--without-blobs"]);
    assert!(missing(&job));
    let (job, said) = again(job, &["--without-blobs"]);
    assert!(said.contains(": 1 there already"), "{said}");
    let (job, _) = again(job, &[]);
    assert!(!missing(&job));
    assert!(!git_output(&job, "src/shell/inner", &["cat-file", "-e", "HEAD:inner"]).status.success());
    let (job, _) = again(job, &["--submodules"]);
    assert_eq!(read(&job, "src/shell/inner/inner"), "inner\n");
    let (job, said) = again(job, &["--submodules"]);
    assert!(said.contains(": 1 there already"), "{said}");
    let (job, _) = again(job, &[]);
    assert!(!job.project().join("src/shell/inner/inner").exists());
}
