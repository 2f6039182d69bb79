use std::collections::BTreeSet;

use serde_json::{Map, Value, json};

use crate::access::{EngineRole, Maker, Owner};

/// Which of the engine's configurations is used: the one that an owner wrote.
pub(in crate::access) const CONFIG: &str = "default";

/// The claims that a session keeps for the engine, which calls tokens after their job.
const CLAIMS: [&str; 4] = ["project_path", "job_id", "pipeline_id", "ref"];

/// A role of the engine, whole.
pub(in crate::access) fn engine_role_body(role: &EngineRole, maker: &Maker) -> Map<String, Value> {
    let scopes: Vec<&str> = role.scopes.iter().map(|scope| scope.as_str()).collect();
    let body = json!({
        "path": role.within.as_str(),
        "token_type": match role.owner {
            Owner::Group(_) | Owner::User => "group",
            Owner::Project(_) => "project",
        },
        "name": match maker {
            Maker::Lockbox => "{{ .role_name }}-{{ .claims.project_path }}-{{ .claims.job_id }}",
            // It knows no claims, and GitLab's list is easier to read where no two are called the same.
            Maker::Plugin(_) => "{{ .role_name }}-{{ randHexString 4 }}",
        },
        "scopes": scopes,
        "access_level": role.level.as_str(),
        "ttl": role.ttl.as_secs(),
        "gitlab_revokes_token": false,
        "config_name": CONFIG,
        "dynamic_path": false,
    });
    match body {
        Value::Object(body) => body,
        _ => Map::new(),
    }
}

/// What a session's own metadata is to hold, where something is minted with it.
pub(super) fn claim_mappings(mints: &BTreeSet<String>) -> Map<String, Value> {
    let claims = if mints.is_empty() { &[][..] } else { &CLAIMS };
    claims.iter().map(|claim| ((*claim).to_owned(), json!(claim))).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_maker_has_a_name_that_it_can_fill_in() {
        let role = EngineRole {
            name: "ci-read".parse().unwrap(),
            owner: Owner::Project("a/b".parse().unwrap()),
            within: "a/b".parse().unwrap(),
            level: crate::access::AccessLevel::Reporter,
            scopes: vec![crate::access::Scope::READ_REPOSITORY],
            ttl: std::time::Duration::from_secs(7200),
            role: "ci".parse().unwrap(),
            store: "token/ci/token@gitlab".parse().unwrap(),
            file: String::new(),
        };
        let of_lockbox = engine_role_body(&role, &Maker::Lockbox);
        assert_eq!(
            Value::Object(of_lockbox),
            json!({
                "path": "a/b", "token_type": "project", "scopes": ["read_repository"], "access_level": "reporter", "ttl": 7200,
                "name": "{{ .role_name }}-{{ .claims.project_path }}-{{ .claims.job_id }}",
                "gitlab_revokes_token": false, "config_name": "default", "dynamic_path": false,
            })
        );
        let of_plugin = engine_role_body(&role, &Maker::Plugin("vault-plugin-secrets-gitlab".to_owned()));
        assert_eq!(of_plugin["name"], "{{ .role_name }}-{{ randHexString 4 }}");
    }
}
