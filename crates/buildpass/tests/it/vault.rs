//! Login and reading on real vaults, and the answers that no vault gives on request.

use std::time::{Duration, Instant};

use serde_json::{Value, json};

use crate::harness::{
    BUILD_TOKEN, BUILD_TOKEN_PATH, Buildpass, Finished, ROOT, Sandbox, Scripted, Vault, on_every_vault,
    reply, wait_until,
};

/// `buildpass token A`, the secret given as a flag.
fn read(vault: &Vault, id_token: &str, secret: &str) -> Finished {
    Buildpass::new()
        .args([
            "--address",
            &vault.address,
            "--role",
            "omnibus-gitlab",
            "--secret",
            &format!("A={secret}"),
            "token",
            "A",
        ])
        .env("VAULT_ID_TOKEN", id_token)
        .run()
}

fn id_token(vault: &Vault) -> (Sandbox, String) {
    let sandbox = Sandbox::start();
    vault.deploy(&sandbox);
    let token = sandbox.id_token(&vault.address, json!({}));
    (sandbox, token)
}

fn may_read(vault: &Vault, paths: &[&str]) {
    let rules: Vec<String> =
        paths.iter().map(|path| format!("path \"{path}\" {{ capabilities = [\"read\"] }}")).collect();
    vault.policy("build-token", &rules.join("\n"));
}

/// A vault that is none: a personal token goes to it, since a flag names it.
fn unreal(answer: impl Fn(usize, &str) -> Vec<u8> + Send + Sync + 'static) -> (Scripted, Buildpass) {
    let vault = Scripted::start(answer);
    let job =
        Buildpass::new().args(["--address", &vault.address]).env("VAULT_TOKEN", "made-up-personal-token");
    (vault, job)
}

const VALUE: &str = r#"{"data":{"data":{"token":"made-up-value"}}}"#;

on_every_vault! {
    fn values_that_are_no_text_are_given_as_json(vault) {
        let (_sandbox, token) = id_token(vault);
        vault.write_secret(BUILD_TOKEN_PATH, json!({"number": 7, "yes": true, "object": {"a": [1, "b"]}, "null": null}));
        let field = |name: &str| read(vault, &token, &format!("{BUILD_TOKEN_PATH}/{name}@ci"));
        assert_eq!(field("number").stdout, "7");
        assert_eq!(field("yes").stdout, "true");
        assert_eq!(field("object").stdout, r#"{"a":[1,"b"]}"#);
        let finished = field("null");
        assert_eq!(finished.code, Some(3));
        assert!(finished.stderr.contains("has no field `null`: it has `number`, `object`, `yes`"), "{}", finished.stderr);
        assert_eq!(vault.sessions(), 0);
    }

    fn a_field_that_is_not_there_is_answered_with_those_that_are(vault) {
        let (_sandbox, token) = id_token(vault);
        let finished = read(vault, &token, &format!("{BUILD_TOKEN_PATH}/tokn@ci"));
        assert_eq!((finished.code, finished.stdout.as_str()), (Some(3), ""));
        insta::assert_snapshot!(finished.stderr, @"
        error: the secret at `ci/data/access_tokens/gitlab-com/gitlab-org/security/_group_access_tokens/build-token` has no field `tokn`: it has `token`
        hint: the field is the part after the last `/` of `path/field@mount`
        ");
        assert_eq!(vault.sessions(), 0);
    }

    fn a_version_that_was_deleted_or_destroyed_is_said(vault) {
        let (_sandbox, token) = id_token(vault);
        vault.must("DELETE", &format!("ci/data/{BUILD_TOKEN_PATH}"), Value::Null);
        let finished = read(vault, &token, &format!("{BUILD_TOKEN_PATH}/token@ci"));
        assert!(finished.stderr.contains("was deleted at 20"), "{}", finished.stderr);
        vault.must("POST", &format!("ci/destroy/{BUILD_TOKEN_PATH}"), json!({"versions": [1]}));
        let finished = read(vault, &token, &format!("{BUILD_TOKEN_PATH}/token@ci"));
        assert_eq!(finished.code, Some(3));
        assert!(finished.stderr.contains("was destroyed"), "{}", finished.stderr);
    }

    fn a_store_of_the_other_version_is_said(vault) {
        let (_sandbox, token) = id_token(vault);
        vault.must("POST", "sys/mounts/old", json!({"type": "kv", "options": {"version": "1"}}));
        vault.must("POST", "old/a", json!({"token": "made-up-old-value"}));
        may_read(vault, &["old/*", "ci/*"]);
        assert_eq!(read(vault, &token, "a/token@old,engine=kv-v1").stdout, "made-up-old-value");
        let finished = read(vault, &token, "a/token@old");
        assert!(finished.stderr.contains("`old` is a KV store of version 1, read with the engine `kv-v1`"), "{}", finished.stderr);
        let finished = read(vault, &token, &format!("{BUILD_TOKEN_PATH}/token@ci,engine=kv-v1"));
        assert!(finished.stderr.contains("`ci` is a KV store of version 2, read with the engine `kv-v2`"), "{}", finished.stderr);
        assert_eq!(finished.code, Some(3));
    }

    fn what_the_policy_forbids_is_said_with_the_path(vault) {
        let (_sandbox, token) = id_token(vault);
        let finished = read(vault, &token, "some/other/token@ci");
        assert_eq!(finished.code, Some(3));
        insta::assert_snapshot!(finished.stderr, @"
        error: the session may not read `ci/data/some/other`: 1 error occurred: * permission denied
        hint: the policies of the role must allow `read` on exactly this path; a mount that does not exist answers the same
        ");
        assert_eq!(vault.sessions(), 0);
    }

    fn a_secret_that_is_not_there_is_said(vault) {
        let (_sandbox, token) = id_token(vault);
        may_read(vault, &["ci/*"]);
        let finished = read(vault, &token, "no/such/token@ci");
        assert_eq!(finished.code, Some(3));
        assert!(finished.stderr.starts_with("error: there is no secret at `ci/data/no/such`\nhint:"), "{}", finished.stderr);
    }

    fn one_login_serves_every_secret_and_one_read_every_field_of_a_path(vault) {
        let (_sandbox, token) = id_token(vault);
        vault.write_secret(BUILD_TOKEN_PATH, json!({"token": BUILD_TOKEN, "user": "made-up-user"}));
        let secret = |name: &str, field: &str| format!("{name}={BUILD_TOKEN_PATH}/{field}@ci");
        let finished = Buildpass::new()
            .args(["--address", &vault.address, "--role", "omnibus-gitlab"])
            .args(["--secret", &secret("A", "token"), "--secret", &secret("B", "user"), "run", "sh", "-c", "test $A && test $B"])
            .env("VAULT_ID_TOKEN", &token)
            .run();
        assert_eq!(finished.code, Some(0), "{}", finished.stderr);
        assert_eq!(vault.sessions(), 0);
    }

    fn every_refused_login_says_what_and_why(vault) {
        let (sandbox, token) = id_token(vault);
        vault.role("other-audience", json!({"bound_audiences": ["https://other.example"]}));
        vault.role("other-subject", json!({"bound_subject": "nobody"}));
        vault.role("no-claim", json!({"bound_claims": {"environment": "production"}}));
        let login = |role: &str, token: &str| {
            let finished = Buildpass::new()
                .args(["--address", &vault.address, "--role", role, "--secret", "A=a/b@ci", "token", "A"])
                .env("VAULT_ID_TOKEN", token)
                .run();
            assert_eq!((finished.code, finished.stdout.as_str()), (Some(3), ""), "{}", finished.stderr);
            assert!(finished.stderr.contains("\nhint: "), "{}", finished.stderr);
            finished.stderr.replace(&vault.address, "http://vault").replace(&sandbox.url, "http://gitlab")
        };
        insta::assert_snapshot!(login("other-audience", &token), @"
        error: the vault refused the ID token: error validating token: invalid audience (aud) claim: audience claim does not match any expected audience
          caused by: the token's audience is `http://vault`
        hint: set the `aud:` under `id_tokens:` to one of the role's `bound_audiences`
        ");
        insta::assert_snapshot!(login("other-subject", &token), @"
        error: the vault refused the ID token: error validating token: invalid subject (sub) claim
          caused by: the token's subject is `project_path:gitlab-org/security/omnibus-gitlab:ref_type:branch:ref:main`
        hint: the role's `bound_subject` must equal the token's `sub`
        ");
        insta::assert_snapshot!(login("no-claim", &token), @r#"
        error: the vault refused the ID token: error validating claims: claim "environment" is missing
          caused by: the token has no `environment`
        hint: give the job what the claim tells of, such as `environment:`, or take the claim out of the role's `bound_claims`
        "#);
        insta::assert_snapshot!(login("no-such-role", &token), @r#"
        error: the vault refused the ID token: role "no-such-role" could not be found
        hint: is the role's name right, and is it on this auth mount and in this namespace?
        "#);
        let stray = sandbox.id_token(&vault.address, json!({"key": "stray"}));
        insta::assert_snapshot!(login("omnibus-gitlab", &stray), @"
        error: the vault refused the ID token: error validating token: error verifying token signature: failed to verify id token signature
          caused by: the token's issuer is `http://gitlab`
        hint: the issuer's keys do not match: is the token from the GitLab that this vault knows?
        ");
        let branch = sandbox.id_token(&vault.address, json!({"ref": "feature", "ref_protected": false}));
        insta::assert_snapshot!(login("omnibus-gitlab", &branch), @r#"
        error: the vault refused the ID token: error validating claims: claim "ref_protected" does not match any associated bound claim values
          caused by: the token's `ref_protected` is `false`
        hint: run it where the role says, or name the role that is for this project and ref: the role's `bound_claims` name the values
        "#);
        assert_eq!(vault.sessions(), 0);
    }

    fn a_personal_token_serves_and_is_never_given_back(vault) {
        let (_sandbox, _) = id_token(vault);
        let finished = Buildpass::new()
            .args(["--address", &vault.address, "--secret", &format!("A={BUILD_TOKEN_PATH}/token@ci"), "run", "sh", "-c", "test $A"])
            .env("VAULT_TOKEN", ROOT)
            .run();
        assert_eq!((finished.code, finished.stderr.as_str()), (Some(0), ""));
        vault.must("GET", "auth/token/lookup-self", Value::Null);
    }

    fn a_namespace_that_is_not_there_is_said(vault) {
        let (_sandbox, token) = id_token(vault);
        let finished = Buildpass::new()
            .args(["--address", &vault.address, "--namespace", "nowhere", "--secret", "A=a/b@ci", "token", "A"])
            .env("VAULT_ID_TOKEN", &token)
            .run();
        assert_eq!(finished.code, Some(3));
        assert!(finished.stderr.contains("namespace not found"), "{}", finished.stderr);
    }
}

/// An engine of the real vault that makes a secret at each read, and the server that it makes it on.
fn leasing(vault: &Vault) -> Scripted {
    let rabbit = Scripted::start(|_, _| reply(204, "", ""));
    vault.must("POST", "sys/mounts/rabbitmq", json!({"type": "rabbitmq"}));
    let connection = json!({"connection_uri": rabbit.address, "username": "u", "password": "made-up", "verify_connection": false});
    vault.must("POST", "rabbitmq/config/connection", connection);
    vault.must("POST", "rabbitmq/config/lease", json!({"ttl": 600, "max_ttl": 3600}));
    vault.must("POST", "rabbitmq/roles/r", json!({"tags": "none", "vhosts": r#"{"/":{"read":".*"}}"#}));
    may_read(vault, &["rabbitmq/creds/r"]);
    rabbit
}

fn leases(vault: &Vault) -> usize {
    let (_, listed) = vault.ask("LIST", "sys/leases/lookup/rabbitmq/creds/r", Value::Null);
    listed["data"]["keys"].as_array().map_or(0, Vec::len)
}

/// The vault ends the leases of a session in the background.
fn gone(vault: &Vault) {
    assert_eq!(vault.sessions(), 0);
    assert!(wait_until(Duration::from_secs(5), || leases(vault) == 0), "{} leases", leases(vault));
}

#[test]
fn a_secret_with_a_lease_lives_as_long_as_the_job_and_is_made_once() {
    let Some(vault) = Vault::openbao() else { return };
    let (_sandbox, token) = id_token(&vault);
    let _rabbit = leasing(&vault);
    let run = |script: &str| {
        Buildpass::new()
            .args(["--address", &vault.address, "--role", "omnibus-gitlab"])
            .args(["--secret", "USER_NAME=creds/r/username@rabbitmq,engine=generic"])
            .args([
                "--secret",
                "PASSWORD=creds/r/password@rabbitmq,engine=generic",
                "run",
                "sh",
                "-c",
                script,
            ])
            .env("VAULT_ID_TOKEN", &token)
            .run()
    };
    let finished = run("test $USER_NAME && test $PASSWORD");
    assert_eq!((finished.code, finished.stderr.as_str()), (Some(0), ""));
    gone(&vault);
    let token_of_leased = read(&vault, &token, "creds/r/password@rabbitmq,engine=generic");
    assert_eq!((token_of_leased.code, token_of_leased.stdout.as_str()), (Some(2), ""));
    insta::assert_snapshot!(token_of_leased.stderr, @"
    error: A was made for this session and ended with it
    hint: use `buildpass run`, which keeps the session while a command runs, or `buildpass token --keep-lease`
    ");
    gone(&vault);
    let kept = Buildpass::new()
        .args(["--address", &vault.address, "--role", "omnibus-gitlab"])
        .args(["--secret", "A=creds/r/password@rabbitmq,engine=generic", "token", "--keep-lease", "A"])
        .env("VAULT_ID_TOKEN", &token)
        .run();
    assert!(kept.code == Some(0) && !kept.stdout.is_empty(), "{kept:?}");
    assert!(kept.stderr.starts_with("buildpass: A ends at 20"), "{}", kept.stderr);
    assert_eq!((leases(&vault), vault.sessions()), (1, 1));
}

#[test]
fn a_read_that_may_make_something_is_not_repeated_once_it_was_sent() {
    let (vault, job) = unreal(|_, _| Vec::new());
    let finished = job.args(["--secret", "A=r/token@gitlab,engine=generic", "token", "A"]).run();
    assert_eq!((finished.code, vault.requests().len()), (Some(4), 1), "{}", finished.stderr);
    let (vault, job) = unreal(|number, _| if number < 3 { Vec::new() } else { reply(200, "", VALUE) });
    let finished = job.args(["--secret", "A=r/token@ci", "token", "A"]).run();
    assert_eq!(
        (finished.stdout.as_str(), vault.requests().len()),
        ("made-up-value", 4),
        "{}",
        finished.stderr
    );
}

#[test]
fn a_vault_that_is_busy_is_asked_again() {
    for (status, headers, times) in
        [(412, "", 3), (429, "Retry-After: 1\r\n", 1), (502, "", 3), (503, "", 3), (500, "", 2)]
    {
        let (vault, job) = unreal(move |number, _| match number {
            number if number < times => reply(status, headers, r#"{"errors":["not now"]}"#),
            _ => reply(200, "", VALUE),
        });
        let began = Instant::now();
        let finished = job.args(["--secret", "A=r/token@ci", "token", "A"]).run();
        assert_eq!(
            (finished.code, finished.stdout.as_str()),
            (Some(0), "made-up-value"),
            "{status} {}",
            finished.stderr
        );
        assert_eq!(vault.requests().len(), times + 1);
        assert!(headers.is_empty() || began.elapsed() >= Duration::from_secs(1), "Retry-After is kept");
    }
}

#[test]
fn a_vault_that_says_no_is_not_asked_again() {
    for status in [400, 403, 404, 501] {
        let (vault, job) = unreal(move |_, _| reply(status, "", r#"{"errors":["no"]}"#));
        let finished = job.args(["--secret", "A=r/token@ci", "token", "A"]).run();
        assert_eq!(finished.code, Some(3), "{status} {}", finished.stderr);
        let reads = vault.requests().iter().filter(|request| request.contains("/v1/ci/data/r")).count();
        assert_eq!(reads, 1, "{status}");
    }
    let (vault, job) = unreal(move |_, _| reply(500, "", r#"{"errors":["broken"]}"#));
    let finished = job.args(["--secret", "A=r/token@ci", "token", "A"]).run();
    assert_eq!(
        (finished.code, vault.requests().len()),
        (Some(3), 3),
        "a 500 is forgiven twice: {}",
        finished.stderr
    );
}

#[test]
fn an_issuer_that_the_vault_cannot_reach_is_waited_for() {
    let sandbox = Sandbox::start();
    let text = r#"{"errors":["error validating token: error verifying token signature: fetching keys oidc: get keys failed 503"]}"#;
    let vault = Scripted::start(move |number, head| match number {
        0 | 1 => reply(400, "", text),
        _ if head.contains("/login") => {
            reply(200, "", r#"{"auth":{"client_token":"made-up-session","lease_duration":60}}"#)
        }
        _ if head.contains("revoke-self") => reply(204, "", ""),
        _ => reply(200, "", VALUE),
    });
    let token = sandbox.id_token(&vault.address, json!({}));
    let finished = Buildpass::new()
        .args(["--address", &vault.address, "--secret", "A=r/token@ci", "token", "A"])
        .env("VAULT_ID_TOKEN", &token)
        .run();
    assert_eq!(finished.stdout, "made-up-value", "{}", finished.stderr);
}

#[test]
fn a_node_that_cannot_be_reached_gives_the_turn_to_the_next() {
    let vault = Scripted::start(|_, _| reply(200, "", VALUE));
    let nobody = std::net::TcpListener::bind("127.0.0.1:0").map(|gone| gone.local_addr().unwrap()).unwrap();
    let finished = Buildpass::new()
        .args([
            "--address",
            &format!("http://{nobody}"),
            "--address",
            &vault.address,
            "--secret",
            "A=r/token@ci",
            "token",
            "A",
        ])
        .env("VAULT_TOKEN", "made-up-personal-token")
        .run();
    assert_eq!(finished.stdout, "made-up-value", "{}", finished.stderr);
}

#[test]
fn what_is_no_vault_is_said() {
    let page = "<html>sign in</html>";
    let html =
        format!("HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: {}\r\n\r\n{page}", page.len());
    let (_vault, job) = unreal(move |_, _| html.clone().into_bytes());
    let finished = job.args(["--secret", "A=r/token@ci", "token", "A"]).run();
    assert_eq!(finished.code, Some(4));
    insta::assert_snapshot!(finished.stderr, @"
    error: what answers at this address is not a vault: status 200, `text/html`
    hint: is it the address of a web page, or of a proxy on the way?
    ");
}

#[test]
fn a_vault_that_never_answers_is_given_up_at_the_deadline() {
    let silent = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let address = format!("http://{}", silent.local_addr().unwrap());
    let began = Instant::now();
    let finished = Buildpass::new()
        .args(["--address", &address, "--timeout", "2s", "--secret", "A=r/token@ci", "token", "A"])
        .env("VAULT_TOKEN", "made-up-personal-token")
        .run();
    assert_eq!(finished.code, Some(4), "{}", finished.stderr);
    assert!(began.elapsed() < Duration::from_secs(10), "{:?}", began.elapsed());
    insta::assert_snapshot!(finished.stderr.replace(&address, "http://vault"), @"
    error: the vault at http://vault did not answer
      caused by: no answer in 2 s
    hint: is the address a vault's? `--timeout` sets how long is waited in all
    ");
}

#[test]
fn a_body_of_a_hundred_megabytes_is_refused() {
    for announced in [true, false] {
        let (_vault, job) = unreal(move |_, _| {
            let size = 100 * 1024 * 1024;
            let length = if announced {
                format!("Content-Length: {size}\r\n")
            } else {
                "Connection: close\r\n".to_owned()
            };
            let mut bytes =
                format!("HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n{length}\r\n").into_bytes();
            bytes.resize(bytes.len() + size, b' ');
            bytes
        });
        let finished = job.args(["--secret", "A=r/token@ci", "token", "A"]).run();
        assert_eq!(finished.code, Some(4), "{}", finished.stderr);
        assert!(finished.stderr.contains("the answer is larger than 10 MB"), "{}", finished.stderr);
    }
}

#[test]
fn numbers_that_no_clock_can_count_to_are_not_believed() {
    let (_vault, job) =
        unreal(|_, _| reply(503, "Retry-After: 18446744073709551615\r\n", r#"{"errors":["busy"]}"#));
    let finished = job.args(["--timeout", "2s", "--secret", "A=r/token@ci", "token", "A"]).run();
    assert_eq!(finished.code, Some(4), "{}", finished.stderr);
    let sandbox = Sandbox::start();
    let vault = Scripted::start(|_, head| {
        if head.contains("/login") || head.contains("renew-self") {
            return reply(
                200,
                "",
                r#"{"auth":{"client_token":"made-up-session","lease_duration":18446744073709551615,"renewable":true}}"#,
            );
        }
        if head.contains("revoke-self") { reply(204, "", "") } else { reply(200, "", VALUE) }
    });
    let token = sandbox.id_token(&vault.address, json!({}));
    let finished = Buildpass::new()
        .args(["--address", &vault.address, "--secret", "A=r/token@ci", "run", "sh", "-c", "test $A"])
        .env("VAULT_ID_TOKEN", &token)
        .run();
    assert_eq!(finished.code, Some(0), "{}", finished.stderr);
}

#[test]
fn what_is_on_the_way_may_echo_the_id_token_and_we_do_not() {
    let sandbox = Sandbox::start();
    let seen = std::sync::Arc::new(std::sync::Mutex::new(String::new()));
    let echoed = std::sync::Arc::clone(&seen);
    let vault = Scripted::start(move |_, _| {
        reply(
            400,
            "",
            &json!({"errors": [format!("\u{1b}[31mblocked: {}", echoed.lock().unwrap())]}).to_string(),
        )
    });
    let token = sandbox.id_token(&vault.address, json!({}));
    seen.lock().unwrap().push_str(&token);
    let finished = Buildpass::new()
        .args(["--address", &vault.address, "--secret", "A=r/token@ci", "token", "A"])
        .env("VAULT_ID_TOKEN", &token)
        .run();
    assert_eq!(
        finished.stderr.lines().next(),
        Some("error: the vault refused the ID token: [31mblocked: [MASKED]")
    );
}

#[test]
fn a_renewal_that_fails_once_is_tried_again() {
    let vault = Scripted::start(|number, head| {
        if head.contains("/login") {
            return reply(
                200,
                "",
                r#"{"auth":{"client_token":"made-up-session","lease_duration":60,"renewable":true}}"#,
            );
        }
        if head.contains("renew-self") && (4..8).contains(&number) {
            return reply(404, "", r#"{"errors":["an odd answer"]}"#);
        }
        if head.contains("renew-self") {
            return reply(200, "", r#"{"auth":{"client_token":"","lease_duration":3,"renewable":true}}"#);
        }
        if head.contains("revoke-self") { reply(204, "", "") } else { reply(200, "", VALUE) }
    });
    let sandbox = Sandbox::start();
    let token = sandbox.id_token(&vault.address, json!({}));
    let mut job = Buildpass::new()
        .args(["--address", &vault.address, "--secret", "A=r/token@ci", "--lead", "1s"])
        .args(["run", "sh", "-c", "while [ ! -e stop ]; do sleep 0.05; done"])
        .env("VAULT_ID_TOKEN", &token);
    let process = job.spawn();
    let renewals = || vault.requests().iter().filter(|head| head.contains("renew-self")).count();
    assert!(wait_until(Duration::from_secs(20), || renewals() > 8), "{} renewals", renewals());
    std::fs::write(job.project().join("stop"), "").unwrap();
    let output = process.wait_with_output().unwrap();
    let said = String::from_utf8_lossy(&output.stderr);
    assert_eq!((output.status.code(), said.lines().count()), (Some(0), 1), "{said}");
    assert!(said.contains("the vault did not renew the session: 404 an odd answer"), "{said}");
}
