//! What only OpenBao can be made to say: it has what lockbox leaves out.

use buildpass::explain::Stage;
use serde_json::{Value, json};

use super::{Answers, As, deployed};
use crate::harness::{Clients, TlsFront, Vault};

#[test]
fn what_only_openbao_says_is_explained() {
    let Some(vault) = Vault::openbao() else {
        println!("skipped: what only OpenBao says");
        return;
    };
    let (sandbox, token) = deployed(&vault);
    let mut answers = Answers::of(&vault);
    let front = TlsFront::start(&sandbox.url, "127.0.0.1", Clients::Anybody);
    vault.must("POST", "sys/auth/strange", json!({"type": "jwt"}));
    let keys = format!("{}/oauth/discovery/keys", front.address);
    vault.must("POST", "auth/strange/config", json!({"jwks_url": keys, "skip_jwks_validation": true}));
    vault.must(
        "POST",
        "auth/strange/role/builds",
        json!({"role_type": "jwt", "user_claim": "project_id", "bound_audiences": [vault.address]}),
    );
    answers.login("an authority of one's own", "strange", json!({"role": "builds", "jwt": token}));

    let with = |claims: Value| json!({"role": "omnibus-gitlab", "jwt": sandbox.id_token(&vault.address, json!({"claims": claims}))});
    answers.login("a claim twice", "jwt", with(json!({"SUB": "somebody"})));
    answers.login(
        "made in the future",
        "jwt",
        with(json!({"iat": 4_102_444_800_i64, "nbf": null, "exp": 4_102_448_400_i64})),
    );

    for (name, program) in [("never", "false"), ("broken", "claims.no_such_claim == 'x'")] {
        let role = json!({"cel_program": {"expression": program}, "bound_audiences": [vault.address]});
        vault.must("POST", &format!("auth/jwt/cel/role/{name}"), role);
        let body = json!({"role": name, "jwt": token});
        answers.request(name, ("POST", "auth/jwt/cel/login", body), Stage::Login, &As::Nobody);
    }

    let session = vault.must("POST", "auth/jwt/login", json!({"role": "omnibus-gitlab", "jwt": token}));
    let session = session["auth"]["client_token"].as_str().unwrap();
    vault.must("DELETE", "auth/jwt/role/omnibus-gitlab", Value::Null);
    answers.request(
        "the role is gone",
        ("POST", "auth/token/renew-self", Value::Null),
        Stage::Login,
        &As::Bearer(session),
    );
    vault.role("omnibus-gitlab", json!({}));

    vault.must(
        "POST",
        "sys/quotas/rate-limit/logins",
        json!({"path": "auth/jwt", "rate": 1, "interval": "10m"}),
    );
    vault.ask("POST", "auth/jwt/login", json!({"role": "omnibus-gitlab", "jwt": token}));
    let again = json!({"role": "omnibus-gitlab", "jwt": token});
    answers.request("too many", ("POST", "auth/jwt/login", again), Stage::Vault, &As::Nobody);
    let said = answers.said.replace(&front.address, "FRONT").replace(&sandbox.url, "GITLAB");
    insta::assert_snapshot!(said, @r#"
    an authority of one's own: 400 error validating token: error verifying token signature: fetching keys oidc: get keys failed Get "FRONT/oauth/discovery/keys": tls: failed to verify certificate: x509: certificate signed by unknown authority [login-keys-untrusted]
    a claim twice: 400 error validating token: ambiguous claim: key "SUB" collides with registered claim "sub" under case folding [login-ambiguous-claim]
    made in the future: 400 error validating token: invalid not before (nbf) claim: token not yet valid [login-not-yet-valid]
    never: 400 error executing cel program: CEL role 'never' blocked authorization with boolean false return [login-cel-denied]
    broken: 400 error executing cel program: CEL auth program failed: failed to evaluate expression: failed to evaluate expression "claims.no_such_claim == 'x'": no such key: no_such_claim [login-cel-program]
    the role is gone: 500 1 error occurred: * failed to renew entry: role omnibus-gitlab does not exist during renewal [login-role-gone]
    too many: 429 request path "auth/jwt/login": rate limit quota exceeded [vault-rate-limit]
    "#);
}
