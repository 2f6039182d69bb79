use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use axum::extract::rejection::JsonRejection;
use serde::Deserialize;
use serde_json::{Value, json};

use super::administrator::Administrator;
use super::refusal::Refusal;
use crate::registry::iso_timestamp;
use crate::server::Instance;

/// How much later it is to be; a negative number turns back.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct TurnRequest {
    pass_seconds: i64,
}

/// `GET /-/sandbox/clock`
pub(super) async fn show(_: Administrator, State(instance): State<Arc<Instance>>) -> Json<Value> {
    Json(view(&instance))
}

/// `POST /-/sandbox/clock`: time passes for access tokens, the API and the `Date` header, and not for ID tokens
pub(super) async fn turn(
    _: Administrator,
    State(instance): State<Arc<Instance>>,
    request: Result<Json<TurnRequest>, JsonRejection>,
) -> Result<Json<Value>, Refusal> {
    let Json(request) = request.map_err(|rejection| Refusal::Malformed(rejection.body_text()))?;
    instance.let_pass(request.pass_seconds);
    Ok(Json(view(&instance)))
}

fn view(instance: &Instance) -> Value {
    json!({ "now": iso_timestamp(instance.now()), "unix_seconds": instance.now() })
}
