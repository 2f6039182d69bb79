use std::sync::Arc;

use axum::Json;
use axum::extract::{FromRequestParts, State};
use axum::http::StatusCode;
use axum::http::request::Parts;
use serde_json::Value;

use super::super::caller::{AnyScope, Caller};
use super::super::failure::Failure;
use super::super::parameters::Parameters;
use super::super::place::Place;
use super::making::rotate;
use super::resource::with_value;
use super::view::{resource_token_view, token_view};
use crate::registry::Scope;
use crate::server::Instance;

/// The place of a request whose token may have any scope; the token is one of that place's bots.
#[derive(Clone, Debug)]
pub(in crate::api) struct OwnPlace(Place);

impl FromRequestParts<Arc<Instance>> for OwnPlace {
    type Rejection = Failure;

    async fn from_request_parts(parts: &mut Parts, instance: &Arc<Instance>) -> Result<Self, Failure> {
        let AnyScope(caller) = AnyScope::from_request_parts(parts, instance).await?;
        if !caller.user().is_bot() {
            return Err(Failure::NotAllowed);
        }
        let place = Place::of(caller, parts, instance).await?;
        if !place.caller.user().is_bot_of(place.source) {
            return Err(Failure::Unauthorized);
        }
        Ok(Self(place))
    }
}

/// `GET /personal_access_tokens/self`, for a token of any scope
pub(in crate::api) async fn show(
    AnyScope(caller): AnyScope,
    State(instance): State<Arc<Instance>>,
) -> Result<Json<Value>, Failure> {
    for_itself(&caller, "read_personal_access_token")?;
    Ok(Json(token_view(caller.token(), instance.now())))
}

/// Refuses a fine-grained token: this takes a permission of its own, which none of them has here.
fn for_itself(caller: &Caller, permission: &'static str) -> Result<(), Failure> {
    match caller.token().granular.is_empty() {
        true => Ok(()),
        false => Err(Failure::LacksPermission(permission)),
    }
}

/// `DELETE /personal_access_tokens/self`, for a token of any scope; a bot stays behind
pub(in crate::api) async fn revoke(
    AnyScope(caller): AnyScope,
    State(instance): State<Arc<Instance>>,
) -> Result<StatusCode, Failure> {
    for_itself(&caller, "revoke_personal_access_token")?;
    instance.registry().revoke(caller.token().id, instance.now());
    Ok(StatusCode::NO_CONTENT)
}

/// `POST /personal_access_tokens/self/rotate`
pub(in crate::api) async fn rotate_itself(
    AnyScope(caller): AnyScope,
    State(instance): State<Arc<Instance>>,
    parameters: Parameters,
) -> Result<Json<Value>, Failure> {
    caller.has_scope(&[Scope::Api, Scope::SelfRotate], "api self_rotate")?;
    let now = instance.now();
    let made = rotate(&mut instance.registry(), caller.token(), &parameters, now)?;
    let mut view = token_view(&made.token, now);
    view["token"] = made.value.into();
    Ok(Json(view))
}

/// `GET /groups/:id/access_tokens/self`, and the same of a project
pub(in crate::api) async fn show_in_place(
    OwnPlace(place): OwnPlace,
    State(instance): State<Arc<Instance>>,
) -> Json<Value> {
    Json(resource_token_view(&instance.registry(), place.caller.token(), instance.now()))
}

/// `POST /groups/:id/access_tokens/self/rotate`, and the same of a project
pub(in crate::api) async fn rotate_in_place(
    OwnPlace(place): OwnPlace,
    State(instance): State<Arc<Instance>>,
    parameters: Parameters,
) -> Result<Json<Value>, Failure> {
    place.caller.has_scope(&[Scope::Api, Scope::SelfRotate], "api self_rotate")?;
    let now = instance.now();
    let mut registry = instance.registry();
    let made = rotate(&mut registry, place.caller.token(), &parameters, now)?;
    Ok(Json(with_value(&registry, made, now)))
}
