use std::sync::Arc;

use axum::Json;
use axum::body::Bytes;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use serde_json::{Value, json};

use super::caller::Caller;
use super::failure::Failure;
use super::parameters::Parameters;
use crate::registry::{Group, PathSegment};
use crate::server::Instance;

/// `POST /api/v4/groups`
pub(super) async fn create(
    caller: Caller,
    State(instance): State<Arc<Instance>>,
    body: Bytes,
) -> Result<(StatusCode, Json<Value>), Failure> {
    caller.may_write()?;
    let parameters = Parameters::read(&body, &["name", "path"])?;
    let name = parameters.text("name")?;
    let path = PathSegment::try_from(parameters.text("path")?)?;
    if !caller.is_administrator() {
        return Err(Failure::Forbidden);
    }
    let mut registry = instance.registry();
    let parent = match parameters.optional_number("parent_id")? {
        Some(id) => Some(caller.group(&registry, &id.to_string())?),
        None => None,
    };
    let group = registry.add_group(name, &path, parent.as_ref())?;
    Ok((StatusCode::CREATED, Json(view(&instance, &group))))
}

/// `GET /api/v4/groups/:id`
pub(super) async fn show(
    caller: Caller,
    State(instance): State<Arc<Instance>>,
    Path(id): Path<String>,
) -> Result<Json<Value>, Failure> {
    caller.may_read()?;
    let group = caller.group(&instance.registry(), &id)?;
    Ok(Json(view(&instance, &group)))
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
