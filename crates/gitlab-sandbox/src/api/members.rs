use std::sync::Arc;

use axum::Json;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::Response;
use serde_json::{Value, json};

use super::failure::Failure;
use super::page::Paging;
use super::parameters::Parameters;
use super::place::Place;
use super::users;
use crate::registry::{AccessLevel, Membership, Registry, Source, User};
use crate::server::Instance;

/// `GET /groups/:id/members`, and the same of a project: its own members, bots among them
pub(super) async fn list(
    place: Place,
    paging: Paging,
    State(instance): State<Arc<Instance>>,
) -> Result<Response, Failure> {
    let registry = instance.registry();
    let members = registry.members(place.source).filter_map(|member| view(&instance, &registry, member));
    paging.answer(members.collect())
}

/// `GET /groups/:id/members/all`, and the same of a project: those from above too, each once with the highest level
pub(super) async fn list_all(
    place: Place,
    paging: Paging,
    State(instance): State<Arc<Instance>>,
) -> Result<Response, Failure> {
    let registry = instance.registry();
    let mut highest: Vec<Membership> = Vec::new();
    for member in registry.line_of(place.source).into_iter().flat_map(|source| registry.members(source)) {
        match highest.iter_mut().find(|known| known.user_id == member.user_id) {
            Some(known) if known.level < member.level => *known = *member,
            Some(_) => {}
            None => highest.push(*member),
        }
    }
    paging.answer(highest.iter().filter_map(|member| view(&instance, &registry, member)).collect())
}

/// `POST /groups/:id/members`, and the same of a project
pub(super) async fn add(
    place: Place,
    State(instance): State<Arc<Instance>>,
    parameters: Parameters,
) -> Result<(StatusCode, Json<Value>), Failure> {
    parameters.require(&["user_id", "access_level"])?;
    let user_id = parameters.number("user_id")?;
    let level = AccessLevel::from_number(parameters.number("access_level")?)
        .ok_or_else(|| Failure::Parameters("access_level does not have a valid value".into()))?;
    let mut registry = instance.registry();
    place.managed(&registry)?;
    registry.user(user_id).ok_or_else(|| Failure::NotFound("User".into()))?;
    if registry.own_level(user_id, place.source).is_some() {
        return Err(Failure::Conflict("Member already exists"));
    }
    let member = Membership { source: place.source, user_id, level };
    registry.set_member(member);
    let view = view(&instance, &registry, &member).ok_or(Failure::NothingThere)?;
    Ok((StatusCode::CREATED, Json(view)))
}

/// `DELETE /groups/:id/members/:user_id`, and the same of a project; a bot goes with its tokens alone
pub(super) async fn remove(
    place: Place,
    State(instance): State<Arc<Instance>>,
    Path((_, user_id)): Path<(String, u64)>,
) -> Result<StatusCode, Failure> {
    let mut registry = instance.registry();
    place.managed(&registry)?;
    registry.own_level(user_id, place.source).ok_or(Failure::NothingThere)?;
    if registry.user(user_id).is_some_and(User::is_bot) {
        return Err(Failure::Forbidden);
    }
    registry.remove_member(place.source, user_id);
    Ok(StatusCode::NO_CONTENT)
}

fn view(instance: &Instance, registry: &Registry, member: &Membership) -> Option<Value> {
    let mut view = users::view(instance, registry.user(member.user_id)?);
    // A list of members does not tell bots from people.
    if let Some(view) = view.as_object_mut() {
        view.remove("bot");
    }
    view["access_level"] = json!(member.level);
    view["expires_at"] = Value::Null;
    view["membership_state"] = "active".into();
    if let Source::Group(id) = member.source {
        view["group_id"] = id.into();
    }
    Some(view)
}
