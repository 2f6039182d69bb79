use std::sync::Arc;

use axum::Json;
use axum::extract::{Path, State};
use axum::http::{StatusCode, Uri};
use axum::response::Response;
use serde_json::{Value, json};

use super::failure::Failure;
use super::page::Paging;
use super::parameters::Parameters;
use super::place::Place;
use crate::registry::{AccessLevel, Protection, RefKind};
use crate::server::Instance;

/// `GET /projects/:id/protected_branches`, and the same of tags
pub(super) async fn list(
    place: Place,
    uri: Uri,
    paging: Paging,
    State(instance): State<Arc<Instance>>,
) -> Result<Response, Failure> {
    let registry = instance.registry();
    place.managed(&registry)?;
    let search = paging.parameters().optional_text("search")?.unwrap_or_default();
    let all = registry.protections(place.source.id(), kind(&uri));
    paging.answer(all.filter(|protection| protection.name.contains(&search)).map(view).collect())
}

/// `GET /projects/:id/protected_branches/:name`, and the same of tags
pub(super) async fn show(
    place: Place,
    uri: Uri,
    State(instance): State<Arc<Instance>>,
    Path((_, name)): Path<(String, String)>,
) -> Result<Json<Value>, Failure> {
    let registry = instance.registry();
    place.managed(&registry)?;
    let mut all = registry.protections(place.source.id(), kind(&uri));
    all.find(|protection| protection.name == name).map(view).map(Json).ok_or(Failure::NothingThere)
}

/// `POST /projects/:id/protected_branches`, and the same of tags
pub(super) async fn protect(
    place: Place,
    uri: Uri,
    State(instance): State<Arc<Instance>>,
    parameters: Parameters,
) -> Result<(StatusCode, Json<Value>), Failure> {
    let kind = kind(&uri);
    let name = parameters.text("name")?;
    let level_name = match kind {
        RefKind::Branch => "push_access_level",
        RefKind::Tag => "create_access_level",
    };
    let push = match parameters.optional_number(level_name)?.unwrap_or(40) {
        0 => None,
        number @ (30 | 40) => AccessLevel::from_number(number),
        _ => return Err(Failure::Parameters(format!("{level_name} does not have a valid value"))),
    };
    let mut registry = instance.registry();
    place.managed(&registry)?;
    let id = place.source.id();
    if registry.protections(id, kind).any(|protection| protection.name == name) {
        return Err(Failure::AlreadyProtected(name));
    }
    Ok((StatusCode::CREATED, Json(view(&registry.protect(id, kind, &name, push)))))
}

/// `DELETE /projects/:id/protected_branches/:name`, and the same of tags
pub(super) async fn unprotect(
    place: Place,
    uri: Uri,
    State(instance): State<Arc<Instance>>,
    Path((_, name)): Path<(String, String)>,
) -> Result<StatusCode, Failure> {
    let mut registry = instance.registry();
    place.managed(&registry)?;
    let (id, kind) = (place.source.id(), kind(&uri));
    if !registry.protections(id, kind).any(|protection| protection.name == name) {
        return Err(Failure::NothingThere);
    }
    registry.unprotect(id, kind, &name);
    Ok(StatusCode::NO_CONTENT)
}

fn kind(uri: &Uri) -> RefKind {
    if uri.path().contains("/protected_tags") { RefKind::Tag } else { RefKind::Branch }
}

fn view(protection: &Protection) -> Value {
    let level = match protection.push {
        None => json!({ "access_level": 0, "access_level_description": "No one" }),
        Some(AccessLevel::Developer) => {
            json!({ "access_level": 30, "access_level_description": "Developers + Maintainers" })
        }
        Some(_) => json!({ "access_level": 40, "access_level_description": "Maintainers" }),
    };
    match protection.kind {
        RefKind::Branch => json!({
            "id": protection.id,
            "name": protection.name,
            "push_access_levels": [level],
            "merge_access_levels": [{ "access_level": 40, "access_level_description": "Maintainers" }],
            "allow_force_push": false,
        }),
        RefKind::Tag => json!({ "name": protection.name, "create_access_levels": [level] }),
    }
}
