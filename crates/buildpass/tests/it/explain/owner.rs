//! What a vault says to its owner.

use buildpass::explain::Stage;
use serde_json::{Value, json};

use super::{Answers, As, deployed};
use crate::harness::{ROOT, Scripted, on_every_vault, reply};

on_every_vault! {
    fn a_role_that_is_refused_is_explained(vault) {
        let (_sandbox, _) = deployed(vault);
        let mut answers = Answers::of(vault);
        let whole = json!({"role_type": "jwt", "user_claim": "project_id", "bound_audiences": ["https://vault.example"]});
        for (case, change) in [
            ("no type", json!({"role_type": null})),
            ("no user claim", json!({"user_claim": null})),
            ("no bound", json!({"bound_audiences": []})),
            ("another way to compare", json!({"bound_claims_type": "regex"})),
            ("a number with stars", json!({"bound_claims_type": "glob", "bound_claims": {"project_id": 7}})),
            ("a reserved name", json!({"claim_mappings": {"project_id": "role"}})),
            ("one name for two", json!({"claim_mappings": {"project_id": "a", "ref": "a"}})),
            ("longer than the longest", json!({"token_ttl": "2h", "token_max_ttl": "1h"})),
        ] {
            let mut role = whole.clone();
            for (name, value) in change.as_object().unwrap() {
                match value {
                    Value::Null => drop(role.as_object_mut().unwrap().remove(name)),
                    value => role[name] = value.clone(),
                }
            }
            answers.request(case, ("POST", "auth/jwt/role/refused", role), Stage::Owner, &As::Bearer(ROOT));
        }
        insta::assert_snapshot!(answers.said, @r#"
        no type: 400 'allowed_redirect_uris' must be set if 'role_type' is 'oidc' or unspecified. [owner-role-type]
        no user claim: 400 a user claim must be defined on the role [owner-no-user-claim]
        no bound: 400 must have at least one bound constraint when creating/updating a role [owner-no-bound]
        another way to compare: 400 invalid 'bound_claims_type': regex [owner-bound-claims-type]
        a number with stars: 400 claim is not a string: 7 [owner-claim-kind]
        a reserved name: 400 metadata key "role" is reserved and may not be a mapping destination [owner-reserved-key]
        one name for two: 400 multiple keys are mapped to metadata key "a" [owner-reserved-key]
        longer than the longest: 400 'token_ttl' cannot be greater than 'token_max_ttl' [owner-ttl]
        "#);
    }

    fn an_auth_mount_that_is_refused_is_explained(vault) {
        let (_sandbox, _) = deployed(vault);
        let mut answers = Answers::of(vault);
        let page = Scripted::start(|_, _| reply(404, "", "<html>"));
        for (case, config) in [
            ("no keys", json!({"bound_issuer": "https://gitlab.example"})),
            ("too long an address", json!({"oidc_discovery_url": format!("{}/.well-known/openid-configuration", page.address)})),
            ("no issuer", json!({"oidc_discovery_url": page.address})),
            ("no key set", json!({"jwks_url": page.address})),
        ] {
            answers.request(case, ("POST", "auth/jwt/config", config), Stage::Owner, &As::Bearer(ROOT));
        }
        // The one repeats the server's word for 404, the other says its own.
        insta::assert_snapshot!(answers.said.replace("404 Status", "404 Not Found"), @"
        no keys: 400 exactly one of 'jwt_validation_pubkeys', 'jwks_url', 'jwks_pairs', 'oidc_discovery_url', or 'provider_config' must be set [owner-key-source]
        too long an address: 400 'oidc_discovery_url' contains '.well-known' component [owner-well-known]
        no issuer: 400 error checking oidc discovery URL: 404 Not Found: <html> [owner-discovery]
        no key set: 400 error checking jwks URL [owner-keys]
        ");
    }
}
