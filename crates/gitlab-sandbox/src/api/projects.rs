use std::sync::Arc;

use axum::Json;
use axum::body::Bytes;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use serde_json::{Value, json};

use super::caller::Caller;
use super::failure::Failure;
use super::parameters::Parameters;
use crate::registry::{PathSegment, Project, Visibility};
use crate::server::Instance;

/// `POST /api/v4/projects`
pub(super) async fn create(
    caller: Caller,
    State(instance): State<Arc<Instance>>,
    body: Bytes,
) -> Result<(StatusCode, Json<Value>), Failure> {
    caller.may_write()?;
    let parameters = Parameters::read(&body, &[])?;
    let path = parameters.optional_text("path")?;
    let name = match (parameters.optional_text("name")?, &path) {
        (Some(name), _) => name,
        (None, Some(path)) => path.clone(),
        (None, None) => {
            let problem = "name, path are missing, at least one parameter must be provided";
            return Err(Failure::Parameters(problem.into()));
        }
    };
    let path = PathSegment::try_from(path.unwrap_or_else(|| name.clone()))?;
    let visibility = visibility(parameters.optional_text("visibility")?)?;
    if !caller.is_administrator() {
        return Err(Failure::Forbidden);
    }
    let no_namespace = || Failure::Invalid { field: "namespace", problem: "is not valid".into() };
    let namespace_id = parameters.optional_number("namespace_id")?.ok_or_else(no_namespace)?;
    let project = {
        let mut registry = instance.registry();
        let namespace = registry.group(namespace_id).cloned().ok_or_else(no_namespace)?;
        registry.add_project(name, &path, &namespace, visibility)?
    };
    instance.repositories().create(project.id).await?;
    Ok((StatusCode::CREATED, Json(view(&instance, &project))))
}

/// `GET /api/v4/projects/:id`
pub(super) async fn show(
    caller: Caller,
    State(instance): State<Arc<Instance>>,
    Path(id): Path<String>,
) -> Result<Json<Value>, Failure> {
    caller.may_read()?;
    let project = caller.project(&instance.registry(), &id)?;
    Ok(Json(view(&instance, &project)))
}

fn visibility(text: Option<String>) -> Result<Visibility, Failure> {
    match text.as_deref() {
        None | Some("private") => Ok(Visibility::Private),
        Some("internal") => Ok(Visibility::Internal),
        Some("public") => Ok(Visibility::Public),
        Some(_) => Err(Failure::Parameters("visibility does not have a valid value".into())),
    }
}

fn view(instance: &Instance, project: &Project) -> Value {
    let url = format!("{}/{}", instance.base_url(), project.full_path);
    json!({
        "id": project.id,
        "name": project.name,
        "path": project.path,
        "path_with_namespace": project.full_path,
        "visibility": project.visibility,
        "default_branch": Project::DEFAULT_BRANCH,
        "namespace": { "id": project.namespace_id, "kind": "group", "full_path": project.namespace_path() },
        "http_url_to_repo": format!("{url}.git"),
        "web_url": url,
    })
}
