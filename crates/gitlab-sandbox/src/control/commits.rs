use std::collections::BTreeMap;
use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use axum::extract::rejection::JsonRejection;
use serde::Deserialize;
use serde_json::{Value, json};

use super::administrator::Administrator;
use super::minting::default_ref;
use super::refusal::Refusal;
use crate::git_http::Commit;
use crate::server::Instance;

/// A commit that somebody makes without a push.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct CommitRequest {
    project: String,
    #[serde(default = "default_ref")]
    branch: String,
    #[serde(default = "default_message")]
    message: String,
    #[serde(default)]
    files: BTreeMap<String, Option<String>>,
    #[serde(default)]
    submodules: BTreeMap<String, String>,
    #[serde(default)]
    tags: Vec<String>,
}

fn default_message() -> String {
    "Change files".to_owned()
}

/// `POST /-/sandbox/commits`
pub(super) async fn add(
    _: Administrator,
    State(instance): State<Arc<Instance>>,
    request: Result<Json<CommitRequest>, JsonRejection>,
) -> Result<Json<Value>, Refusal> {
    let Json(request) = request.map_err(|rejection| Refusal::Malformed(rejection.body_text()))?;
    let project = instance.registry().project_at(&request.project).cloned();
    let project = project.ok_or(Refusal::NoProject(request.project))?;
    let commit = Commit {
        branch: request.branch,
        message: request.message,
        files: request.files,
        submodules: request.submodules,
        tags: request.tags,
    };
    let sha = instance.repositories().commit(&project, &commit, instance.now()).await?;
    Ok(Json(json!({ "sha": sha })))
}
