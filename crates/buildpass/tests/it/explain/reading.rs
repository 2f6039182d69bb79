//! What a vault says to a session, and of itself.

use buildpass::explain::{Stage, find, login as of_login};
use serde_json::{Value, json};

use super::{Answers, As, deployed, words};
use crate::harness::{BUILD_TOKEN_PATH, ROOT, Vault, http, on_every_vault};

/// The session of a job.
fn session(vault: &Vault, role: &str, token: &str) -> String {
    let answer = vault.must("POST", "auth/jwt/login", json!({"role": role, "jwt": token}));
    answer["auth"]["client_token"].as_str().unwrap().to_owned()
}

on_every_vault! {
    fn what_a_session_may_not_have_is_explained(vault) {
        let (_sandbox, token) = deployed(vault);
        let mut answers = Answers::of(vault);
        let path = format!("ci/data/{BUILD_TOKEN_PATH}");
        let job = session(vault, "omnibus-gitlab", &token);
        let over = session(vault, "omnibus-gitlab", &token);
        answers.ask("POST", "auth/token/revoke-self", &Value::Null, &As::Bearer(&over));
        vault.role("batches", json!({"token_type": "batch"}));
        let batch = session(vault, "batches", &token);
        let get = |path: &str| path.to_owned();
        for (case, method, path, who) in [
            ("another path", "GET", get("ci/data/other"), &As::Bearer(&job)),
            ("no data/", "GET", get(&format!("ci/{BUILD_TOKEN_PATH}")), &As::Bearer(&job)),
            ("no mount, as a job", "GET", get("nope/data/x"), &As::Bearer(&job)),
            ("no mount, as the owner", "GET", get("nope/data/x"), &As::Bearer(ROOT)),
            ("nothing there", "GET", get("ci/data/nothing"), &As::Bearer(ROOT)),
            ("a token that is none", "GET", path.clone(), &As::Bearer("made-up")),
            ("no token", "GET", path.clone(), &As::Nobody),
            ("the session is over", "GET", path.clone(), &As::Bearer(&over)),
            ("written where it is read", "DELETE", get("sys/mounts"), &As::Bearer(ROOT)),
            ("a lease that is none", "PUT", get("sys/leases/renew"), &As::Bearer(ROOT)),
            ("a batch token", "POST", get("auth/token/revoke-self"), &As::Bearer(&batch)),
        ] {
            let body = if path == "sys/leases/renew" { json!({"lease_id": "a/b"}) } else { Value::Null };
            answers.request(case, (method, &path, body), Stage::Vault, who);
        }
        let (_, unversioned) = answers.ask("GET", "ci/nothing", &Value::Null, &As::Bearer(ROOT));
        answers.warned("no data/, as the owner", &unversioned);
        insta::assert_snapshot!(answers.said, @r#"
        another path: 403 1 error occurred: * permission denied [vault-policy-denies]
        no data/: 403 1 error occurred: * permission denied [vault-policy-denies]
        no mount, as a job: 403 1 error occurred: * permission denied [vault-policy-denies]
        no mount, as the owner: 404 no handler for route "nope/data/x". route entry not found. [vault-no-mount]
        nothing there: 404 {"errors":[]} [vault-nothing-there]
        a token that is none: 403 permission denied [vault-permission-denied]
        no token: 403 permission denied [vault-permission-denied]
        the session is over: 403 permission denied [vault-permission-denied]
        written where it is read: 405 1 error occurred: * unsupported operation [vault-unsupported-operation]
        a lease that is none: 400 lease not found [vault-lease-not-found]
        a batch token: 400 batch tokens cannot be revoked [vault-batch-token]
        no data/, as the owner: 404 Invalid path for a versioned K/V secrets engine. See the API docs for the appropriate API endpoints to use. If using the OpenBao CLI, use 'bao kv get' for this operation. [vault-wrong-kv-version]
        "#);
    }

    fn a_namespace_that_is_none_is_explained(vault) {
        let (_sandbox, token) = deployed(vault);
        let headers = [("x-vault-namespace", "absent"), ("x-vault-token", ROOT)];
        let ask = |method, path: &str, body: Option<&Value>| {
            let (status, answer) = http::request(method, &format!("{}/v1/{path}", vault.address), &headers, body).unwrap();
            (status, words(&answer))
        };
        let (status, said) = ask("GET", "ci/data/a", None);
        assert_eq!((status, said.as_str(), find(Stage::Vault, &said).unwrap().name), (404, "namespace not found", "vault-no-namespace"), "[vault-no-namespace]");
        let (status, said) = ask("POST", "auth/jwt/login", Some(&json!({"role": "omnibus-gitlab", "jwt": token})));
        insta::assert_snapshot!(format!("{status} {said} [{}]", of_login(&said).unwrap().name), @"404 namespace not found [login-no-namespace]");
    }

    fn a_sealed_vault_is_explained(vault) {
        let (_sandbox, token) = deployed(vault);
        let mut answers = Answers::of(vault);
        vault.must("PUT", "sys/seal", Value::Null);
        answers.request("sealed", ("GET", "ci/data/a", Value::Null), Stage::Vault, &As::Bearer(ROOT));
        answers.login("sealed", "jwt", json!({"role": "omnibus-gitlab", "jwt": token}));
        insta::assert_snapshot!(answers.said, @"
        sealed: 503 Vault is sealed [vault-sealed]
        sealed: 503 Vault is sealed [vault-sealed]
        ");
    }
}
