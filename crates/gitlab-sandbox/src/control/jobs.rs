use std::collections::BTreeMap;
use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use axum::extract::rejection::JsonRejection;
use serde::Deserialize;
use serde_json::{Map, Value, json};

use super::administrator::Administrator;
use super::job_variables::job_variables;
use super::minting::{DEFAULT_LIFETIME_SECONDS, Occasion, TokenWish, new_job, sign};
use super::refusal::Refusal;
use crate::issuer::{Audience, KeyChoice};
use crate::registry::PathSegment;
use crate::server::Instance;

/// What a runner asks for before it runs a job.
#[derive(Debug, Deserialize)]
pub(super) struct JobRequest {
    project: String,
    #[serde(flatten)]
    occasion: Occasion,
    name: String,
    #[serde(default)]
    id_tokens: BTreeMap<String, Audience>,
}

/// `POST /-/sandbox/jobs`: a new job with its variables and its ID tokens, as GitLab hands one to a runner
pub(super) async fn start(
    _: Administrator,
    State(instance): State<Arc<Instance>>,
    request: Result<Json<JobRequest>, JsonRejection>,
) -> Result<Json<Value>, Refusal> {
    let Json(request) = request.map_err(|rejection| Refusal::Malformed(rejection.body_text()))?;
    let segments_are_sound =
        request.project.split('/').all(|segment| PathSegment::try_from(segment.to_owned()).is_ok());
    if !segments_are_sound {
        return Err(Refusal::NoProject(request.project));
    }
    let job = new_job(&instance, instance.project_identity(&request.project), request.occasion).await?;
    let mut id_tokens = BTreeMap::new();
    for (name, audience) in request.id_tokens {
        let wish = TokenWish {
            audience,
            expires_in: DEFAULT_LIFETIME_SECONDS,
            claims: Map::new(),
            key: KeyChoice::Published,
        };
        id_tokens.insert(name, sign(&instance, &job, wish)?);
    }
    let variables = job_variables(&job, &request.name, instance.base_url());
    Ok(Json(json!({ "id": job.job_id, "variables": variables, "id_tokens": id_tokens })))
}
