//! ID tokens from where CI systems keep them, judged before any request.

use serde_json::json;

use crate::harness::{BUILD_TOKEN, BUILD_TOKEN_PATH, Buildpass, Finished, Sandbox, Scripted, Vault, reply};

/// A job whose vault would answer, and must not be asked.
fn job(args: &[&str]) -> (Scripted, Buildpass) {
    let vault = Scripted::start(|_, _| reply(200, "", "{}"));
    let job = Buildpass::new()
        .args(["--address", &vault.address, "--secret", "A=a/b@c"])
        .args(args.iter().copied())
        .args(["token", "A"]);
    (vault, job)
}

fn refused_unasked(vault: &Scripted, mut job: Buildpass) -> String {
    let Finished { code, stdout, stderr } = job.run();
    assert_eq!((code, stdout.as_str()), (Some(2), ""), "{stderr}");
    assert_eq!(vault.requests(), Vec::<String>::new());
    stderr.replace(&vault.address, "http://vault")
}

#[test]
fn a_missing_id_token_is_said() {
    let (vault, job) = job(&[]);
    insta::assert_snapshot!(refused_unasked(&vault, job), @"
    error: there is no ID token: the variable `VAULT_ID_TOKEN` is not set
    hint: give the job `id_tokens: VAULT_ID_TOKEN: { aud: <the vault's address> }`, or name the variable that holds it with `--token-variable`
    ");
}

#[test]
fn an_empty_id_token_is_said() {
    let (vault, job) = job(&[]);
    insta::assert_snapshot!(refused_unasked(&vault, job.env("VAULT_ID_TOKEN", " ")), @"
    error: the ID token in `VAULT_ID_TOKEN` is empty
    hint: does the job that runs this have `id_tokens:`? a `needs:` or a trigger does not pass them on
    ");
}

#[test]
fn a_variable_that_was_not_expanded_is_said() {
    let (vault, job) = job(&[]);
    insta::assert_snapshot!(refused_unasked(&vault, job.env("VAULT_ID_TOKEN", "$VAULT_ID_TOKEN")), @"
    error: the ID token in `VAULT_ID_TOKEN` is the text `$VAULT_ID_TOKEN`: a variable that was not expanded
    hint: set it by `id_tokens:` of the job, not by `variables:`
    ");
}

#[test]
fn what_is_no_jwt_is_said_and_not_repeated() {
    let (vault, job) = job(&[]);
    let said = refused_unasked(&vault, job.env("VAULT_ID_TOKEN", "hvs.made-up-token"));
    insta::assert_snapshot!(said, @"
    error: what stands in `VAULT_ID_TOKEN` is not a JWT: it has 2 parts where a JWT has three parts between dots
    hint: it takes the ID token alone, as `id_tokens:` sets it: no quotes, no `Bearer`
    ");
    assert!(!said.contains("made-up"));
}

#[test]
fn an_expired_id_token_is_said_with_how_long_ago() {
    let sandbox = Sandbox::start();
    let (vault, job) = job(&[]);
    let expired = sandbox.id_token(&vault.address, json!({"expires_in": -3600}));
    let said = refused_unasked(&vault, job.env("VAULT_ID_TOKEN", &expired));
    assert!(said.starts_with("error: the ID token expired 1h"), "{said}");
}

#[test]
fn an_audience_that_is_not_the_vaults_address_is_said() {
    let sandbox = Sandbox::start();
    let (vault, job) = job(&[]);
    let token = sandbox.id_token("https://vault.example", json!({}));
    insta::assert_snapshot!(refused_unasked(&vault, job.env("VAULT_ID_TOKEN", &token)), @"
    error: the ID token is not for this vault: expected the audience `http://vault`, actual `https://vault.example`
    hint: set `aud: http://vault` under `id_tokens:`; if `https://vault.example` is what this vault wants, say so with `--audience` or BUILDPASS_AUDIENCE
    ");
}

#[test]
fn an_audience_or_issuer_that_is_not_the_configured_one_is_said() {
    let sandbox = Sandbox::start();
    let (vault, job_) = job(&["--audience", "https://vault.example"]);
    let token = sandbox.id_token("https://other.example", json!({}));
    insta::assert_snapshot!(refused_unasked(&vault, job_.env("VAULT_ID_TOKEN", &token)), @"
    error: the ID token is for another audience: expected `https://vault.example`, actual `https://other.example`
    hint: set `aud: https://vault.example` under `id_tokens:`
    ");
    let (vault, job) = job(&["--issuer", "https://gitlab.example"]);
    let token = sandbox.id_token(&vault.address, json!({"claims": {"iss": "https://other.example"}}));
    insta::assert_snapshot!(refused_unasked(&vault, job.env("VAULT_ID_TOKEN", &token)), @"
    error: the ID token is of another issuer: expected `https://gitlab.example`, actual `https://other.example`
    hint: if `https://other.example` is right, set it as `[identity] issuer`
    ");
}

#[test]
fn an_audience_that_a_flag_names_goes_to_any_address() {
    let sandbox = Sandbox::start();
    let (vault, job) = job(&["--audience", "https://vault.example"]);
    let token = sandbox.id_token("https://vault.example", json!({}));
    let finished = job.env("VAULT_ID_TOKEN", &token).run();
    assert!(vault.requests()[0].starts_with("POST /v1/auth/jwt/login"), "{finished:?}");
}

#[test]
fn a_file_and_github_actions_give_the_id_token_too() {
    let Some(vault) = Vault::openbao() else { return };
    let sandbox = Sandbox::start();
    vault.deploy(&sandbox);
    let secret = format!("A={BUILD_TOKEN_PATH}/token@ci");
    let place = ["--address", &vault.address, "--role", "omnibus-gitlab", "--secret", &secret];
    let token = sandbox.id_token(&vault.address, json!({}));
    let mut from_file = Buildpass::new()
        .args(place)
        .args(["--token-file", "token.jwt", "token", "A"])
        .file("token.jwt", &format!("{token}\n"));
    assert_eq!(from_file.run().stdout, BUILD_TOKEN);
    let (url, bearer) = sandbox.github_actions();
    let mut from_github = Buildpass::new()
        .args(place)
        .args(["--github-actions", "--audience", &vault.address, "token", "A"])
        .env("ACTIONS_ID_TOKEN_REQUEST_URL", &url)
        .env("ACTIONS_ID_TOKEN_REQUEST_TOKEN", bearer);
    let finished = from_github.run();
    assert_eq!(finished.stdout, BUILD_TOKEN, "{}", finished.stderr);
}

#[test]
fn a_token_that_ends_within_a_minute_is_a_warning() {
    let sandbox = Sandbox::start();
    let (vault, job) = job(&[]);
    let token = sandbox.id_token(&vault.address, json!({"expires_in": 30}));
    let finished = job.env("VAULT_ID_TOKEN", &token).run();
    assert!(!vault.requests().is_empty());
    assert!(finished.stderr.contains("the ID token ends in"), "{}", finished.stderr);
}
