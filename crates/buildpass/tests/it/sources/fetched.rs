//! What is on the disk afterwards.

use std::{
    fs,
    os::unix::fs::PermissionsExt,
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
};

use serde_json::{Value, json};

use super::{Deployment, SHELL, fetch, fetching, files, git, read};
use crate::harness::{Fate, Proxy, REPOSITORY, Vault, on_every_vault};

on_every_vault! {
    fn every_source_comes_from_its_channel_with_a_token_that_is_nowhere_else(vault) {
        let deployment = Deployment::start(vault);
        let mut job = fetching(deployment.job(vault), &["--cache", "cache"]);
        let fetched = fetch(&mut job);
        assert_eq!((fetched.code, fetched.stdout.as_str()), (Some(0), ""), "{}", fetched.stderr);
        assert_eq!(read(&job, "src/shell/README.md"), "a private repository\n");
        assert_eq!(read(&job, "src/tool/README.md"), "a public repository\n");
        assert!(fetched.stderr.contains("2 sources in ") && fetched.stderr.contains(": 2 received ("), "{}", fetched.stderr);
        let seen = deployment.group.sandbox.credentials_seen();
        assert!(!seen.is_empty() && seen.iter().all(|path| path.starts_with(&format!("/{REPOSITORY}/"))), "{seen:?}");
        assert_eq!(vault.sessions(), 0);
        let everything = files(job.folder());
        assert!(everything.len() > 20);
        for path in everything {
            let bytes = fs::read(&path).unwrap_or_default();
            assert!(memchr::memmem::find(&bytes, deployment.group.token.as_bytes()).is_none(), "{}", path.display());
        }
    }

    fn within_a_run_the_outer_one_is_asked(vault) {
        let deployment = Deployment::start(vault);
        let realm = format!("[[git]]\nrealm = \"{}\"\npassword = \"SECURITY_PRIVATE_TOKEN\"\n", deployment.group.realm());
        let mut job = deployment.job(vault);
        let config = read(&job, "buildpass.toml") + &realm;
        job = job.file("buildpass.toml", &config);
        job = job.args(["run", "--", env!("CARGO_BIN_EXE_buildpass"), "sources", "fetch", "--into", "src"]);
        let fetched = fetch(&mut job);
        assert_eq!(fetched.code, Some(0), "{}", fetched.stderr);
        assert_eq!(read(&job, "src/shell/README.md"), "a private repository\n");
        assert_eq!(vault.sessions(), 0);
    }
}

#[test]
fn a_checkout_is_a_repository_like_any_other() {
    let vault = Vault::lockbox();
    let deployment = Deployment::start(&vault);
    let commit = deployment.commit("two\n");
    let mut job = fetching(deployment.job(&vault), &["shell"]);
    assert_eq!(fetch(&mut job).code, Some(0));
    assert_eq!(git(&job, "src/shell", &["rev-parse", "HEAD"]), commit);
    assert_eq!(git(&job, "src/shell", &["rev-parse", "origin/main"]), commit);
    assert_eq!(git(&job, "src/shell", &["status", "--porcelain"]), "");
    assert_eq!(git(&job, "src/shell", &["fsck", "--strict", "--full"]), "");
    assert_eq!(git(&job, "src/shell", &["rev-list", "--count", "HEAD"]), "2");
    let url = format!("{}/{REPOSITORY}", deployment.url);
    assert_eq!(git(&job, "src/shell", &["remote", "get-url", "origin"]), url);
    let left: Vec<_> =
        fs::read_dir(job.project().join("src")).unwrap().flatten().map(|entry| entry.file_name()).collect();
    assert_eq!(left, ["shell"], "nothing but what was asked for");
    assert!(fs::read_dir(job.temporary()).unwrap().next().is_none());
}

#[test]
fn a_ref_is_a_tag_before_a_branch_or_a_commit() {
    let vault = Vault::lockbox();
    let deployment = Deployment::start(&vault);
    let commit = |branch: &str, text: &str, tags: &[&str]| {
        let wanted = json!({"project": SHELL, "branch": branch, "files": {"README.md": text}, "tags": tags});
        deployment.group.sandbox.admin("POST", "/-/sandbox/commits", &wanted)["sha"]
            .as_str()
            .unwrap()
            .to_owned()
    };
    let first = commit("main", "tagged\n", &["v1.0.0", "both"]);
    commit("both", "branch of the same name\n", &[]);
    let side = commit("side", "a branch\n", &[]);
    commit("main", "later\n", &[]);
    let config = format!(
        "[vault]\naddress = \"{}\"\nrole = \"omnibus-gitlab\"\n\
         [[secret]]\nname = \"SECURITY_PRIVATE_TOKEN\"\nfrom = \"{}/token@ci\"\nto = \"git\"\n\
         [[git]]\nrealm = \"{}\"\npassword = \"SECURITY_PRIVATE_TOKEN\"\n",
        vault.address,
        crate::harness::BUILD_TOKEN_PATH,
        deployment.group.realm(),
    );
    let source = |name: &str, reference: &str| {
        let reference = if reference.is_empty() { String::new() } else { format!("ref = \"{reference}\"\n") };
        format!("[[source]]\nname = \"{name}\"\nurl = \"{}/{REPOSITORY}\"\n{reference}", deployment.url)
    };
    let sources = [
        source("a", "v1.0.0"),
        source("b", "both"),
        source("c", "side"),
        source("d", &first),
        source("e", ""),
        source("f", "refs/heads/both"),
    ];
    let job = deployment.job(&vault).file("buildpass.toml", &(config + &sources.concat()));
    std::fs::remove_file(job.project().join(".custom_sources.yml")).unwrap();
    let mut job = fetching(job, &["--format", "json"]);
    let fetched = fetch(&mut job);
    assert_eq!(fetched.code, Some(0), "{}", fetched.stderr);
    let files = ["a", "b", "c", "d", "e", "f"].map(|name| read(&job, &format!("src/{name}/README.md")));
    assert_eq!(
        files,
        ["tagged\n", "tagged\n", "a branch\n", "tagged\n", "later\n", "branch of the same name\n"]
    );
    let answer: Value = serde_json::from_str(&fetched.stdout).unwrap();
    assert_eq!(
        (answer[2]["commit"].as_str(), answer[2]["ref"].as_str()),
        (Some(side.as_str()), Some("side"))
    );
    assert_eq!(answer[0]["path"].as_str().unwrap(), job.project().join("src/a").to_str().unwrap());
    assert_eq!(
        git(&job, "src/e", &["describe", "--tags"]).split('-').next(),
        Some("both"),
        "tags on the way come along"
    );
}

#[test]
fn less_than_all_is_fetched_where_that_is_asked_for() {
    let vault = Vault::lockbox();
    let deployment = Deployment::start(&vault);
    deployment.commit("two\n");
    deployment.commit("three\n");
    let mut job = fetching(deployment.job(&vault), &["shell", "--depth", "1", "--cache", "cache"]);
    let fetched = fetch(&mut job);
    assert_eq!(fetched.code, Some(0), "{}", fetched.stderr);
    assert_eq!(git(&job, "src/shell", &["rev-list", "--count", "HEAD"]), "1");
    assert_eq!(read(&job, "src/shell/README.md"), "three\n");
    deployment.commit("four\n");
    let again = fetch(&mut job);
    assert_eq!(again.code, Some(0), "{}", again.stderr);
    assert_eq!(
        (
            git(&job, "src/shell", &["rev-list", "--count", "HEAD"]).as_str(),
            read(&job, "src/shell/README.md").as_str()
        ),
        ("1", "four\n")
    );

    let mut job = fetching(deployment.job(&vault), &["shell", "--without-blobs"]);
    let fetched = fetch(&mut job);
    assert_eq!(fetched.code, Some(0), "{}", fetched.stderr);
    assert_eq!(read(&job, "src/shell/README.md"), "four\n");
    assert_eq!(git(&job, "src/shell", &["rev-list", "--count", "HEAD"]), "4");
    let missing = git(&job, "src/shell", &["rev-list", "--objects", "--missing=print", "HEAD"]);
    assert!(missing.lines().any(|line| line.starts_with('?')), "old files stay away: {missing}");
}

#[test]
fn submodules_come_along_by_the_rules_of_their_realms() {
    let vault = Vault::lockbox();
    let deployment = Deployment::start(&vault);
    let other = crate::harness::SecurityGroup::start();
    let inner =
        deployment.group.sandbox.commit("gitlab-org/security/omnibus-gitlab", json!({"inner": "inner\n"}));
    let commit = |modules: &str, submodules: Value| {
        let wanted = json!({"project": SHELL, "branch": "main", "files": {".gitmodules": modules}, "submodules": submodules});
        deployment.group.sandbox.admin("POST", "/-/sandbox/commits", &wanted);
    };
    commit("[submodule \"inner\"]\n\tpath = inner\n\turl = ../omnibus-gitlab.git\n", json!({"inner": inner}));
    let realm =
        format!("[[git]]\nrealm = \"{}\"\npassword = \"SECURITY_PRIVATE_TOKEN\"\n", deployment.group.realm());
    let with_realm = || {
        let job = deployment.job(&vault);
        let config = read(&job, "buildpass.toml") + &realm;
        fetching(job.file("buildpass.toml", &config), &["shell", "--submodules"])
    };
    let mut job = with_realm();
    let fetched = fetch(&mut job);
    assert_eq!(fetched.code, Some(0), "{}", fetched.stderr);
    assert_eq!(read(&job, "src/shell/inner/inner"), "inner\n");

    let modules =
        format!("[submodule \"inner\"]\n\tpath = inner\n\turl = {}/{REPOSITORY}\n", other.sandbox.url);
    commit(&modules, json!({"inner": inner}));
    let mut job = with_realm();
    let fetched = fetch(&mut job);
    assert_eq!(fetched.code, Some(3), "{}", fetched.stderr);
    assert!(other.sandbox.requests_seen() > 0, "it was not asked: {}", fetched.stderr);
    assert_eq!(other.sandbox.credentials_seen(), Vec::<String>::new());
    assert!(!job.project().join("src/shell").exists(), "a checkout is whole or not there");
}

#[test]
fn a_repository_is_found_with_and_without_its_suffix() {
    let vault = Vault::lockbox();
    let deployment =
        Deployment::start(&vault).listing("shell:\n  security: GITLAB/gitlab-org/security/gitlab-shell\n");
    let mut job = fetching(deployment.job(&vault), &[]);
    let fetched = fetch(&mut job);
    assert_eq!(fetched.code, Some(0), "{}", fetched.stderr);
    assert_eq!(read(&job, "src/shell/README.md"), "a private repository\n");
}

#[test]
fn a_token_of_the_environment_serves_where_no_vault_does() {
    let vault = Vault::lockbox();
    let deployment = Deployment::start(&vault);
    for name in ["SECURITY_PRIVATE_TOKEN", "CI_JOB_TOKEN"] {
        let mut job = fetching(deployment.job_without_vault().env(name, &deployment.group.token), &["shell"]);
        let fetched = fetch(&mut job);
        assert_eq!(fetched.code, Some(0), "{name}: {}", fetched.stderr);
        assert_eq!(read(&job, "src/shell/README.md"), "a private repository\n");
    }
}

#[test]
fn a_credential_in_a_url_is_used_and_stays_out_of_everything() {
    let vault = Vault::lockbox();
    let mut deployment = Deployment::start(&vault);
    for userinfo in ["me:TOKEN", "TOKEN", "TOKEN:"] {
        let with = format!("http://{}@", userinfo.replace("TOKEN", &deployment.group.token));
        let with = deployment.url.replace("http://", &with);
        let list = format!("shell:\n  alternative: {with}/{REPOSITORY}\n");
        deployment = deployment.listing(&list);
        is_used_and_stays_out(&deployment);
    }
}

fn is_used_and_stays_out(deployment: &Deployment) {
    let job = deployment.job_without_vault().env("SECURITY_SOURCES", "false");
    let mut job = fetching(job, &["--update-lock", "--cache", "cache"]);
    let fetched = fetch(&mut job);
    assert_eq!(fetched.code, Some(0), "{}", fetched.stderr);
    assert!(
        fetched.stderr.contains(".custom_sources.yml:2: the URL of `shell` has a credential in it"),
        "{}",
        fetched.stderr
    );
    assert!(!fetched.stderr.contains(&deployment.group.token));
    assert_eq!(read(&job, "src/shell/README.md"), "a private repository\n");
    assert!(read(&job, "sources.lock").contains(REPOSITORY));
    for path in files(&job.project()) {
        let bytes = fs::read(&path).unwrap();
        let is_the_list = path.ends_with(".custom_sources.yml");
        assert!(
            is_the_list || memchr::memmem::find(&bytes, deployment.group.token.as_bytes()).is_none(),
            "{}",
            path.display()
        );
    }
}

#[test]
fn who_is_named_twice_is_fetched_once() {
    let vault = Vault::lockbox();
    let deployment = Deployment::start(&vault);
    let mut job = fetching(deployment.job(&vault), &["shell", "tool", "shell", "--update-lock"]);
    let fetched = fetch(&mut job);
    assert_eq!(fetched.code, Some(0), "{}", fetched.stderr);
    assert!(fetched.stderr.contains("2 sources in "), "{}", fetched.stderr);
    assert_eq!(fetch(&mut job).code, Some(0));
}

#[test]
fn a_temporary_folder_with_a_colon_in_its_name_does() {
    let vault = Vault::lockbox();
    let deployment = Deployment::start(&vault);
    let job = deployment.job(&vault);
    let folder = job.project().join("a:b");
    fs::create_dir(&folder).unwrap();
    let mut job = fetching(job.env("TMPDIR", folder.to_str().unwrap()), &["shell"]);
    let fetched = fetch(&mut job);
    assert_eq!(fetched.code, Some(0), "{}", fetched.stderr);
}

/// A commit is asked for by its name; whether the repository has `.git` at its end is asked without all that it has.
#[test]
fn for_a_commit_the_refs_of_the_server_are_not_listed() {
    let vault = Vault::lockbox();
    let deployment = Deployment::start(&vault);
    let commit = deployment.commit("one\n");
    let asked = Arc::new(AtomicUsize::new(0));
    let proxy = Proxy::start(&deployment.url, move |line| {
        // The quick way fails.
        let quick = line.starts_with("POST") && asked.fetch_add(1, Ordering::SeqCst) == 0;
        if quick { Fate::Lose } else { Fate::Pass }
    });
    let deployment = deployment.behind(&proxy.address);
    let bin = tempfile::tempdir().unwrap();
    let log = bin.path().join("log");
    let script =
        format!("#!/bin/sh\necho \"$@\" >> '{}'\nPATH=${{PATH#*:}}\nexec git \"$@\"\n", log.display());
    fs::write(bin.path().join("git"), script).unwrap();
    fs::set_permissions(bin.path().join("git"), fs::Permissions::from_mode(0o755)).unwrap();
    let path = format!("{}:{}", bin.path().display(), std::env::var("PATH").unwrap());
    let job = deployment.job(&vault);
    let config = read(&job, "buildpass.toml")
        + &format!(
            "[[git]]\nrealm = \"{}/gitlab-org/security/\"\npassword = \"SECURITY_PRIVATE_TOKEN\"\n",
            deployment.url
        )
        + &format!(
            "[[source]]\nname = \"shell\"\nurl = \"{}/{SHELL}\"\nref = \"{commit}\"\n",
            deployment.url
        );
    fs::remove_file(job.project().join(".custom_sources.yml")).unwrap();
    let mut job = fetching(job.file("buildpass.toml", &config).env("PATH", &path), &[]);
    let fetched = fetch(&mut job);
    assert_eq!(fetched.code, Some(0), "{}", fetched.stderr);
    let said = fs::read_to_string(log).unwrap();
    let listed: Vec<&str> = said.lines().filter(|line| line.contains("ls-remote")).collect();
    assert!(!listed.is_empty() && listed.iter().all(|line| line.ends_with(" HEAD")), "{said}");
    assert_eq!(read(&job, "src/shell/README.md"), "one\n");
}

/// ssh has keys: no token is asked for, and none goes along.
#[test]
fn a_source_over_ssh_on_the_channel_security_is_fetched_without_a_token() {
    let vault = Vault::lockbox();
    let deployment = Deployment::start(&vault).listing("x:\n  security: git@gitlab.invalid:g/x.git\n");
    let token = &deployment.group.token;
    for has_token in [false, true] {
        let mut job = deployment.job_without_vault();
        if has_token {
            job = job.env("SECURITY_PRIVATE_TOKEN", token);
        }
        let source = job.folder().join("x.git");
        git(&job, ".", &["init", "-q", "-b", "main", source.to_str().unwrap()]);
        let me = ["-C", source.to_str().unwrap(), "-c", "user.name=me", "-c", "user.email=me@example.com"];
        git(&job, ".", &[&me[..], &["commit", "-q", "--allow-empty", "-m", "made up"]].concat());
        // What ssh would be told: options, the host, and what is to be run there.
        let log = job.folder().join("log");
        let ssh = job.folder().join("ssh");
        let script = format!(
            "#!/bin/sh\nprintf '%s\\n' \"$@\" >> '{log}'\nexec git-upload-pack '{source}'\n",
            log = log.display(),
            source = source.display()
        );
        fs::write(&ssh, script).unwrap();
        fs::set_permissions(&ssh, fs::Permissions::from_mode(0o755)).unwrap();
        let mut job = fetching(job.env("GIT_SSH", ssh.to_str().unwrap()), &[]);
        let fetched = fetch(&mut job);
        assert_eq!(fetched.code, Some(0), "{}", fetched.stderr);
        let instead = if has_token { "not SECURITY_PRIVATE_TOKEN" } else { "no token" };
        let said = format!(".custom_sources.yml:2: `x` is fetched over ssh, which takes keys and {instead}");
        assert!(fetched.stderr.contains(&said), "{}", fetched.stderr);
        assert_eq!(git(&job, "src/x", &["log", "--format=%s"]), "made up");
        let asked = fs::read_to_string(&log).unwrap();
        assert!(asked.contains("git@gitlab.invalid\n") && !asked.contains(token.as_str()), "{asked}");
        let everything = files(job.folder());
        let holds = |path: &std::path::PathBuf| {
            memchr::memmem::find(&fs::read(path).unwrap_or_default(), token.as_bytes()).is_some()
        };
        assert!(!everything.iter().any(holds));
    }
}
