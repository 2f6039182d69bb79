use serde_json::{Map, Value, json};

use super::{engine_role::claim_mappings, policy_name};
use crate::access::{Admitted, Matching, Refs, Role, SessionType};

/// A session starts at a minute and is renewed while the job runs: one whose login answer was lost on the way ends by itself soon.
const FIRST_SECONDS: u64 = 60;

/// A role, whole: the vault keeps what a write leaves out, and puts two fields back to a default that is not what was there.
pub(in crate::access) fn role_body(
    declaration: &str,
    role: &Role,
    admitted: &Admitted,
) -> Map<String, Value> {
    let longest = role.session_ttl.as_secs().max(FIRST_SECONDS);
    let first = match role.session {
        SessionType::Service => FIRST_SECONDS,
        // Nobody can renew it.
        SessionType::Batch => longest,
    };
    let body = json!({
        "role_type": "jwt",
        "user_claim": "project_id",
        "user_claim_json_pointer": false,
        "bound_audiences": role.audiences,
        "bound_subject": "",
        "bound_claims": claims(role, admitted),
        "bound_claims_type": match role.matching {
            Matching::Exact => "string",
            Matching::Glob => "glob",
        },
        "claim_mappings": claim_mappings(&role.mints),
        "groups_claim": "",
        "expiration_leeway": 0,
        "not_before_leeway": 0,
        "clock_skew_leeway": 0,
        "token_policies": [policy_name(declaration, &role.name)],
        "token_type": role.session.as_str(),
        "token_ttl": first,
        "token_max_ttl": longest,
        "token_explicit_max_ttl": 0,
        "token_period": 0,
        "token_num_uses": 0,
        "token_bound_cidrs": [],
        "token_no_default_policy": false,
    });
    match body {
        Value::Object(body) => body,
        _ => Map::new(),
    }
}

/// The number and the path of a project both: whoever gets a path that was given up has another number. Always protected refs alone.
fn claims(role: &Role, admitted: &Admitted) -> Map<String, Value> {
    let ids: Vec<String> = admitted.projects.iter().map(|project| project.id.to_string()).collect();
    let mut paths: Vec<&str> = admitted.projects.iter().map(|project| project.path.as_str()).collect();
    paths.sort_unstable();
    let mut claims = Map::new();
    let mut bind = |claim: &str, values: Value| claims.insert(claim.to_owned(), values);
    bind("project_id", json!(ids));
    bind("project_path", json!(paths));
    bind("ref_protected", json!(["true"]));
    if !role.environments.is_empty() {
        bind("environment", json!(role.environments));
    }
    let (branches, tags) = (&admitted.branches, &admitted.tags);
    match &role.refs {
        Refs::Protected => drop(bind("ref_type", json!(["branch", "tag"]))),
        Refs::Named { .. } if tags.is_empty() => {
            bind("ref_type", json!(["branch"]));
            bind("ref", json!(branches));
        }
        Refs::Named { .. } if branches.is_empty() => {
            bind("ref_type", json!(["tag"]));
            bind("ref", json!(tags));
        }
        Refs::Named { .. } => {
            // A tag may be named as a branch is: with both in one role, only the whole name tells them apart.
            bind("ref_type", json!(["branch", "tag"]));
            let whole = |kind: &str, names: &[String]| -> Vec<String> {
                names.iter().map(|name| format!("refs/{kind}/{name}")).collect()
            };
            bind("ref_path", json!([whole("heads", branches), whole("tags", tags)].concat()));
        }
    }
    claims
}
