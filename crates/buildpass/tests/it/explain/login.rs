//! Every refusal of a login that a vault can be made to give.

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use serde_json::{Value, json};

use super::{Answers, deployed};
use crate::harness::{Vault, on_every_vault};

/// A second auth mount with another configuration and the same role.
fn mount(vault: &Vault, name: &str, config: Value) {
    vault.must("POST", &format!("sys/auth/{name}"), json!({"type": "jwt"}));
    vault.must("POST", &format!("auth/{name}/config"), config);
    let role = json!({
        "role_type": "jwt", "user_claim": "project_id", "bound_audiences": [vault.address], "token_policies": ["build-token"],
    });
    vault.must("POST", &format!("auth/{name}/role/builds"), role);
}

on_every_vault! {
    fn a_login_without_mount_role_or_token_is_explained(vault) {
        let (sandbox, token) = deployed(vault);
        let mut answers = Answers::of(vault);
        vault.must("POST", "sys/auth/bare", json!({"type": "jwt"}));
        vault.role("elsewhere", json!({"token_bound_cidrs": ["192.0.2.0/24"]}));
        vault.role("people", json!({"role_type": "oidc", "allowed_redirect_uris": ["http://127.0.0.1/callback"]}));
        answers.login("no configuration", "bare", json!({"role": "omnibus-gitlab", "jwt": token}));
        answers.login("no role named", "jwt", json!({"jwt": token}));
        answers.login("no such role", "jwt", json!({"role": "zz", "jwt": token}));
        answers.login("a role for people", "jwt", json!({"role": "people", "jwt": token}));
        answers.login("no token", "jwt", json!({"role": "omnibus-gitlab", "jwt": ""}));
        answers.login("no mount", "none", json!({"role": "omnibus-gitlab", "jwt": token}));
        answers.login("another address", "jwt", json!({"role": "elsewhere", "jwt": token}));
        insta::assert_snapshot!(answers.said.replace(&sandbox.url, "GITLAB"), @r#"
        no configuration: 400 could not load configuration [login-no-configuration]
        no role named: 400 missing role [login-missing-role]
        no such role: 400 role "zz" could not be found [login-role-not-found]
        a role for people: 400 role with oidc role_type is not allowed [login-oidc-role]
        no token: 400 missing token [login-missing-token]
        no mount: 403 permission denied [login-permission-denied]
        another address: 403 permission denied [login-permission-denied]
        "#);
    }

    fn a_token_that_is_none_or_that_nobody_signed_is_explained(vault) {
        let (sandbox, token) = deployed(vault);
        let mut answers = Answers::of(vault);
        let login = |token: &str| json!({"role": "omnibus-gitlab", "jwt": token});
        let part = |text: &str| URL_SAFE_NO_PAD.encode(text);
        let shared = format!("{}.{}.{}", part(r#"{"alg":"HS256"}"#), token.split('.').nth(1).unwrap(), part("made up"));
        let stranger = rcgen::KeyPair::generate().unwrap().public_key_pem();
        mount(vault, "pinned", json!({"jwt_validation_pubkeys": [stranger]}));
        answers.login("a variable's name", "jwt", login("$VAULT_ID_TOKEN"));
        answers.login("a shared key", "jwt", login(&shared));
        answers.login("another key", "jwt", login(&sandbox.id_token(&vault.address, json!({"key": "stray"}))));
        answers.login("another pinned key", "pinned", json!({"role": "builds", "jwt": token}));
        insta::assert_snapshot!(answers.said, @r#"
        a variable's name: 400 error validating token: error verifying token signature: oidc: malformed jwt: go-jose/go-jose: compact JWS format must have three parts [login-malformed]
        a shared key: 400 error validating token: error verifying token signature: oidc: malformed jwt: unexpected signature algorithm "HS256"; expected ["RS256" "RS384" "RS512" "ES256" "ES384" "ES512" "PS256" "PS384" "PS512" "EdDSA"] [login-malformed-algorithm]
        another key: 400 error validating token: error verifying token signature: failed to verify id token signature [login-signature]
        another pinned key: 400 error validating token: error verifying token signature: no known key successfully validated the token signature [login-static-keys]
        "#);
    }

    fn what_the_token_says_of_itself_is_explained(vault) {
        let (sandbox, token) = deployed(vault);
        let mut answers = Answers::of(vault);
        let keys = format!("{}/oauth/discovery/keys", sandbox.url);
        mount(vault, "narrow", json!({"jwks_url": keys, "jwt_supported_algs": ["ES256"]}));
        mount(vault, "elsewhere", json!({"oidc_discovery_url": sandbox.url, "bound_issuer": "https://gitlab.example"}));
        vault.role("nobody", json!({"bound_subject": "nobody"}));
        vault.role("for-others", json!({"bound_audiences": ["https://other.example"]}));
        vault.role("for-all", json!({"bound_audiences": []}));
        let login = |token: &str| json!({"role": "omnibus-gitlab", "jwt": token});
        let with = |claims: Value| login(&sandbox.id_token(&vault.address, json!({"claims": claims})));
        answers.login("algorithm", "narrow", json!({"role": "builds", "jwt": token}));
        answers.login("issuer", "elsewhere", json!({"role": "builds", "jwt": token}));
        answers.login("subject", "jwt", json!({"role": "nobody", "jwt": token}));
        answers.login("audience", "jwt", json!({"role": "for-others", "jwt": token}));
        answers.login("no audience", "jwt", with(json!({"aud": null})));
        answers.login("a role without audience", "jwt", json!({"role": "for-all", "jwt": token}));
        answers.login("expired", "jwt", with(json!({"iat": 1_000, "nbf": 1_000, "exp": 2_000})));
        answers.login("not yet", "jwt", with(json!({"iat": 4_102_444_800_i64, "nbf": 4_102_444_800_i64, "exp": 4_102_448_400_i64})));
        answers.login("no times", "jwt", with(json!({"iat": null, "nbf": null, "exp": null})));
        insta::assert_snapshot!(answers.said, @r#"
        algorithm: 400 error validating token: invalid algorithm (alg) header parameter: token signed with unexpected algorithm [login-algorithm]
        issuer: 400 error validating token: invalid issuer (iss) claim [login-issuer]
        subject: 400 error validating token: invalid subject (sub) claim [login-subject]
        audience: 400 error validating token: invalid audience (aud) claim: audience claim does not match any expected audience [login-audience]
        no audience: 400 error validating token: invalid audience (aud) claim: audience claim does not match any expected audience [login-audience]
        a role without audience: 400 audience claim found in JWT but no audiences bound to the role [login-role-without-audience]
        expired: 400 error validating token: invalid expiration time (exp) claim: token is expired [login-expired]
        not yet: 400 error validating token: invalid not before (nbf) claim: token not yet valid [login-not-yet-valid]
        no times: 400 error validating token: no issued at (iat), not before (nbf), or expiration time (exp) claims in token [login-no-times]
        "#);
    }

    fn what_the_role_makes_of_the_claims_is_explained(vault) {
        let (sandbox, token) = deployed(vault);
        let mut answers = Answers::of(vault);
        vault.role("no-claim", json!({"user_claim": "user_mail"}));
        vault.role("no-text", json!({"user_claim": "runner_id"}));
        vault.role("mapped", json!({"claim_mappings": {"runner_id": "runner"}}));
        vault.role("grouped", json!({"groups_claim": "no_groups"}));
        vault.role("deploying", json!({"bound_claims": {"environment": "production"}}));
        vault.role("another", json!({"bound_claims": {"project_path": "group/other"}}));
        vault.role("pinned", json!({"bound_claims": {"ci_config_sha": "0123"}}));
        let branch = sandbox.id_token(&vault.address, json!({"ref": "feature", "ref_protected": false}));
        let odd = sandbox.id_token(&vault.address, json!({"claims": {"ci_config_sha": {"a": 1}}}));
        for (case, role, token) in [
            ("no user claim", "no-claim", &token),
            ("a number as user claim", "no-text", &token),
            ("a number is mapped", "mapped", &token),
            ("no groups", "grouped", &token),
            ("no environment", "deploying", &token),
            ("another project", "another", &token),
            ("another ref", "omnibus-gitlab", &branch),
            ("an object", "pinned", &odd),
        ] {
            answers.login(case, "jwt", json!({"role": role, "jwt": token}));
        }
        insta::assert_snapshot!(answers.said, @r#"
        no user claim: 400 claim "user_mail" not found in token [login-user-claim-absent]
        a number as user claim: 400 claim "runner_id" could not be converted to string [login-user-claim-no-text]
        a number is mapped: 400 error converting claim 'runner_id' to string [login-mapping-no-text]
        no groups: 400 failed to fetch groups: "no_groups" claim not found in token [login-groups]
        no environment: 400 error validating claims: claim "environment" is missing [login-claim-missing]
        another project: 400 error validating claims: claim "project_path" does not match any associated bound claim values [login-claim-mismatch]
        another ref: 400 error validating claims: claim "ref_protected" does not match any associated bound claim values [login-claim-mismatch]
        an object: 400 error validating claims: received claim is not a string, bool, int or list: map[a:1] [login-claim-kind]
        "#);
    }
}
