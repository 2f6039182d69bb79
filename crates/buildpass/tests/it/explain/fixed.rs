//! What a row says to do is done, and then the vault lets the job in.

use serde_json::{Value, json};

use super::{Answers, As, deployed, words};
use crate::harness::{BUILD_TOKEN_PATH, Sandbox, Vault, on_every_vault};

/// The row of a refused login; none where it was let in.
fn refused(vault: &Vault, body: &Value) -> Option<&'static str> {
    let (status, answer) = Answers::of(vault).ask("POST", "auth/jwt/login", body, &As::Nobody);
    (status != 200).then(|| buildpass::explain::login(&words(&answer)).unwrap().name)
}

/// A fault of the role, and the same role as its row says.
fn role_is_mended(vault: &Vault, sandbox: &Sandbox, row: &str, (broken, mended): (Value, Value)) {
    let login = json!({"role": "mended", "jwt": sandbox.id_token(&vault.address, json!({}))});
    vault.role("mended", broken);
    assert_eq!(refused(vault, &login), Some(row));
    vault.role("mended", mended);
    assert_eq!(refused(vault, &login), None, "{row}");
    vault.must("DELETE", "auth/jwt/role/mended", Value::Null);
}

on_every_vault! {
    fn a_role_is_mended_as_its_row_says(vault) {
        let (sandbox, _) = deployed(vault);
        for (row, broken, mended) in [
            ("login-audience", json!({"bound_audiences": ["https://other.example"]}), json!({"bound_audiences": [vault.address]})),
            ("login-role-without-audience", json!({"bound_audiences": []}), json!({"bound_audiences": [vault.address]})),
            ("login-subject", json!({"bound_subject": "nobody"}), json!({"bound_subject": ""})),
            ("login-user-claim-no-text", json!({"user_claim": "runner_id"}), json!({"user_claim": "project_id"})),
            ("login-user-claim-absent", json!({"user_claim": "user_mail"}), json!({"user_claim": "project_id"})),
            ("login-mapping-no-text", json!({"claim_mappings": {"runner_id": "runner"}}), json!({"claim_mappings": {}})),
            ("login-groups", json!({"groups_claim": "no_groups"}), json!({"groups_claim": ""})),
            ("login-permission-denied", json!({"token_bound_cidrs": ["192.0.2.0/24"]}), json!({"token_bound_cidrs": ["127.0.0.0/8"]})),
            // A star is a star until the role is told otherwise, each time it is written.
            (
                "login-claim-mismatch",
                json!({"bound_claims": {"project_path": "gitlab-org/security/*"}}),
                json!({"bound_claims": {"project_path": "gitlab-org/security/*"}, "bound_claims_type": "glob"}),
            ),
        ] {
            role_is_mended(vault, &sandbox, row, (broken, mended));
        }
    }

    fn a_job_is_mended_as_its_row_says(vault) {
        let (sandbox, token) = deployed(vault);
        vault.role("deploys", json!({"bound_claims": {"environment": "production"}}));
        let login = |role: &str, token: &str| json!({"role": role, "jwt": token});
        let with = |more: Value| sandbox.id_token(&vault.address, more);
        assert_eq!(refused(vault, &login("deploys", &token)), Some("login-claim-missing"));
        assert_eq!(refused(vault, &login("deploys", &with(json!({"environment": "production"})))), None);
        let branch = with(json!({"ref": "feature", "ref_protected": false}));
        assert_eq!(refused(vault, &login("omnibus-gitlab", &branch)), Some("login-claim-mismatch"));
        assert_eq!(refused(vault, &login("omnibus-gitlab", &token)), None);
        assert_eq!(refused(vault, &json!({"jwt": token})), Some("login-missing-role"));
        vault.must("POST", "auth/jwt/config", json!({"oidc_discovery_url": sandbox.url, "bound_issuer": sandbox.url, "default_role": "omnibus-gitlab"}));
        assert_eq!(refused(vault, &json!({"jwt": token})), None);
        vault.must("POST", "auth/jwt/config", json!({"oidc_discovery_url": sandbox.url, "bound_issuer": "https://gitlab.example"}));
        assert_eq!(refused(vault, &login("omnibus-gitlab", &token)), Some("login-issuer"));
        vault.must("POST", "auth/jwt/config", json!({"oidc_discovery_url": sandbox.url, "bound_issuer": sandbox.url}));
        assert_eq!(refused(vault, &login("omnibus-gitlab", &token)), None);
    }

    fn a_policy_is_mended_as_its_row_says(vault) {
        let (_sandbox, token) = deployed(vault);
        let session = vault.must("POST", "auth/jwt/login", json!({"role": "omnibus-gitlab", "jwt": token}));
        let session = session["auth"]["client_token"].as_str().unwrap();
        let read = || {
            let path = format!("ci/data/{BUILD_TOKEN_PATH}");
            let (status, answer) = Answers::of(vault).ask("GET", &path, &Value::Null, &As::Bearer(session));
            (status != 200).then(|| buildpass::explain::find(buildpass::explain::Stage::Vault, &words(&answer)).unwrap().name)
        };
        vault.policy("build-token", &format!(r#"path "ci/{BUILD_TOKEN_PATH}" {{ capabilities = ["read"] }}"#));
        assert_eq!(read(), Some("vault-policy-denies"));
        vault.policy("build-token", &format!(r#"path "ci/data/{BUILD_TOKEN_PATH}" {{ capabilities = ["read"] }}"#));
        assert_eq!(read(), None);
    }
}
