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
        "path": role.owner.path().as_str(),
        "token_type": match role.owner {
            Owner::Group(_) | Owner::User(_) => "group",
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
