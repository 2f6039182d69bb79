use std::sync::Arc;

use axum::Json;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::Response;
use serde_json::{Value, json};

use super::caller::Caller;
use super::failure::Failure;
use super::page::Paging;
use super::parameters::Parameters;
use crate::registry::{User, UserKind};
use crate::server::Instance;

/// `GET /user`
pub(super) async fn own(caller: Caller, State(instance): State<Arc<Instance>>) -> Json<Value> {
    Json(view(&instance, caller.user()))
}

/// `GET /users`
pub(super) async fn list(
    _: Caller,
    paging: Paging,
    State(instance): State<Arc<Instance>>,
) -> Result<Response, Failure> {
    let username = paging.parameters().optional_text("username")?;
    let registry = instance.registry();
    let fits = |user: &&User| username.as_deref().is_none_or(|name| user.username.eq_ignore_ascii_case(name));
    paging.answer_by_id(registry.users().filter(fits).map(|user| view(&instance, user)).collect())
}

/// `GET /users/:id`
pub(super) async fn show(
    _: Caller,
    State(instance): State<Arc<Instance>>,
    Path(id): Path<u64>,
) -> Result<Json<Value>, Failure> {
    let registry = instance.registry();
    let user = registry.user(id).ok_or_else(|| Failure::NotFound("User".into()))?;
    Ok(Json(view(&instance, user)))
}

/// `POST /users`, for administrators
pub(super) async fn create(
    caller: Caller,
    State(instance): State<Arc<Instance>>,
    parameters: Parameters,
) -> Result<(StatusCode, Json<Value>), Failure> {
    parameters.require(&["name", "username", "email"])?;
    let (name, username) = (parameters.text("name")?, parameters.text("username")?);
    if !caller.is_administrator() {
        return Err(Failure::Forbidden);
    }
    let mut registry = instance.registry();
    if registry.user_named(&username).is_some() {
        return Err(Failure::Conflict("Username has already been taken"));
    }
    let user = registry.add_user(UserKind::Person, name, |_| username);
    Ok((StatusCode::CREATED, Json(view(&instance, &user))))
}

/// `DELETE /users/:id`, for administrators
pub(super) async fn remove(
    caller: Caller,
    State(instance): State<Arc<Instance>>,
    Path(id): Path<u64>,
) -> Result<StatusCode, Failure> {
    if !caller.is_administrator() {
        return Err(Failure::Forbidden);
    }
    let mut registry = instance.registry();
    registry.user(id).ok_or_else(|| Failure::NotFound("User".into()))?;
    registry.remove_user(id);
    Ok(StatusCode::NO_CONTENT)
}

pub(super) fn view(instance: &Instance, user: &User) -> Value {
    json!({
        "id": user.id,
        "username": user.username,
        "name": user.name,
        "state": "active",
        "locked": false,
        "bot": user.is_bot(),
        "web_url": format!("{}/{}", instance.base_url(), user.username),
    })
}
