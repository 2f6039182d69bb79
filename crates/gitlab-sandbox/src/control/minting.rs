use serde::Deserialize;
use serde_json::{Map, Value, json};

use super::refusal::Refusal;
use crate::git_http::made_up_commit;
use crate::issuer::{Audience, JobIdentity, KeyChoice, ProjectIdentity, RefType, random_alphanumeric};
use crate::registry::Project;
use crate::server::Instance;

/// GitLab's lifetime of a job that names no timeout.
pub(super) const DEFAULT_LIFETIME_SECONDS: i64 = 3600;

/// How far before its issue a token is valid, as at GitLab.
const NOT_BEFORE_SECONDS: i64 = 5;

/// On which ref a job runs, and where it deploys to.
#[derive(Debug, Deserialize)]
pub(super) struct Occasion {
    #[serde(rename = "ref", default = "default_ref")]
    pub(super) ref_name: String,
    #[serde(default)]
    pub(super) ref_type: RefType,
    #[serde(default = "default_ref_protected")]
    pub(super) ref_protected: bool,
    pub(super) environment: Option<String>,
}

pub(super) fn default_ref() -> String {
    Project::DEFAULT_BRANCH.to_owned()
}

pub(super) fn default_ref_protected() -> bool {
    true
}

/// What is particular to one of a job's ID tokens.
#[derive(Debug)]
pub(super) struct TokenWish {
    pub(super) audience: Audience,
    pub(super) expires_in: i64,
    /// Claims to be replaced or added; null removes one.
    pub(super) claims: Map<String, Value>,
    pub(super) key: KeyChoice,
}

/// A new job of `project`.
pub(super) async fn new_job(
    instance: &Instance,
    project: ProjectIdentity,
    occasion: Occasion,
) -> Result<JobIdentity, Refusal> {
    let full_ref = occasion.ref_type.full_name(&occasion.ref_name);
    let sha = match instance.repositories().resolve(project.id, &full_ref).await? {
        Some(sha) => sha,
        None => made_up_commit(&project.path, &full_ref),
    };
    Ok(JobIdentity {
        job_id: instance.next_number(),
        pipeline_id: instance.next_number(),
        project,
        ref_name: occasion.ref_name,
        ref_type: occasion.ref_type,
        ref_protected: occasion.ref_protected,
        sha,
        environment: occasion.environment,
    })
}

/// An ID token of `job`.
pub(super) fn sign(instance: &Instance, job: &JobIdentity, wish: TokenWish) -> Result<String, Refusal> {
    let mut claims = job.claims(instance.base_url());
    claims.extend(moment(instance.clock_seconds(), wish.expires_in));
    claims.insert("aud".into(), json!(wish.audience));
    claims.insert("jti".into(), random_alphanumeric(24)?.into());
    for (name, value) in wish.claims {
        match value {
            Value::Null => claims.remove(&name),
            value => claims.insert(name, value),
        };
    }
    Ok(instance.issuer().sign(&Value::Object(claims), wish.key)?)
}

/// The claims about time; a token that has ended was issued before its end.
fn moment(now: i64, expires_in: i64) -> Map<String, Value> {
    let expires = now.saturating_add(expires_in);
    let issued = if expires > now { now } else { expires.saturating_sub(DEFAULT_LIFETIME_SECONDS) };
    Map::from_iter([
        ("iat".to_owned(), issued.into()),
        ("nbf".to_owned(), issued.saturating_sub(NOT_BEFORE_SECONDS).into()),
        ("exp".to_owned(), expires.into()),
    ])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_expired_token_was_issued_before_its_end() {
        let claims = moment(10_000, -60);
        assert_eq!(claims["exp"], 9_940);
        assert_eq!(claims["iat"], 6_340);
        let claims = moment(10_000, 60);
        assert_eq!((claims["iat"].clone(), claims["exp"].clone()), (json!(10_000), json!(10_060)));
    }
}
