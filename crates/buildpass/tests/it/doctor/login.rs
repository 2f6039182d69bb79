use std::{net::TcpStream, time::Duration};

use serde_json::json;

use super::Surgery;
use crate::harness::{on_every_vault, wait_until};

on_every_vault! {
    fn login(vault) {
        let mut surgery = Surgery::on(vault);
        surgery.id_token(json!({"project": "gitlab-org/omnibus-gitlab"}));
        surgery.finds("login", "`project_path` is `gitlab-org/omnibus-gitlab`");
        surgery.id_token(json!({"project": "gitlab-org/security/sub/omnibus-gitlab"}));
        surgery.finds("login", "`project_path` is `gitlab-org/security/sub/omnibus-gitlab`");
        surgery.id_token(json!({"ref": "fix", "ref_protected": false})).finds("login", "`ref_protected` is `false`");
        surgery.id_token(json!({"key": "stray"})).finds("login", "has signed");
        surgery.id_token(json!({}));
        surgery.role(json!({"bound_audiences": ["https://vault.example"]})).finds("login", "bound_audiences");
        surgery.role(json!({"bound_audiences": []})).finds("login", "`bound_audiences`");
        surgery.role(json!({"bound_subject": "project_path:a/b"})).finds("login", "bound_subject");
        surgery.role(json!({"user_claim": "runner_id"})).finds("login", "user_claim");
        surgery.role(json!({"user_claim": "no_such_claim"})).finds("login", "user_claim");
        surgery.role(json!({"claim_mappings": {"runner_id": "runner"}})).finds("login", "claim_mappings");
        surgery.role(json!({"groups_claim": "no_such_claim"})).finds("login", "groups_claim");
        surgery.role(json!({"bound_claims": {"environment": "production"}})).finds("login", "environment");
        surgery.role(json!({"token_bound_cidrs": ["192.0.2.0/24"]})).finds("login", "token_bound_cidrs");
    }

    fn the_ladder_tells_what_has_passed(vault) {
        let mut surgery = Surgery::on(vault);
        surgery.id_token(json!({"ref": "fix", "ref_protected": false})).argument("--only").argument("login");
        insta::assert_snapshot!(surgery.text(), @r#"
        fail     login  the vault refused the ID token for its bound claims
                 passed: auth mount, its configuration, role, role type, token sent, address of the job, issuer's keys, signature, names of claims, algorithm, issuer, subject, audience, times, audience bound, user claim, claim mappings, groups
                 failed: bound claims: error validating claims: claim "ref_protected" does not match any associated bound claim values
                 stage     login
                 expected  `ref_protected` as the role's `bound_claims` has it; with `--role-file` that is shown
                 actual    the token's `ref_protected` is `false`
                 do        protect `fix` in GitLab (Settings, Repository, Protected branches or tags), or run the job on a ref that is

        1 failed; begin with login: docs/doctor.md#login
        "#);
    }

    fn a_token_of_another_gitlab(vault) {
        let mut surgery = Surgery::on(vault);
        let other = crate::harness::Sandbox::start();
        let token = other.id_token(&vault.address, json!({}));
        surgery.set("VAULT_ID_TOKEN", &token).finds("login", "has signed");
    }

    fn an_issuer_that_the_vault_cannot_reach(vault) {
        let mut surgery = Surgery::on(vault);
        let gone = std::mem::replace(&mut surgery.sandbox, crate::harness::Sandbox::start());
        let address = gone.url.trim_start_matches("http://").to_owned();
        drop(gone);
        assert!(wait_until(Duration::from_secs(10), || TcpStream::connect(&address).is_err()));
        let told = surgery.told();
        assert_eq!((told.with("warn"), told.with("fail")), (vec!["issuer-discovery"], vec!["login"]));
        let seen = told.check("login")["seen"].as_str().unwrap();
        assert!(seen.ends_with("for its issuer's keys"), "{:#}", told.check("login"));
    }

    fn a_personal_token_that_has_ended(vault) {
        let mut surgery = Surgery::on(vault);
        surgery.unset("VAULT_ID_TOKEN").set("VAULT_TOKEN", "made-up-token-that-has-ended");
        surgery.finds("login", "it has expired");
        // One that may not look at itself is good all the same.
        let body = json!({"policies": ["build-token"], "no_default_policy": true, "ttl": "60s"});
        let token = vault.must("POST", "auth/token/create", body)["auth"]["client_token"].clone();
        surgery.set("VAULT_TOKEN", token.as_str().unwrap());
        let told = surgery.told();
        assert_eq!((told.code, &told.check("login")["verdict"]), (Some(0), &json!("pass")));
    }

    fn session(vault) {
        let mut surgery = Surgery::on(vault);
        surgery.role(json!({"token_type": "batch"})).warns("session", "batch token");
        surgery.role(json!({"token_no_default_policy": true})).warns("session", "auth/token/revoke-self");
        let told = surgery.told();
        let seen = told.check("session")["seen"].as_str().unwrap();
        assert!(seen.starts_with("a service token, not renewable"), "{seen}");
    }
}
