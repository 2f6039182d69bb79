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
use super::super::place::Place;
use super::filter::Filter;
use super::making::{Made, expiry, make, rotate as make_successor, scopes};
use super::view::resource_token_view;
use crate::issuer::random_hex;
use crate::registry::{AccessLevel, AccessToken, Membership, NewToken, Registry, Source, UserKind};
use crate::server::Instance;

/// `GET /groups/:id/access_tokens`, and the same of a project
pub(in crate::api) async fn list(
    place: Place,
    paging: Paging,
    State(instance): State<Arc<Instance>>,
) -> Result<Response, Failure> {
    let filter = Filter::read(paging.parameters())?;
    let registry = instance.registry();
    may_read(&place, &registry)?;
    let now = instance.now();
    let tokens = filter.apply(registry.tokens_of(place.source), now);
    paging.answer(tokens.into_iter().map(|token| resource_token_view(&registry, token, now)).collect())
}

/// `GET /groups/:id/access_tokens/:token_id`, and the same of a project
pub(in crate::api) async fn show(
    place: Place,
    State(instance): State<Arc<Instance>>,
    Path((_, token_id)): Path<(String, String)>,
) -> Result<Json<Value>, Failure> {
    let registry = instance.registry();
    may_read(&place, &registry)?;
    let token = token_of(&registry, place.source, &token_id)?;
    Ok(Json(resource_token_view(&registry, token, instance.now())))
}

/// `DELETE /groups/:id/access_tokens/:token_id`, and the same of a project; the bot stays for its retention period
pub(in crate::api) async fn revoke(
    place: Place,
    State(instance): State<Arc<Instance>>,
    Path((_, token_id)): Path<(String, String)>,
) -> Result<StatusCode, Failure> {
    let mut registry = instance.registry();
    let token = token_of(&registry, place.source, &token_id)?.clone();
    if !place.caller.manages(&registry, place.source) {
        let bot = registry.user(token.user_id).map_or("", |user| &user.name);
        return Err(Failure::Refused(format!("{} cannot delete {bot}", place.caller.user().name)));
    }
    registry.revoke(token.id, instance.now());
    Ok(StatusCode::NO_CONTENT)
}

/// `POST /groups/:id/access_tokens`, and the same of a project
pub(in crate::api) async fn create(
    place: Place,
    State(instance): State<Arc<Instance>>,
    parameters: Parameters,
) -> Result<(StatusCode, Json<Value>), Failure> {
    parameters.require(&["name", "scopes"])?;
    let name = parameters.text("name")?;
    let description = parameters.optional_text("description")?;
    let level = level(parameters.optional_number("access_level")?)?;
    let now = instance.now();

    let mut registry = instance.registry();
    let source = place.source;
    if !makes_tokens(&place.caller, &registry, source) {
        let reason = format!("User does not have permission to create {source} access token");
        return Err(Failure::Refused(reason));
    }
    if place.caller.level(&registry, source) < Some(level) {
        let reason = "Access level of the token contains permissions not held by the creating user";
        return Err(Failure::Refused(reason.into()));
    }
    let expires_at = expiry(&registry, &parameters, now)?;
    let scopes = scopes(&parameters)?;
    let suffix = random_hex(32)?;
    let username = |_| format!("{source}_{}_bot_{suffix}", source.id());
    let user_id = registry.add_user(UserKind::Bot { of: source }, name.clone(), username).id;
    registry.set_member(Membership { source, user_id, level });
    let expires_at = Some(expires_at);
    let new =
        NewToken { name, description, scopes, granular: Vec::new(), user_id, previous: None, expires_at };
    let made = make(&mut registry, new, now)?;
    Ok((StatusCode::CREATED, Json(with_value(&registry, made, now))))
}

/// `POST /groups/:id/access_tokens/:token_id/rotate`, and the same of a project
pub(in crate::api) async fn rotate(
    place: Place,
    State(instance): State<Arc<Instance>>,
    Path((_, token_id)): Path<(String, String)>,
    parameters: Parameters,
) -> Result<Json<Value>, Failure> {
    let mut registry = instance.registry();
    // Only administrators are told that a token does not exist.
    let hidden = if place.caller.is_administrator() { Failure::NothingThere } else { Failure::Unauthorized };
    let token = match makes_tokens(&place.caller, &registry, place.source) {
        true => token_of(&registry, place.source, &token_id).cloned(),
        false => return Err(hidden),
    };
    let token = token.map_err(|_| hidden)?;
    let level_of_bot = registry.member_level(token.user_id, place.source);
    if level_of_bot > place.caller.level(&registry, place.source) {
        let reason = "Not eligible to rotate tokens with permissions not held by the user";
        return Err(Failure::Refused(reason.into()));
    }
    let now = instance.now();
    let made = make_successor(&mut registry, &token, &parameters, now)?;
    Ok(Json(with_value(&registry, made, now)))
}

pub(super) fn with_value(registry: &Registry, made: Made, now: i64) -> Value {
    let mut view = resource_token_view(registry, &made.token, now);
    view["token"] = made.value.into();
    view
}

/// GitLab answers whoever may not see the tokens with 401.
fn may_read(place: &Place, registry: &Registry) -> Result<(), Failure> {
    if place.caller.manages(registry, place.source) { Ok(()) } else { Err(Failure::Unauthorized) }
}

/// A bot makes and rotates no tokens, whatever its level.
fn makes_tokens(caller: &Caller, registry: &Registry, source: Source) -> bool {
    caller.manages(registry, source) && !caller.user().is_bot()
}

fn token_of<'a>(registry: &'a Registry, source: Source, id: &str) -> Result<&'a AccessToken, Failure> {
    let number: u64 = id.parse().map_err(|_| invalid("token_id"))?;
    registry
        .tokens_of(source)
        .find(|token| token.id == number)
        .ok_or_else(|| Failure::NotFound(format!("{source} Access Token")))
}

fn level(number: Option<u64>) -> Result<AccessLevel, Failure> {
    let Some(number) = number else {
        return Ok(AccessLevel::Maintainer);
    };
    AccessLevel::from_number(number)
        .ok_or_else(|| Failure::Parameters("access_level does not have a valid value".into()))
}
