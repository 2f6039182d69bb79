use std::sync::Arc;

use axum::Json;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::Response;
use serde_json::Value;

use super::super::caller::Caller;
use super::super::failure::Failure;
use super::super::page::Paging;
use super::super::parameters::{Parameters, invalid};
use super::filter::Filter;
use super::granular::granular_scopes;
use super::making::{Made, expiry, make, rotate as make_successor, scopes};
use super::view::token_view;
use crate::registry::{AccessToken, NewToken, Registry, Scope};
use crate::server::Instance;

/// `GET /personal_access_tokens`: those of the caller, or for an administrator everybody's
pub(in crate::api) async fn list(
    caller: Caller,
    paging: Paging,
    State(instance): State<Arc<Instance>>,
) -> Result<Response, Failure> {
    let filter = Filter::read(paging.parameters())?;
    let asked = paging.parameters().optional_number("user_id")?;
    let user_id = if caller.is_administrator() { asked } else { Some(caller.user().id) };
    if asked.is_some() && asked != user_id {
        return Err(Failure::Unauthorized);
    }
    let registry = instance.registry();
    let now = instance.now();
    let tokens = registry.tokens().filter(|token| user_id.is_none_or(|id| token.user_id == id));
    paging.answer(filter.apply(tokens, now).into_iter().map(|token| token_view(token, now)).collect())
}

/// `GET /personal_access_tokens/:id`
pub(in crate::api) async fn show(
    caller: Caller,
    State(instance): State<Arc<Instance>>,
    Path(id): Path<String>,
) -> Result<Json<Value>, Failure> {
    let token = token_of(&caller, &instance.registry(), &id)?;
    Ok(Json(token_view(&token, instance.now())))
}

/// `DELETE /personal_access_tokens/:id`
pub(in crate::api) async fn revoke(
    caller: Caller,
    State(instance): State<Arc<Instance>>,
    Path(id): Path<String>,
) -> Result<StatusCode, Failure> {
    let mut registry = instance.registry();
    let token = token_of(&caller, &registry, &id)?;
    registry.revoke(token.id, instance.now());
    Ok(StatusCode::NO_CONTENT)
}

/// `POST /personal_access_tokens/:id/rotate`
pub(in crate::api) async fn rotate(
    caller: Caller,
    State(instance): State<Arc<Instance>>,
    Path(id): Path<String>,
    parameters: Parameters,
) -> Result<Json<Value>, Failure> {
    let now = instance.now();
    let mut registry = instance.registry();
    let token = token_of(&caller, &registry, &id)?;
    Ok(Json(with_value(make_successor(&mut registry, &token, &parameters, now)?, now)))
}

/// `POST /users/:id/personal_access_tokens`, for administrators
pub(in crate::api) async fn create(
    caller: Caller,
    State(instance): State<Arc<Instance>>,
    Path(id): Path<u64>,
    parameters: Parameters,
) -> Result<(StatusCode, Json<Value>), Failure> {
    parameters.require(&["name", "scopes"])?;
    let name = parameters.text("name")?;
    let description = parameters.optional_text("description")?;
    if !caller.is_administrator() {
        return Err(Failure::Forbidden);
    }
    let now = instance.now();
    let mut registry = instance.registry();
    let user_id = registry.user(id).ok_or_else(|| Failure::NotFound("User".into()))?.id;
    let expires_at = Some(expiry(&registry, &parameters, now)?);
    let scopes = scopes(&parameters)?;
    let new =
        NewToken { name, description, scopes, granular: Vec::new(), user_id, previous: None, expires_at };
    let made = make(&mut registry, new, now)?;
    Ok((StatusCode::CREATED, Json(with_value(made, now))))
}

/// `POST /user/personal_access_tokens`: one for the caller, of the few scopes that are given this way, or a fine-grained one
pub(in crate::api) async fn create_own(
    caller: Caller,
    State(instance): State<Arc<Instance>>,
    parameters: Parameters,
) -> Result<(StatusCode, Json<Value>), Failure> {
    parameters.require(&["name"])?;
    let name = parameters.text("name")?;
    let description = parameters.optional_text("description")?;
    let now = instance.now();
    let mut registry = instance.registry();
    let granular = match parameters.has("granular_scopes") {
        true if parameters.has("scopes") => {
            return Err(Failure::Parameters("scopes, granular_scopes are mutually exclusive".into()));
        }
        true => granular_scopes(&caller, &registry, &parameters)?,
        false => Vec::new(),
    };
    let scopes = match granular.is_empty() {
        false => vec![Scope::Granular],
        true => scopes(&parameters)?,
    };
    if scopes.iter().any(|scope| !matches!(scope, Scope::Granular | Scope::K8sProxy | Scope::SelfRotate)) {
        return Err(Failure::Parameters("scopes does not have a valid value".into()));
    }
    let user_id = caller.user().id;
    let expires_at = Some(expiry(&registry, &parameters, now)?);
    let new = NewToken { name, description, scopes, granular, user_id, previous: None, expires_at };
    let made = make(&mut registry, new, now)?;
    Ok((StatusCode::CREATED, Json(with_value(made, now))))
}

fn with_value(made: Made, now: i64) -> Value {
    let mut view = token_view(&made.token, now);
    view["token"] = made.value.into();
    view
}

/// A token of the caller, or for an administrator anybody's; others learn nothing of it.
fn token_of(caller: &Caller, registry: &Registry, id: &str) -> Result<AccessToken, Failure> {
    let number: u64 = id.parse().map_err(|_| invalid("id"))?;
    match registry.token(number) {
        Some(token) if caller.is_administrator() || token.user_id == caller.user().id => Ok(token.clone()),
        None if caller.is_administrator() => Err(Failure::NothingThere),
        Some(_) | None => Err(Failure::Unauthorized),
    }
}
