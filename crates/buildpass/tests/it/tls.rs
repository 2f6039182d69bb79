//! The vault over TLS: who vouches for it, and under which name.

use serde_json::json;

use crate::harness::{BUILD_TOKEN, BUILD_TOKEN_PATH, Buildpass, Clients, Sandbox, TlsFront, Vault};

/// A vault behind TLS, and the arguments of a job that reads its build token there.
fn behind_tls(name: &str, clients: Clients) -> (Vault, Sandbox, TlsFront, Buildpass) {
    let (vault, sandbox) = (Vault::lockbox(), Sandbox::start());
    let front = TlsFront::start(&vault.address, name, clients);
    vault.deploy(&sandbox);
    vault.role("omnibus-gitlab", json!({"bound_audiences": [front.address]}));
    let token = sandbox.id_token(&front.address, json!({}));
    let job = Buildpass::new()
        .args(["--address", &front.address, "--role", "omnibus-gitlab"])
        .args(["--secret", &format!("A={BUILD_TOKEN_PATH}/token@ci"), "--timeout", "5s"])
        .env("VAULT_ID_TOKEN", &token);
    (vault, sandbox, front, job)
}

#[test]
fn a_named_authority_vouches_for_the_vault() {
    let (vault, _sandbox, front, job) = behind_tls("127.0.0.1", Clients::Anybody);
    let finished = job.args(["--ca-cert", &front.file("ca.pem"), "token", "A"]).run();
    assert_eq!((finished.stdout.as_str(), finished.stderr.as_str()), (BUILD_TOKEN, ""));
    assert_eq!(vault.sessions(), 0);
}

#[test]
fn variables_of_the_vault_clis_and_of_the_system_name_authorities_too() {
    for variable in ["VAULT_CACERT", "BAO_CACERT", "SSL_CERT_FILE"] {
        let (_vault, _sandbox, front, job) = behind_tls("127.0.0.1", Clients::Anybody);
        let finished = job.args(["token", "A"]).env(variable, &front.file("ca.pem")).run();
        assert_eq!(finished.stdout, BUILD_TOKEN, "{variable}: {}", finished.stderr);
    }
}

#[test]
fn the_guardian_knows_the_authority_too() {
    let (vault, _sandbox, front, job) = behind_tls("127.0.0.1", Clients::Anybody);
    let finished = job.args(["run", "sh", "-c", "test $A"]).env("SSL_CERT_FILE", &front.file("ca.pem")).run();
    assert_eq!((finished.code, finished.stderr.as_str()), (Some(0), ""));
    assert_eq!(vault.sessions(), 0);
}

#[test]
fn a_vault_that_nobody_vouches_for_gets_no_id_token() {
    let (_vault, _sandbox, front, job) = behind_tls("127.0.0.1", Clients::Anybody);
    let finished = job.args(["token", "A"]).run();
    assert_eq!(finished.code, Some(4));
    insta::assert_snapshot!(finished.stderr.replace(&front.address, "https://vault"), @"
    error: the vault at https://vault did not answer
      caused by: the server does not prove who it is: invalid peer certificate: UnknownIssuer
    hint: name the authority that signed the server's certificate with `--ca-cert` or VAULT_CACERT, and the name in it with `--tls-server-name` where it is not the address's
    ");
}

#[test]
fn a_certificate_for_another_name_is_refused_unless_that_name_is_given() {
    let (_vault, _sandbox, front, job) = behind_tls("vault.example", Clients::Anybody);
    let mut job = job.args(["--ca-cert", &front.file("ca.pem"), "token", "A"]);
    let finished = job.run();
    assert_eq!(finished.code, Some(4));
    assert!(finished.stderr.contains("certificate"), "{}", finished.stderr);
    let finished = job.env("VAULT_TLS_SERVER_NAME", "vault.example").run();
    assert_eq!(finished.stdout, BUILD_TOKEN, "{}", finished.stderr);
}

#[test]
fn a_client_certificate_is_shown_where_the_vault_wants_one() {
    let (_vault, _sandbox, front, job) = behind_tls("127.0.0.1", Clients::Certified);
    let mut job = job.args(["--ca-cert", &front.file("ca.pem"), "token", "A"]);
    assert_eq!(job.run().code, Some(4));
    let (certificate, key) = (front.file("client.pem"), front.file("client.key"));
    let finished = job.env("VAULT_CLIENT_CERT", &certificate).env("VAULT_CLIENT_KEY", &key).run();
    assert_eq!(finished.stdout, BUILD_TOKEN, "{}", finished.stderr);
}
