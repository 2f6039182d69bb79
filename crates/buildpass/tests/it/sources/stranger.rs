//! What a repository says of its own sources, and what it cannot learn or send away by that.

use std::{
    fs,
    os::unix::fs::{chown, symlink},
};

use super::fetch;
use crate::harness::{Buildpass, Finished, REPOSITORY, Scripted, SecurityGroup, reply};

/// What must come out nowhere: a made-up ID token has this in it.
const MARK: &str = "made-up-and-marked-0123456789";

/// A server of whoever wrote the list, which keeps what it is sent.
fn evil() -> Scripted {
    Scripted::start(|_, _| reply(404, "", "{}"))
}

/// Every command that reads the list, each in a job of its own.
fn every_command(job: impl Fn() -> Buildpass) -> Vec<Finished> {
    let commands = [&["list"][..], &["resolve", "--format", "json"], &["fetch", "--into", "src"]];
    commands
        .map(|command| {
            fetch(
                &mut job().args([&["sources"][..], command].concat()).env("CI_SERVER_HOST", "gitlab.invalid"),
            )
        })
        .into()
}

/// Nothing of it is said, nobody is asked, and what the repository may not is refused by its name.
fn refused(job: impl Fn() -> Buildpass, server: &Scripted, said: &str) {
    for finished in every_command(job) {
        assert!(
            !(finished.stdout.clone() + &finished.stderr).contains(MARK),
            "{}{}",
            finished.stdout,
            finished.stderr
        );
        assert_eq!(finished.code, Some(2), "{said}: {}{}", finished.stdout, finished.stderr);
        assert!(
            finished.stderr.contains(said) && finished.stderr.contains("hint: "),
            "{said}: {}",
            finished.stderr
        );
    }
    assert_eq!(server.requests(), Vec::<String>::new());
}

#[test]
fn a_variable_that_is_none_of_its_own_is_not_read() {
    let server = evil();
    let url = format!("{}/x.git", server.address);
    for (name, value) in [
        ("VAULT_ID_TOKEN", MARK.to_owned()),
        ("SECURITY_PRIVATE_TOKEN", MARK.to_owned()),
        ("CI_JOB_TOKEN", MARK.to_owned()),
        ("DEPLOY_PASSWORD", MARK.to_owned()),
        ("SIGNING_KEY_VERSION", MARK.to_owned()),
        ("MY_SECRET_VERSION", MARK.to_owned()),
        // Whatever it is called: this is an ID token.
        ("SIGSTORE_VERSION", format!("eyJhbGciOiJub25lIn0.{MARK}.c2ln")),
    ] {
        let job = |keys: &str| {
            let config =
                format!("{}\n[[source]]\nname = \"x\"\nurl = \"{url}\"\n", keys.replace("NAME", name));
            Buildpass::new().file("buildpass.toml", &config).env(name, &value)
        };
        let said = format!("names {name}");
        let version = "[[sources.rule]]\nsources = [\"x\"]\nversion = \"NAME\"\n";
        refused(|| job(version), &server, &said);
        let channel = "[[sources.channel]]\nname = \"remote\"\nvariable = \"NAME\"\nis = \"a\"\n";
        refused(|| job(channel), &server, &said);
    }
    for (name, value) in [
        ("VAULT_ID_TOKEN", format!("{}/{MARK}.git", server.address)),
        ("CI_REPOSITORY_URL", format!("{}/{MARK}.git", server.address)),
        ("SLACK_WEBHOOK_URL", format!("{}/{MARK}.git", server.address)),
        // A URL that is a secret by itself names no repository.
        ("SLACK_URL", format!("{}/services/{MARK}", server.address)),
    ] {
        let job = || {
            let rule = format!("[[sources.rule]]\nsources = [\"x\"]\noverride = \"{name}\"\n");
            let config = format!("{rule}\n[[source]]\nname = \"x\"\nurl = \"{url}\"\n");
            Buildpass::new().file("buildpass.toml", &config).env(name, &value)
        };
        refused(job, &server, &format!("names {name}"));
    }
}

#[test]
fn a_proof_of_who_the_job_is_is_no_password() {
    let server = evil();
    let url = format!("{}/x.git", server.address);
    let jwt = format!("eyJhbGciOiJub25lIn0.{MARK}.c2ln");
    for (name, value) in [
        ("VAULT_ID_TOKEN", MARK),
        ("GITLAB_OIDC_TOKEN", jwt.as_str()),
        ("VAULT_TOKEN", MARK),
        ("ACTIONS_ID_TOKEN_REQUEST_TOKEN", MARK),
        ("AWS_SECRET_ACCESS_KEY", MARK),
    ] {
        let job = || {
            let config = format!(
                "[[sources.channel]]\nname = \"security\"\n[sources.credential]\nsecurity = [\"{name}\"]\n\
                 [[source]]\nname = \"x\"\nurl = \"{url}\"\n"
            );
            let realm = ["--realm", &format!("{}/", server.address)].map(str::to_owned);
            let job = Buildpass::new().file("buildpass.toml", &config).env(name, value);
            job.args(realm.iter().map(String::as_str))
        };
        refused(job, &server, &format!("names {name}"));
    }
}

#[test]
fn a_file_outside_the_project_is_not_read() {
    let server = evil();
    let outside = tempfile::tempdir().unwrap();
    let secret = outside.path().join("x_version");
    fs::write(&secret, format!("{MARK}\n")).unwrap();
    let source = format!("[[source]]\nname = \"x\"\nurl = \"{}/x.git\"\n", server.address);
    let with = |keys: String| Buildpass::new().file("buildpass.toml", &format!("{keys}\n{source}"));
    for path in [secret.display().to_string(), format!("../../../../../../../..{}", secret.display())] {
        let rule = || format!("[[sources.rule]]\nsources = [\"x\"]\nversion_file = \"{path}\"\n");
        refused(|| with(rule()), &server, &path);
        let facts = path.replace("x_version", "{source}_version");
        refused(|| with(format!("[sources]\nversion_facts = \"{facts}\"\n")), &server, &facts);
    }
}

#[test]
fn a_link_in_the_project_is_not_followed() {
    let server = evil();
    let list = format!("gitaly:\n  alternative: {}/x.git\n", server.address);
    let outside = tempfile::tempdir().unwrap();
    let secret = outside.path().join("gitaly_version");
    fs::write(&secret, format!("{MARK}\n")).unwrap();
    for (link, to) in [("GITALY_SERVER_VERSION", secret.as_path()), ("build_facts", outside.path())] {
        let job = || {
            let job = Buildpass::new().file(".custom_sources.yml", &list);
            symlink(to, job.project().join(link)).unwrap();
            job
        };
        refused(job, &server, link);
    }
    fs::write(&secret, format!("{MARK}:\n  {MARK}: x\n- {MARK}\n")).unwrap();
    let job = || {
        let job = Buildpass::new();
        symlink(&secret, job.project().join(".custom_sources.yml")).unwrap();
        job
    };
    refused(job, &server, ".custom_sources.yml");
    fs::write(&secret, format!("[[source]]\nname = \"gitaly\"\nurl = \"u\"\ncommit = \"{MARK}\"\n")).unwrap();
    let job = Buildpass::new().file(".custom_sources.yml", &list);
    symlink(&secret, job.project().join("sources.lock")).unwrap();
    let finished = fetch(&mut job.args(["sources", "fetch", "--into", "src", "--locked"]));
    assert_eq!(finished.code, Some(2), "{}", finished.stderr);
    assert!(
        finished.stderr.contains("sources.lock") && !finished.stderr.contains(MARK),
        "{}",
        finished.stderr
    );
}

#[test]
fn what_names_no_ref_is_refused_and_not_repeated() {
    let server = evil();
    let list = format!("gitaly:\n  alternative: {}/x.git\n", server.address);
    let long = MARK.repeat(20);
    for version in [
        format!("{MARK} x"),
        format!("machine gitlab.com\nlogin me\npassword {MARK}"),
        format!("../{MARK}"),
        format!("{MARK}*"),
        format!("{MARK}:refs/heads/x"),
        format!("-{MARK}"),
        format!("{MARK}.lock"),
        long,
    ] {
        let of_variable =
            || Buildpass::new().file(".custom_sources.yml", &list).env("GITALY_SERVER_VERSION", &version);
        refused(of_variable, &server, "$GITALY_SERVER_VERSION");
        let of_file =
            || Buildpass::new().file(".custom_sources.yml", &list).file("GITALY_SERVER_VERSION", &version);
        refused(of_file, &server, "GITALY_SERVER_VERSION");
        let reference = version.replace('\n', "\\n");
        let source =
            format!("[[source]]\nname = \"x\"\nurl = \"{}/x.git\"\nref = \"{reference}\"\n", server.address);
        refused(|| Buildpass::new().file("buildpass.toml", &source), &server, "buildpass.toml");
    }
}

/// A variable's URL is the user's, and its credential goes there, only where the repository does not say which variable and which credential.
#[test]
fn a_profile_of_the_repository_sends_no_token_to_the_host_of_a_variable() {
    let server = SecurityGroup::start();
    let url = format!("{}/{REPOSITORY}", server.sandbox.url);
    let outside = tempfile::tempdir().unwrap();
    let own_rule = "[[sources.rule]]\nsources = [\"x\", \"gitaly\"]\noverride = \"X_REPOSITORY\"\n";
    let own_credential = "[sources.credential]\noverride = [\"SECURITY_PRIVATE_TOKEN\"]\n";
    for (variable, keys, source, goes) in [
        ("X_REPOSITORY", format!("{own_credential}{own_rule}"), "x", false),
        ("X_REPOSITORY", own_rule.to_owned(), "x", false),
        ("X_REPOSITORY", format!("{own_credential}{own_rule}"), "gitaly", false),
        ("GITALY_SERVER_ALTERNATIVE_REPO", own_credential.to_owned(), "gitaly", false),
        ("GITALY_SERVER_ALTERNATIVE_REPO", String::new(), "gitaly", true),
    ] {
        let config = format!("[sources]\nprofile = \"omnibus\"\nfile = \"list.yml\"\n{keys}");
        let job = |flags: &[&str]| {
            let job = Buildpass::new()
                .file("list.yml", &format!("{source}:\n  alternative: https://gitlab.invalid/x.git\n"))
                .env("CI_SERVER_HOST", "gitlab.invalid")
                .env("SECURITY_PRIVATE_TOKEN", MARK)
                .env("ALTERNATIVE_PRIVATE_TOKEN", MARK)
                .env(variable, &url);
            job.args(flags.iter().copied()).args(["sources", "fetch", "--into", "src", source])
        };
        let seen = || {
            let seen = server.sandbox.credentials_seen().len();
            server.sandbox.admin("DELETE", "/-/sandbox/requests", &serde_json::Value::Null);
            seen > 0
        };
        let finished = fetch(&mut job(&[]).file("buildpass.toml", &config));
        assert_eq!(finished.code, Some(3), "{}", finished.stderr);
        assert_eq!(seen(), goes, "{keys}{source}: {}", finished.stderr);
        let without = finished.stderr.contains(&format!("`{source}` is fetched without "));
        assert_eq!(without, !goes, "{keys}{source}: {}", finished.stderr);

        let file = outside.path().join("own.toml");
        fs::write(&file, &config).unwrap();
        let finished = fetch(&mut job(&["--config", file.to_str().unwrap()]));
        assert!(seen(), "the user's own may: {}", finished.stderr);
    }
}

/// The user's own file may name what it likes.
#[test]
fn a_file_of_the_users_may_name_any_variable_and_any_file() {
    let outside = tempfile::tempdir().unwrap();
    fs::write(outside.path().join("b_version"), "release-1\n").unwrap();
    let config = format!(
        "[sources]\nversion_facts = \"{}/{{source}}_version\"\n\
         [[sources.rule]]\nsources = [\"a\"]\noverride = \"WHERE\"\nversion = \"WHICH\"\n\
         [[source]]\nname = \"a\"\nurl = \"https://git.example/a.git\"\n\
         [[source]]\nname = \"b\"\nurl = \"https://git.example/b.git\"\n",
        outside.path().display()
    );
    let file = outside.path().join("own.toml");
    fs::write(&file, config).unwrap();
    let mut job = Buildpass::new()
        .env("WHERE", "https://git.example/elsewhere")
        .env("WHICH", "1.0.0")
        .args(["--config", file.to_str().unwrap(), "sources", "resolve"]);
    let resolved = fetch(&mut job);
    insta::assert_snapshot!(resolved.stdout, @"
    NAME  URL                            REF
    a     https://git.example/elsewhere  v1.0.0
    b     https://git.example/b.git      vrelease-1
    ");
}

/// Folders that a repository puts in the way of a fetch, and what somebody else has where they lead.
#[test]
fn nothing_is_removed_or_written_where_a_link_leads() {
    let list = "x:\n  alternative: http://127.0.0.1:1/x.git\n";
    for (link, to, said) in [
        ("src/.buildpass", "", "src/.buildpass` was not made by buildpass"),
        ("src", "", "src` is a link"),
        ("src", "into", "src` is a link"),
        ("cache", "", "cache` is a link"),
    ] {
        let outside = tempfile::tempdir().unwrap();
        let precious = outside.path().join("precious/.buildpass/precious");
        fs::create_dir_all(precious.parent().unwrap()).unwrap();
        fs::write(&precious, "x").unwrap();
        fs::create_dir_all(outside.path().join("into")).unwrap();
        let job = Buildpass::new().file(".custom_sources.yml", list);
        if link.contains('/') {
            fs::create_dir(job.project().join("src")).unwrap();
        }
        symlink(outside.path().join(to), job.project().join(link)).unwrap();
        let mut job = job.args(["sources", "fetch", "--into", "src/", "--cache", "cache"]);
        let finished = fetch(&mut job);
        assert!(precious.exists(), "{link}: {}", finished.stderr);
        assert_eq!(finished.code, Some(2), "{link}: {}", finished.stderr);
        assert!(
            finished.stderr.contains(said) && finished.stderr.contains("hint: "),
            "{link}: {}",
            finished.stderr
        );
        assert_eq!(fs::read_dir(outside.path()).unwrap().count(), 2, "{link}");
        assert!(fs::read_dir(outside.path().join("into")).unwrap().next().is_none(), "{link}");
    }
}

#[test]
fn a_folder_of_another_that_has_the_name_of_ours_is_left_alone() {
    let list = "x:\n  alternative: http://127.0.0.1:1/x.git\n";
    let job =
        || Buildpass::new().file(".custom_sources.yml", list).args(["sources", "fetch", "--into", "src"]);
    for file in ["precious/x", "x", "lock"] {
        let mut job = job();
        let path = job.project().join("src/.buildpass").join(file);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(&path, "made up").unwrap();
        let refused = fetch(&mut job);
        assert_eq!(refused.code, Some(2), "{file}: {}", refused.stderr);
        assert!(
            refused.stderr.contains("src/.buildpass` was not made by buildpass"),
            "{file}: {}",
            refused.stderr
        );
        assert_eq!(fs::read_to_string(&path).unwrap(), "made up");
    }
    let mut job = job();
    let folder = job.project().join("src/.buildpass");
    fs::create_dir_all(&folder).unwrap();
    if chown(&folder, Some(12_345), None).is_err() {
        println!("skipped: only root can give a folder to another user");
        return;
    }
    let refused = fetch(&mut job);
    assert_eq!(refused.code, Some(2), "{}", refused.stderr);
    assert!(refused.stderr.contains("was not made by buildpass"), "{}", refused.stderr);
}

#[test]
fn a_password_that_makes_another_url_of_it_is_not_repeated() {
    let server = evil();
    let host = server.address.trim_start_matches("http://");
    for url in [
        format!("http://me:{MARK}/x@{host}/x.git"),
        format!("http:/me:{MARK}@{host}/x.git"),
        format!("me:{MARK}@{host}/x.git"),
    ] {
        let job = || Buildpass::new().file(".custom_sources.yml", &format!("x:\n  alternative: {url:?}\n"));
        for finished in every_command(job) {
            assert!(
                !(finished.stdout.clone() + &finished.stderr).contains(MARK),
                "{}{}",
                finished.stdout,
                finished.stderr
            );
            assert!(finished.stderr.contains(".custom_sources.yml:2: "), "{}", finished.stderr);
        }
    }
    assert_eq!(server.requests(), Vec::<String>::new());
}
