use std::sync::Arc;

use axum::Json;
use axum::body::Bytes;
use axum::extract::{Path, Query, State};
use axum::http::StatusCode;
use serde::Deserialize;
use serde_json::Value;

use super::caller::Caller;
use super::failure::Failure;
use super::parameters::{Parameters, invalid};
use super::token_view::token_view;
use crate::issuer::random_alphanumeric;
use crate::registry::{AccessLevel, AccessToken, Date, Group, Holder, Registry, Scope};
use crate::server::Instance;

/// The longest that GitLab lets a token live.
const MAX_LIFETIME_DAYS: i64 = 365;

/// Which tokens a list shows.
#[derive(Debug, Deserialize)]
pub(super) struct Filter {
    state: Option<String>,
    revoked: Option<bool>,
    search: Option<String>,
}

impl Filter {
    fn shows(&self, token: &AccessToken, now: i64) -> bool {
        let state_fits = match self.state.as_deref() {
            Some("active") => token.is_active(now),
            Some("inactive") => !token.is_active(now),
            _ => true,
        };
        state_fits
            && self.revoked.is_none_or(|revoked| token.revoked == revoked)
            && self.search.as_deref().is_none_or(|search| token.name.contains(search))
    }
}

/// `GET /api/v4/groups/:id/access_tokens`
pub(super) async fn list(
    caller: Caller,
    State(instance): State<Arc<Instance>>,
    Path(id): Path<String>,
    Query(filter): Query<Filter>,
) -> Result<Json<Vec<Value>>, Failure> {
    caller.may_read()?;
    let registry = instance.registry();
    let group = owned_group(&caller, &registry, &id)?;
    let now = instance.now();
    let shown = registry.group_tokens(group.id).filter(|token| filter.shows(token, now));
    Ok(Json(shown.map(|token| token_view(token, now)).collect()))
}

/// `GET /api/v4/groups/:id/access_tokens/:token_id`
pub(super) async fn show(
    caller: Caller,
    State(instance): State<Arc<Instance>>,
    Path((id, token_id)): Path<(String, String)>,
) -> Result<Json<Value>, Failure> {
    caller.may_read()?;
    let registry = instance.registry();
    let group = owned_group(&caller, &registry, &id)?;
    let token = token_of(&registry, &group, &token_id)?;
    Ok(Json(token_view(token, instance.now())))
}

/// `DELETE /api/v4/groups/:id/access_tokens/:token_id`
pub(super) async fn revoke(
    caller: Caller,
    State(instance): State<Arc<Instance>>,
    Path((id, token_id)): Path<(String, String)>,
) -> Result<StatusCode, Failure> {
    caller.may_write()?;
    let mut registry = instance.registry();
    let group = owned_group(&caller, &registry, &id)?;
    let token_id = token_of(&registry, &group, &token_id)?.id;
    registry.revoke(token_id);
    Ok(StatusCode::NO_CONTENT)
}

/// `POST /api/v4/groups/:id/access_tokens`
pub(super) async fn create(
    caller: Caller,
    State(instance): State<Arc<Instance>>,
    Path(id): Path<String>,
    body: Bytes,
) -> Result<(StatusCode, Json<Value>), Failure> {
    caller.may_write()?;
    let parameters = Parameters::read(&body, &["name", "scopes"])?;
    let name = parameters.text("name")?;
    let description = parameters.optional_text("description")?;
    let scopes = parameters.texts("scopes")?;
    let level = level(parameters.optional_number("access_level")?)?;
    let now = instance.now();
    let expires_at = expiry(parameters.optional_text("expires_at")?, now)?;

    let mut registry = instance.registry();
    let group = caller.group(&registry, &id)?;
    if !caller.is_administrator() {
        let reason = "User does not have permission to create group access token";
        return Err(Failure::Refused(reason.into()));
    }
    let scopes = scopes.iter().map(|scope| scope.parse()).collect::<Result<Vec<Scope>, _>>()?;
    if scopes.is_empty() {
        return Err(Failure::Refused("Scopes can't be blank".into()));
    }
    let value = format!("glpat-{}", random_alphanumeric(20)?);
    let user_id = instance.next_number();
    let token = registry.add_token(&value, |id| AccessToken {
        id,
        name,
        description,
        scopes,
        holder: Holder::GroupBot { group_id: group.id, level },
        user_id,
        created_at: now,
        expires_at: Some(expires_at),
        last_used_at: None,
        revoked: false,
    });
    let mut view = token_view(&token, now);
    view["token"] = value.into();
    Ok((StatusCode::CREATED, Json(view)))
}

/// A group whose tokens the caller may manage; GitLab answers everyone else with 401.
fn owned_group(caller: &Caller, registry: &Registry, id: &str) -> Result<Group, Failure> {
    let group = caller.group(registry, id)?;
    if caller.is_owner(registry, &group) { Ok(group) } else { Err(Failure::Unauthorized) }
}

fn token_of<'a>(registry: &'a Registry, group: &Group, id: &str) -> Result<&'a AccessToken, Failure> {
    let number: u64 = id.parse().map_err(|_| invalid("token_id"))?;
    registry.group_tokens(group.id).find(|token| token.id == number).ok_or_else(|| {
        Failure::NotFound(format!("Could not find group access token with token_id: {number}"))
    })
}

fn level(number: Option<u64>) -> Result<AccessLevel, Failure> {
    let Some(number) = number else {
        return Ok(AccessLevel::Maintainer);
    };
    AccessLevel::from_number(number)
        .ok_or_else(|| Failure::Parameters("access_level does not have a valid value".into()))
}

fn expiry(text: Option<String>, now: i64) -> Result<Date, Failure> {
    let latest = Date::of_unix_seconds(now).plus_days(MAX_LIFETIME_DAYS);
    let Some(text) = text else {
        return Ok(latest);
    };
    let date: Date = text.parse().map_err(|_| invalid("expires_at"))?;
    if date > latest {
        return Err(Failure::Refused(format!("Expires at must be before {}", latest.plus_days(1))));
    }
    Ok(date)
}
