use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use axum::extract::rejection::JsonRejection;
use axum::http::StatusCode;
use serde::Deserialize;

use super::administrator::Administrator;
use super::refusal::Refusal;
use crate::git_http::Entry;
use crate::server::Instance;

/// A repository's path that is to answer with another URL.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct RedirectRequest {
    from: String,
    to: String,
}

/// `POST /-/sandbox/redirects`
pub(super) async fn redirect(
    _: Administrator,
    State(instance): State<Arc<Instance>>,
    request: Result<Json<RedirectRequest>, JsonRejection>,
) -> Result<StatusCode, Refusal> {
    let Json(request) = request.map_err(|rejection| Refusal::Malformed(rejection.body_text()))?;
    instance.redirects().add(&request.from, &request.to);
    Ok(StatusCode::NO_CONTENT)
}

/// `GET /-/sandbox/requests`: the Git requests so far, in their order
pub(super) async fn requests(_: Administrator, State(instance): State<Arc<Instance>>) -> Json<Vec<Entry>> {
    Json(instance.journal().entries())
}

/// `DELETE /-/sandbox/requests`: the same, and the record begins anew
pub(super) async fn forget(_: Administrator, State(instance): State<Arc<Instance>>) -> Json<Vec<Entry>> {
    Json(instance.journal().take())
}
