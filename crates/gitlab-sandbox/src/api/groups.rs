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
use super::place::Place;
use crate::registry::{AccessLevel, Group, Membership, PathSegment, Registry, Source};
use crate::server::Instance;

/// `GET /groups`
pub(super) async fn list(
    caller: Caller,
    paging: Paging,
    State(instance): State<Arc<Instance>>,
) -> Result<Response, Failure> {
    let registry = instance.registry();
    answer(&instance, &registry, paging, |group| registry.sees_group(caller.user().id, group.id))
}

/// `GET /groups/:id/subgroups`: those directly below
pub(super) async fn subgroups(
    place: Place,
    paging: Paging,
    State(instance): State<Arc<Instance>>,
) -> Result<Response, Failure> {
    let registry = instance.registry();
    answer(&instance, &registry, paging, |group| {
        group.parent_id == Some(place.source.id()) && registry.sees_group(place.caller.user().id, group.id)
    })
}

/// `GET /groups/:id/descendant_groups`: all below
pub(super) async fn descendants(
    place: Place,
    paging: Paging,
    State(instance): State<Arc<Instance>>,
) -> Result<Response, Failure> {
    let registry = instance.registry();
    answer(&instance, &registry, paging, |group| {
        group.id != place.source.id()
            && registry.line_of(Source::Group(group.id)).contains(&place.source)
            && registry.sees_group(place.caller.user().id, group.id)
    })
}

/// `POST /groups`, for administrators, and for whoever owns the group above; who makes one owns it
pub(super) async fn create(
    caller: Caller,
    State(instance): State<Arc<Instance>>,
    parameters: Parameters,
) -> Result<(StatusCode, Json<Value>), Failure> {
    parameters.require(&["name", "path"])?;
    let name = parameters.text("name")?;
    let path = PathSegment::try_from(parameters.text("path")?)?;
    let parent_id = parameters.optional_number("parent_id")?;
    let mut registry = instance.registry();
    let parent = match parent_id {
        Some(id) => Some(caller.group(&registry, &id.to_string())?),
        None => None,
    };
    let above = parent.as_ref().map(|parent| Source::Group(parent.id));
    if !caller.is_administrator() && !above.is_some_and(|above| caller.manages(&registry, above)) {
        return Err(Failure::Forbidden);
    }
    let group = registry.add_group(name, &path, parent.as_ref())?;
    if !caller.is_administrator() {
        let source = Source::Group(group.id);
        let level = AccessLevel::Owner;
        registry.set_member(Membership { source, user_id: caller.user().id, level });
    }
    Ok((StatusCode::CREATED, Json(view(&instance, &group))))
}

/// `GET /groups/:id`
pub(super) async fn show(
    caller: Caller,
    State(instance): State<Arc<Instance>>,
    Path(id): Path<String>,
) -> Result<Json<Value>, Failure> {
    let group = caller.group(&instance.registry(), &id)?;
    Ok(Json(view(&instance, &group)))
}

fn answer(
    instance: &Instance,
    registry: &Registry,
    paging: Paging,
    shows: impl Fn(&Group) -> bool,
) -> Result<Response, Failure> {
    let search = paging.parameters().optional_text("search")?.unwrap_or_default().to_lowercase();
    let groups = registry.groups().filter(|group| shows(group));
    let found = groups.filter(|group| group.full_path.to_lowercase().contains(&search));
    paging.answer_by_id(found.map(|group| view(instance, group)).collect())
}

fn view(instance: &Instance, group: &Group) -> Value {
    json!({
        "id": group.id,
        "name": group.name,
        "path": group.path,
        "full_path": group.full_path,
        "parent_id": group.parent_id,
        "visibility": "private",
        "web_url": format!("{}/groups/{}", instance.base_url(), group.full_path),
    })
}
