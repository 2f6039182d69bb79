//! What cannot be fetched is explained, and does not stop the others.

use std::{
    fs,
    os::unix::fs::PermissionsExt,
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    time::Duration,
};

use serde_json::{Value, json};

use super::{Deployment, SHELL, fetch, fetching, git, large, read};
use crate::harness::{
    BUILD_TOKEN_PATH, Buildpass, Fate, Proxy, REPOSITORY, Scripted, State, Vault, on_every_vault, reply,
    wait_until,
};

on_every_vault! {
    fn a_dead_token_is_explained_and_the_others_are_fetched(vault) {
        let deployment = Deployment::start(vault);
        vault.write_secret(BUILD_TOKEN_PATH, json!({"token": "glpat-made-up-and-revoked"}));
        let mut job = fetching(deployment.job(vault), &[]);
        deployment.asked();
        let failed = fetch(&mut job);
        assert_eq!(failed.code, Some(3), "{}", failed.stderr);
        assert_eq!(deployment.shown_a_credential(REPOSITORY), 1, "it was refused once, and is not shown again");
        let said = format!("error: shell: {}/{REPOSITORY}: the server refuses SECURITY_PRIVATE_TOKEN", deployment.url);
        assert!(failed.stderr.contains(&said), "{}", failed.stderr);
        assert!(failed.stderr.contains("caused by: remote: HTTP Basic: Access denied"), "{}", failed.stderr);
        assert!(failed.stderr.contains("hint: has it expired or been revoked?"), "{}", failed.stderr);
        assert!(failed.stderr.contains("1 received") && failed.stderr.contains("1 FAILED"), "{}", failed.stderr);
        assert_eq!(read(&job, "src/tool/README.md"), "a public repository\n");
        assert!(!failed.stderr.contains("made-up-and-revoked"));
        assert_eq!(vault.sessions(), 0);
    }
}

#[test]
fn each_refusal_is_explained_by_its_cause() {
    let vault = Vault::lockbox();
    let mut deployment = Deployment::start(&vault);
    for (list, code, said) in [
        (
            "x:\n  security: GITLAB/gitlab-org/security/none.git\n",
            3,
            "there is no such repository, or not for SECURITY_PRIVATE_TOKEN",
        ),
        (
            "x:\n  security: GITLAB/elsewhere/private.git\n",
            3,
            "there is no such repository, or not for SECURITY_PRIVATE_TOKEN",
        ),
        (
            "x:\n  alternative: GITLAB/elsewhere/private.git\n",
            3,
            "the server wants a credential, and there is none for this URL",
        ),
        (
            "x:\n  security: GITLAB/gitlab-org/security/omnibus-gitlab.git\n",
            2,
            "the project has no repository yet",
        ),
        ("x:\n  remote: GITLAB/public/tool.git\n", 2, "it has no URL on this channel"),
        ("x:\n  alternative: http://127.0.0.1:1/g/x.git\n", 4, "nobody answers, or the answer broke off"),
        ("x:\n  alternative: http://nobody.invalid/g/x.git\n", 4, "nobody answers, or the answer broke off"),
        (
            "x:\n  alternative: ext::sh -c touch\n",
            2,
            ".custom_sources.yml:2: `ext::sh -c touch` is no URL of a repository: it is neither",
        ),
        (
            "../x:\n  alternative: GITLAB/public/tool.git\n",
            2,
            "the source `../x` cannot have a folder of its name",
        ),
    ] {
        deployment = deployment.listing(list);
        let mut job = fetching(deployment.job(&vault), &["--stall-timeout", "5s"]);
        let failed = fetch(&mut job);
        assert_eq!(failed.code, Some(code), "{list}: {}", failed.stderr);
        assert!(
            failed.stderr.contains(said) && failed.stderr.contains("hint: "),
            "{list}: {}",
            failed.stderr
        );
        assert!(!job.project().join("src/x").exists());
    }
}

#[test]
fn a_ref_that_is_not_there_is_said_by_its_name() {
    let vault = Vault::lockbox();
    let deployment = Deployment::start(&vault);
    let mut job = fetching(deployment.job(&vault).env("GITLAB_SHELL_VERSION", "1.2.3"), &[]);
    job = job.file(
        ".custom_sources.yml",
        &deployment.list.replace("GITLAB", &deployment.url).replace("shell:", "gitlab-shell:"),
    );
    let failed = fetch(&mut job);
    assert_eq!(failed.code, Some(2), "{}", failed.stderr);
    assert!(failed.stderr.contains("`v1.2.3` is neither a tag nor a branch there"), "{}", failed.stderr);
    assert!(read(&job, "src/tool/README.md").contains("public"));
}

#[test]
fn a_name_that_nobody_knows_is_refused_with_the_nearest() {
    let vault = Vault::lockbox();
    let deployment = Deployment::start(&vault);
    let failed = fetch(&mut fetching(deployment.job(&vault), &["shel"]));
    assert_eq!(failed.code, Some(2), "{}", failed.stderr);
    assert!(
        failed.stderr.contains("no source is named `shel`")
            && failed.stderr.contains("did you mean `shell`?"),
        "{}",
        failed.stderr
    );
}

#[test]
fn a_project_that_its_member_may_not_read_is_said_so() {
    let vault = Vault::lockbox();
    let deployment = Deployment::start(&vault);
    let guest = deployment.group.token_with("read_repository", 10);
    vault.write_secret(BUILD_TOKEN_PATH, json!({"token": guest}));
    let failed = fetch(&mut fetching(deployment.job(&vault), &["shell"]));
    assert_eq!(failed.code, Some(3), "{}", failed.stderr);
    assert!(
        failed.stderr.contains("SECURITY_PRIVATE_TOKEN may not read this repository"),
        "{}",
        failed.stderr
    );
    assert!(
        failed.stderr.contains("You are not allowed to download code from this project"),
        "{}",
        failed.stderr
    );
}

#[test]
fn a_redirect_is_not_followed() {
    let vault = Vault::lockbox();
    let deployment = Deployment::start(&vault);
    let to = format!("{}/public/tool.git", deployment.url);
    deployment.group.sandbox.admin("POST", "/-/sandbox/redirects", &json!({"from": REPOSITORY, "to": to}));
    let failed = fetch(&mut fetching(deployment.job(&vault), &["shell"]));
    assert_eq!(failed.code, Some(3), "{}", failed.stderr);
    assert!(failed.stderr.contains("the server sends elsewhere, which is not followed"), "{}", failed.stderr);
    assert!(deployment.asked().iter().all(|path| !path.starts_with("/public/")));
}

#[test]
fn what_fails_for_a_moment_is_tried_again_and_a_refusal_is_not() {
    let vault = Vault::lockbox();
    let deployment = Deployment::start(&vault);
    let lost = Arc::new(AtomicUsize::new(0));
    let count = Arc::clone(&lost);
    let proxy = Proxy::start(&deployment.url, move |line| {
        let fetches = line.contains("git-upload-pack");
        if fetches && count.fetch_add(1, Ordering::SeqCst) < 3 { Fate::Lose } else { Fate::Pass }
    });
    let deployment = deployment.behind(&proxy.address);
    let mut job = fetching(deployment.job(&vault), &["shell"]);
    let fetched = fetch(&mut job);
    assert_eq!(fetched.code, Some(0), "{}", fetched.stderr);
    assert!(
        fetched.stderr.contains("shell  once more: nobody answers, or the answer broke off"),
        "{}",
        fetched.stderr
    );
    assert!(lost.load(Ordering::SeqCst) > 3);

    deployment.group.sandbox.admin("DELETE", "/-/sandbox/requests", &Value::Null);
    vault.write_secret(BUILD_TOKEN_PATH, json!({"token": "glpat-made-up-and-revoked"}));
    let failed = fetch(&mut fetching(deployment.job(&vault), &["shell"]));
    assert_eq!(failed.code, Some(3), "{}", failed.stderr);
    assert!(!failed.stderr.contains("once more"), "{}", failed.stderr);
}

#[test]
fn a_server_that_stalls_is_given_up() {
    let vault = Vault::lockbox();
    let deployment = Deployment::start(&vault);
    let proxy = Proxy::start(&deployment.url, |_| Fate::Pass);
    proxy.turn(State::Silent);
    let deployment = deployment.behind(&proxy.address);
    let mut job = fetching(deployment.job(&vault), &["shell", "--stall-timeout", "400ms"]);
    let failed = fetch(&mut job);
    assert_eq!(failed.code, Some(4), "{}", failed.stderr);
    assert!(
        failed.stderr.contains("nothing came for 0.4 s") && failed.stderr.contains("--stall-timeout"),
        "{}",
        failed.stderr
    );
    assert!(!failed.stderr.contains("once more"), "{}", failed.stderr);
    assert_eq!(vault.sessions(), 0);
}

#[test]
fn a_server_that_stalls_within_a_pack_is_given_up_and_what_came_does_no_harm() {
    let vault = Vault::lockbox();
    let deployment = Deployment::start(&vault);
    large(&deployment);
    let proxy =
        Proxy::start(&deployment.url, |line| if line.starts_with("POST") { Fate::Slow } else { Fate::Pass });
    let deployment = deployment.behind(&proxy.address);
    let mut job = fetching(deployment.job(&vault), &["shell", "--stall-timeout", "1s", "--cache", "cache"]);
    let process = job.spawn();
    assert!(wait_until(Duration::from_secs(20), || proxy.answered().len() > 512 * 1024));
    proxy.turn(State::Silent);
    let output = process.wait_with_output().unwrap();
    let said = String::from_utf8_lossy(&output.stderr);
    assert_eq!(output.status.code(), Some(4), "{said}");
    assert!(said.contains("nothing came for 1 s") && !said.contains("once more"), "{said}");
    assert!(fs::read_dir(job.project().join("src")).unwrap().next().is_none());
    assert_eq!(vault.sessions(), 0);

    proxy.turn(State::Whole);
    let again = fetch(&mut job);
    assert_eq!(again.code, Some(0), "{}", again.stderr);
    assert_eq!(git(&job, "src/shell", &["fsck", "--strict", "--full"]), "");
}

#[test]
fn without_a_git_that_can_be_used_nothing_is_begun() {
    let vault = Vault::lockbox();
    let deployment = Deployment::start(&vault);
    let folder = tempfile::tempdir().unwrap();
    let job = || deployment.job_without_vault().env("PATH", folder.path().to_str().unwrap());
    let absent = fetch(&mut fetching(job(), &["tool"]));
    assert_eq!(absent.code, Some(2), "{}", absent.stderr);
    assert!(
        absent.stderr.contains("git cannot be started") && absent.stderr.contains("hint: install git"),
        "{}",
        absent.stderr
    );
    let git = folder.path().join("git");
    fs::write(&git, "#!/bin/sh\necho git version 2.30.9\n").unwrap();
    fs::set_permissions(&git, fs::Permissions::from_mode(0o755)).unwrap();
    let old = fetch(&mut fetching(job(), &["tool"]));
    assert_eq!(old.code, Some(2), "{}", old.stderr);
    assert!(
        old.stderr.contains("git 2.30.9 is too old") && old.stderr.contains("git 2.31 or newer"),
        "{}",
        old.stderr
    );
}

#[test]
fn a_full_disk_is_said_and_leaves_nothing_half_done() {
    let vault = Vault::lockbox();
    let deployment = Deployment::start(&vault);
    large(&deployment);
    let job = fetching(deployment.job(&vault), &["shell"]);
    // A file system of its own that is too small; where the kernel gives none, there is nothing to see.
    let script = "mkdir src && mount -t tmpfs -o size=300k none src && { \"$0\" \"$@\"; code=$?; find src -mindepth 1; exit $code; }";
    let output = job.inside(&["unshare", "--mount", "sh", "-c", script]).output().unwrap();
    let said = String::from_utf8_lossy(&output.stderr);
    if said.contains("unshare:") || said.contains("mount:") {
        println!("skipped: no file system of its own can be mounted here");
        return;
    }
    assert_eq!(output.status.code(), Some(2), "{said}");
    assert_eq!(String::from_utf8_lossy(&output.stdout), "", "nothing stays");
    assert!(said.contains("the disk is full") || said.contains("No space left on device"), "{said}");
}

#[test]
fn a_list_of_a_stranger_sends_no_token_to_another_server() {
    let vault = Vault::lockbox();
    let deployment = Deployment::start(&vault);
    let other = crate::harness::SecurityGroup::start();
    let list = format!("x:\n  security: {}/{REPOSITORY}\n", other.sandbox.url);
    let deployment = deployment.listing(&list);
    let failed = fetch(&mut fetching(deployment.job(&vault), &[]));
    assert_eq!(failed.code, Some(3), "{}", failed.stderr);
    assert!(failed.stderr.contains("`x` is fetched without SECURITY_PRIVATE_TOKEN"), "{}", failed.stderr);
    assert!(other.sandbox.requests_seen() > 0);
    assert_eq!(other.sandbox.credentials_seen(), Vec::<String>::new());

    let realm = format!("{}/gitlab-org/", other.sandbox.url);
    let mut allowed = fetching(deployment.job(&vault), &["--realm", &realm]);
    let _ = fetch(&mut allowed);
    assert!(!other.sandbox.credentials_seen().is_empty(), "the user may allow it");
}

/// What was not handed over is not what a server refuses.
#[test]
fn a_credential_that_was_not_handed_over_is_not_to_blame() {
    let vault = Vault::lockbox();
    let deployment = Deployment::start(&vault);
    let other = crate::harness::SecurityGroup::start();
    let realm = |path: &str| {
        format!("[[git]]\nrealm = \"{}/{path}/\"\npassword = \"SECURITY_PRIVATE_TOKEN\"\n", deployment.url)
    };
    let elsewhere = format!("{}/{REPOSITORY}", other.sandbox.url);
    let here = format!("{}/{REPOSITORY}", deployment.url);
    let wants = "the server wants a credential, and there is none for this URL";
    for (url, config, because, code, said) in [
        (&elsewhere, String::new(), "a realm that the repository's", 3, wants),
        (
            &here,
            realm("gitlab-org/other"),
            "it lies outside of the realms that `[[git]]` names for it",
            3,
            wants,
        ),
        (
            &"http://nobody.invalid/g/x.git".to_owned(),
            String::new(),
            "it would cross plain http to another machine",
            4,
            "nobody answers",
        ),
    ] {
        let job = deployment.job(&vault).file(".custom_sources.yml", &format!("x:\n  security: {url}\n"));
        let config = read(&job, "buildpass.toml") + &config;
        let job = job.file("buildpass.toml", &config);
        let failed = fetch(&mut fetching(job, &[]));
        assert_eq!(failed.code, Some(code), "{}", failed.stderr);
        let without = "`x` is fetched without SECURITY_PRIVATE_TOKEN: ";
        assert!(failed.stderr.contains(without) && failed.stderr.contains(because), "{}", failed.stderr);
        assert!(failed.stderr.contains(said) && !failed.stderr.contains("refuses"), "{}", failed.stderr);
        assert_eq!(vault.sessions(), 0);
    }
    assert_eq!(other.sandbox.credentials_seen(), Vec::<String>::new());
}

#[test]
fn within_a_run_that_does_not_have_it_the_credential_is_said_to_be_missing() {
    let vault = Vault::lockbox();
    let deployment = Deployment::start(&vault);
    let fetch_within = [
        "run",
        "--",
        "sh",
        "-c",
        "GITLAB_CI=true SECURITY_PRIVATE_TOKEN=buildpass-placeholder exec \"$0\" sources fetch --into src shell",
        env!("CARGO_BIN_EXE_buildpass"),
    ];
    let realm = format!("realm={}/elsewhere/,password=SECURITY_PRIVATE_TOKEN", deployment.url);
    let mut job = deployment.job(&vault).args(["--git", &realm]).args(fetch_within);
    let failed = fetch(&mut job);
    assert_eq!(failed.code, Some(3), "{}", failed.stderr);
    let said = "the server wants a credential, and SECURITY_PRIVATE_TOKEN was not given for this URL";
    assert!(failed.stderr.contains(said), "{}", failed.stderr);
}

#[test]
fn a_submodule_that_is_refused_is_not_taken_for_its_repository() {
    let vault = Vault::lockbox();
    let deployment = Deployment::start(&vault);
    let other = crate::harness::SecurityGroup::start();
    let modules = format!("[submodule \"x\"]\n\tpath = x\n\turl = {}/{REPOSITORY}\n", other.sandbox.url);
    let wanted = json!({
        "project": SHELL, "branch": "main", "files": {".gitmodules": modules},
        "submodules": {"x": "0123456789012345678901234567890123456789"},
    });
    deployment.group.sandbox.admin("POST", "/-/sandbox/commits", &wanted);
    let failed = fetch(&mut fetching(deployment.job(&vault), &["shell", "--submodules"]));
    assert_eq!(failed.code, Some(3), "{}", failed.stderr);
    let said = format!(
        "a submodule of {}/{REPOSITORY}: the server wants a credential, and there is none for this URL",
        deployment.url
    );
    assert!(failed.stderr.contains(&said), "{}", failed.stderr);
}

#[test]
fn what_a_server_rejects_is_not_tried_again() {
    for status in [400, 410, 418, 422] {
        let server = Scripted::start(move |_, _| reply(status, "", "{}"));
        let list = format!("x:\n  alternative: {}/g/x.git\n", server.address);
        let mut job = Buildpass::new().file(".custom_sources.yml", &list);
        job = fetching(job, &["--cache", "cache"]);
        let failed = fetch(&mut job);
        assert_eq!(failed.code, Some(3), "{}", failed.stderr);
        assert!(failed.stderr.contains("the server rejects the request"), "{}", failed.stderr);
        assert!(!failed.stderr.contains("once more"), "{}", failed.stderr);
    }
}

#[test]
fn what_takes_no_token_is_said_by_its_name() {
    for (url, said) in [
        ("git@gitlab.invalid:g/x.git", "over ssh, which takes keys"),
        ("ssh://git@gitlab.invalid/g/x.git", "over ssh, which takes keys"),
        ("git://gitlab.invalid/g/x.git", "over git://, which takes no credential"),
        ("file:///nowhere/x.git", "from this machine, which takes no credential"),
        ("/nowhere/x.git", "from this machine, which takes no credential"),
    ] {
        let mut job = Buildpass::new()
            .file(".custom_sources.yml", &format!("x:\n  security: {url}\n"))
            .env("SECURITY_SOURCES", "true")
            .env("SECURITY_PRIVATE_TOKEN", "glpat-made-up")
            .args(["sources", "list"]);
        let listed = fetch(&mut job);
        let expected = format!(".custom_sources.yml:2: `x` is fetched {said} and not SECURITY_PRIVATE_TOKEN");
        assert!(listed.stderr.contains(&expected), "{}", listed.stderr);
    }
}

/// A URL that can be no realm of its own gets no credential, and stops nobody else.
#[test]
fn a_url_with_an_escape_stops_no_other() {
    let vault = Vault::lockbox();
    let deployment = Deployment::start(&vault).listing(
        "odd:\n  security: GITLAB/gitlab-org/security/a%20b.git\n\
         shell:\n  security: GITLAB/gitlab-org/security/gitlab-shell.git\n",
    );
    let mut job = fetching(deployment.job(&vault), &[]);
    let failed = fetch(&mut job);
    assert_eq!(failed.code, Some(3), "{}", failed.stderr);
    let said = "`odd` is fetched without SECURITY_PRIVATE_TOKEN: ";
    assert!(
        failed.stderr.contains(said) && failed.stderr.contains("an escaped character"),
        "{}",
        failed.stderr
    );
    assert_eq!(read(&job, "src/shell/README.md"), "a private repository\n");
}
