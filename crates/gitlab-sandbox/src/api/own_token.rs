use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use serde_json::Value;

use super::caller::Caller;
use super::token_view::token_view;
use crate::server::Instance;

/// `GET /api/v4/personal_access_tokens/self`, for a token of any scope
pub(super) async fn show(caller: Caller, State(instance): State<Arc<Instance>>) -> Json<Value> {
    Json(token_view(caller.token(), instance.now()))
}

/// `DELETE /api/v4/personal_access_tokens/self`, for a token of any scope
pub(super) async fn revoke(caller: Caller, State(instance): State<Arc<Instance>>) -> StatusCode {
    instance.registry().revoke(caller.token().id);
    StatusCode::NO_CONTENT
}
