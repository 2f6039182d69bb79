//! What flags, `buildpass.toml` and the environment cannot mean.

use std::{process::Command, sync::mpsc, thread, time::Duration};

use buildpass::config::{Environment, Flags, Settings};

use crate::harness::Buildpass;

/// What is said of a job that could not even begin; nothing is asked of anybody.
fn said(job: Buildpass) -> String {
    let mut job =
        job.args(["--secret", "OTHER=a/b@c", "token", "A"]).env("VAULT_TOKEN", "made-up-personal-token");
    let finished = job.run();
    assert_eq!((finished.code, finished.stdout.as_str()), (Some(2), ""), "{}", finished.stderr);
    finished
        .stderr
        .replace(&job.project().canonicalize().unwrap().display().to_string(), "PROJECT")
        .replace(&job.project().display().to_string(), "PROJECT")
}

fn flags(flags: &[&str]) -> String {
    said(Buildpass::new().args(flags.iter().copied()))
}

fn file(text: &str) -> String {
    said(Buildpass::new().file("buildpass.toml", text))
}

#[test]
fn no_vault_address() {
    insta::assert_snapshot!(flags(&[]), @"
    error: no vault address is known
    hint: set `[vault] address` in buildpass.toml, VAULT_SERVER_URL or VAULT_ADDR, or say `--address`
    ");
}

#[test]
fn an_address_that_is_not_http() {
    insta::assert_snapshot!(flags(&["--address", "vault.example:8200"]), @"
    error: the vault's address is wrong
      caused by: `vault.example:8200` cannot be used: it is neither https nor http
    hint: write it as https://host[:port]
    ");
    insta::assert_snapshot!(flags(&["--address", "ftp://vault.example"]), @"
    error: the vault's address is wrong
      caused by: `ftp://vault.example` cannot be used: it is neither https nor http
    hint: write it as https://host[:port]
    ");
    insta::assert_snapshot!(flags(&["--address", "https://me:made-up-password@vault.example"]), @"
    error: the vault's address is wrong
      caused by: `https://vault.example/` cannot be used: a credential does not belong in a URL
    hint: write it as https://host[:port]
    ");
}

#[test]
fn plain_http_to_another_machine() {
    insta::assert_snapshot!(flags(&["--address", "http://vault.example"]), @"
    error: the vault's address is wrong
      caused by: `http://vault.example` is plain http to another machine: whoever is on the way reads the ID token and every secret
    hint: use https, or say `--insecure-http` where the way is known to be safe
    ");
}

#[test]
fn plain_http_is_taken_where_the_user_says_so() {
    let job = Buildpass::new()
        .args([
            "--address",
            "http://vault.invalid",
            "--insecure-http",
            "--timeout",
            "1s",
            "--secret",
            "A=a/b@c",
            "token",
            "A",
        ])
        .env("VAULT_TOKEN", "made-up-personal-token")
        .run();
    assert_eq!(job.code, Some(4), "{}", job.stderr);
}

#[test]
fn an_authority_that_is_not_pem() {
    let job = Buildpass::new().file("ca.pem", "not a certificate").args([
        "--address",
        "https://vault.example",
        "--ca-cert",
        "ca.pem",
        "--secret",
        "A=a/b@c",
    ]);
    insta::assert_snapshot!(said(job), @"
    error: the vault cannot be asked
      caused by: `PROJECT/ca.pem` holds no certificate in PEM form
    hint: name a PEM file: `-----BEGIN CERTIFICATE-----` or `-----BEGIN PRIVATE KEY-----`
    ");
}

#[test]
fn certificates_are_never_skipped() {
    let job = Buildpass::new().args(["--address", "https://vault.example"]).env("VAULT_SKIP_VERIFY", "true");
    insta::assert_snapshot!(said(job), @"
    error: VAULT_SKIP_VERIFY is set: the vault's certificate would not be checked, and whoever is on the way would get the ID token
    hint: unset it, and name the vault's authority with `--ca-cert` or VAULT_CACERT
    ");
}

#[test]
fn an_unknown_key() {
    insta::assert_snapshot!(file("[vault]\naddres = \"https://vault.example\"\n"), @"
    error: PROJECT/buildpass.toml:2:1: unknown field `addres`, expected one of `address`, `auth`, `role`, `namespace`, `ca_cert`, `client_cert`, `client_key`, `tls_server_name`, `timeout`, `lead`
    hint: did you mean `address`?
    ");
    insta::assert_snapshot!(file("[vault]\naddress = https://vault.example\n"), @"error: PROJECT/buildpass.toml:2:11: string values must be quoted, expected literal string");
}

#[test]
fn a_reference_without_a_field_or_of_the_api() {
    insta::assert_snapshot!(flags(&["--address", "https://vault.example", "--secret", "A=token@ci"]), @"
    error: the reference of the secret A cannot be read
      caused by: `token@ci` names no field: the short form is `path/field@mount`
    hint: GitLab keeps a token in the field `token`: `path/to/secret/token@mount`
    ");
    insta::assert_snapshot!(flags(&["--address", "https://vault.example", "--secret", "A=v1/ci/data/group/build-token"]), @"
    error: the reference of the secret A cannot be read
      caused by: `v1/ci/data/group/build-token` is a path of the vault's HTTP API, not a reference
    hint: write `group/build-token/FIELD@ci`, with the field's own name for FIELD
    ");
    insta::assert_snapshot!(flags(&["--address", "https://vault.example", "--secret", "A"]), @"
    error: `--secret A` is not NAME=PATH/FIELD@MOUNT
    hint: for example `--secret TOKEN=group/build-token/token@ci,to=git`
    ");
}

#[test]
fn a_condition_that_is_none() {
    insta::assert_snapshot!(flags(&["--address", "https://vault.example", "--secret", "A=a/b@c,when=$X ==="]), @r#"
    error: `when` of the secret A is not an expression of GitLab's `rules:if`: invalid expression syntax at column 6: expected a variable `$NAME`, a string in quotes, a `/regex/` of two characters or more, `null`, an operator or a parenthesis, found `=`
    hint: for example `$CI_PROJECT_PATH == "group/project"`
    "#);
}

#[test]
fn a_realm_whose_password_is_nowhere() {
    insta::assert_snapshot!(flags(&["--address", "https://vault.example", "--git", "realm=https://gitlab.example/g,password=TOKEN"]), @"
    error: the password of https://gitlab.example/g/ is the secret TOKEN, which is not configured
    hint: add a `[[secret]]` of that name, or name one that is there
    ");
}

#[test]
fn a_secret_that_nobody_named() {
    insta::assert_snapshot!(flags(&["--address", "https://vault.example", "--secret", "B=a/b@c"]), @"
    error: no secret is named A
    hint: these are: B, OTHER
    ");
}

#[test]
fn a_private_directory_that_cannot_be_made() {
    let mut job = Buildpass::new()
        .args(["--address", "http://127.0.0.1:9", "--secret", "A=a/b@c", "run", "true"])
        .env("VAULT_TOKEN", "made-up-personal-token")
        .env("TMPDIR", "/nonexistent/folder");
    let finished = job.run();
    assert_eq!(finished.code, Some(2));
    let said = finished.stderr.lines().collect::<Vec<_>>();
    assert_eq!(said[0], "error: no private directory can be made in `/nonexistent/folder`");
    assert_eq!(said[2], "hint: set TMPDIR to a folder that this user can write to, with a short path");
    assert_eq!(said[3..], ["buildpass: CMD was not started"]);
}

#[test]
fn a_user_name_that_would_be_a_line_of_gits_protocol() {
    let secret = "[[secret]]\nname = \"A\"\nfrom = \"a/b@c\"\n[[git]]\nrealm = \"https://gitlab.example/g\"\npassword = \"A\"\n";
    insta::assert_snapshot!(file(&format!("{secret}username = \"x\\nhost=evil.example\"\n")), @r"error: `x\nhost=evil.example` is not a user name: it takes neither `:` nor control characters");
}

#[test]
fn a_configuration_that_is_a_link_or_never_ends() {
    let job = Buildpass::new();
    std::os::unix::fs::symlink("/etc/passwd", job.project().join("buildpass.toml")).unwrap();
    assert!(said(job).contains("it is a link or no regular file"));
    let job = Buildpass::new();
    let pipe = job.project().join("buildpass.toml");
    assert!(Command::new("mkfifo").arg(&pipe).status().unwrap().success());
    assert!(said(job).contains("it is a link or no regular file"));
}

#[test]
fn a_time_that_no_job_lasts() {
    insta::assert_snapshot!(flags(&["--address", "https://vault.example", "--timeout", "500000years"]), @"
    error: `timeout` is not a duration of a year at most: `500000years`
    hint: for example `30s` or `2m`
    ");
}

/// The token is a pipe that nobody writes into: whoever reads it waits for ever.
#[test]
fn where_no_secret_is_wanted_nobodys_token_is_read() {
    let home = tempfile::tempdir().unwrap();
    assert!(Command::new("mkfifo").arg(home.path().join(".vault-token")).status().unwrap().success());
    let environment = Environment::made_of([("HOME", home.path().to_str().unwrap())], home.path().to_owned());
    let (told, heard) = mpsc::channel();
    thread::spawn(move || told.send(Settings::load(&Flags::default(), &environment)));
    let settings = heard.recv_timeout(Duration::from_secs(10)).expect("the token is read").unwrap();
    assert!(settings.vault.is_none() && settings.secrets.is_empty());
}
