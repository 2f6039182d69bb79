use serde_json::Value;

use super::{Role, written::BoundClaimsType};
use crate::doctor::Fault;

/// Where a role admits more than it seems to, or gives a session that cannot do what it should. `timeout` is the job's, in seconds.
pub fn leniencies(role: &Role, timeout: Option<u64>) -> Vec<Fault> {
    let mut found = Vec::new();
    found.extend(whom(role));
    found.extend(stars(role));
    found.extend(unprotected(role));
    found.extend(audience(role));
    found.extend(user_claim(role));
    found.extend(role.token_no_default_policy.then(|| {
        Fault::new(
            "the policy `default`, by which a session renews and revokes itself",
            "`token_no_default_policy` is set: nobody gives the session back before its time",
            "the vault's owner writes the role with `token_no_default_policy=false`",
        )
    }));
    found.extend(batch(role));
    found.extend(lifetime(role, timeout));
    found.extend((role.token_num_uses > 0).then(|| {
        Fault::new(
            "a session for as many requests as the job needs",
            format!("`token_num_uses` is {}: renewing counts too", role.token_num_uses),
            "the vault's owner writes the role with `token_num_uses=0`",
        )
    }));
    found
}

/// What tells one project from another.
const PROJECT: [&str; 6] =
    ["project_path", "project_id", "job_project_path", "job_project_id", "namespace_path", "namespace_id"];

fn whom(role: &Role) -> Option<Fault> {
    let by_project = role.bound_claims.keys().any(|claim| PROJECT.contains(&claim.as_str()));
    if by_project || role.bound_subject.contains("project_path:") {
        return None;
    }
    Some(Fault::new(
        "`bound_claims` names the projects that the role is for",
        "no claim of a project is bound: a job of every project of this GitLab may log in",
        "the vault's owner adds `project_path` or `project_id` to `bound_claims`",
    ))
}

fn stars(role: &Role) -> Vec<Fault> {
    if role.bound_claims_type != BoundClaimsType::Glob {
        return Vec::new();
    }
    let mut found = Vec::new();
    for (claim, value) in &role.bound_claims {
        let patterns = match value {
            Value::Array(values) => values.as_slice(),
            one => std::slice::from_ref(one),
        };
        for pattern in patterns.iter().filter_map(Value::as_str).filter(|pattern| pattern.contains('*')) {
            let admits = match pattern.strip_suffix('*') {
                Some("") => "anything at all".to_owned(),
                Some(start) if start.ends_with('/') => {
                    format!("everything below `{start}`, subgroups of any depth included")
                }
                Some(start) => format!("`{start}-evil/x` too: nothing says where the name ends"),
                None => "slashes too, where it has a `*`".to_owned(),
            };
            found.push(Fault::new(
                format!("`{claim}` names what it admits"),
                format!("`{pattern}` admits {admits}"),
                "the vault's owner lists the values instead, or ends the pattern with `/*` where every subgroup is meant",
            ));
        }
    }
    found
}

fn unprotected(role: &Role) -> Option<Fault> {
    let protected = |claim: &str| role.bound_claims.contains_key(claim);
    if protected("ref_protected") || protected("environment_protected") || protected("ref") {
        return None;
    }
    Some(Fault::new(
        "`bound_claims` has `ref_protected` with the text `true`",
        "no ref is bound: whoever may push a branch decides what the job does with the token",
        "the vault's owner adds `\"ref_protected\": \"true\"` to `bound_claims`",
    ))
}

fn audience(role: &Role) -> Option<Fault> {
    role.bound_audiences.is_empty().then(|| {
        Fault::new(
            "`bound_audiences` has the vault's address",
            "it is empty: a token for somebody else logs in here, or (from Vault 1.17 on) none does",
            "the vault's owner sets `bound_audiences` to what stands under `aud:`",
        )
    })
}

fn user_claim(role: &Role) -> Option<Fault> {
    const POOR: [&str; 7] = ["sub", "user_email", "user_login", "user_id", "jti", "job_id", "pipeline_id"];
    let poor = POOR.iter().find(|claim| **claim == role.user_claim)?;
    Some(Fault::new(
        "`user_claim` is `project_id`, which stays when names change",
        format!(
            "it is `{poor}`: the vault keeps an entity for each of its values, and may count each as a client"
        ),
        "the vault's owner sets `user_claim=project_id`",
    ))
}

fn batch(role: &Role) -> Option<Fault> {
    role.token_type.ends_with("batch").then(|| {
        Fault::new(
            "a service token, which is renewed while the job runs and given back at its end",
            "`token_type` is `batch`: it lives until its time is over, whatever the job does",
            "the vault's owner sets `token_type=service`",
        )
    })
}

fn lifetime(role: &Role, timeout: Option<u64>) -> Option<Fault> {
    let timeout = i64::try_from(timeout?).ok()?;
    let batch = role.token_type.ends_with("batch");
    let ends = [
        ("token_explicit_max_ttl", role.token_explicit_max_ttl, true),
        ("token_max_ttl", role.token_max_ttl, true),
        ("token_ttl", role.token_ttl, batch),
    ];
    let (field, seconds, _) =
        ends.into_iter().find(|(_, seconds, ends)| *ends && *seconds > 0 && *seconds < timeout)?;
    Some(Fault::new(
        format!("a session that can last as long as the job: {timeout} s"),
        format!("`{field}` is {seconds} s: then the session ends, and what was made for it"),
        format!("the vault's owner sets `{field}={timeout}s` or more, or the job's `timeout:` is lowered"),
    ))
}
