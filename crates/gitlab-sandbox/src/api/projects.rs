use std::sync::Arc;

use axum::Json;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::Response;
use serde_json::{Value, json};

use super::caller::Caller;
use super::failure::Failure;
use super::page::Paging;
use super::parameters::{Parameters, invalid};
use super::place::Place;
use crate::registry::{PathSegment, Project, Registry, Source, Visibility};
use crate::server::Instance;

/// `GET /projects`: all that the caller sees, or with `membership` those of which they are a member
pub(super) async fn list(
    caller: Caller,
    paging: Paging,
    State(instance): State<Arc<Instance>>,
) -> Result<Response, Failure> {
    let only_own = paging.parameters().optional_truth("membership")?.unwrap_or(false);
    let registry = instance.registry();
    let user_id = caller.user().id;
    answer(&instance, &registry, paging, |project| {
        caller.sees(&registry, project)
            && (!only_own || registry.member_level(user_id, Source::Project(project.id)).is_some())
    })
}

/// `GET /groups/:id/projects`: those of the group, or with `include_subgroups` all below it
pub(super) async fn of_group(
    place: Place,
    paging: Paging,
    State(instance): State<Arc<Instance>>,
) -> Result<Response, Failure> {
    let deep = paging.parameters().optional_truth("include_subgroups")?.unwrap_or(false);
    let registry = instance.registry();
    answer(&instance, &registry, paging, |project| {
        let is_inside = if deep {
            registry.line_of(Source::Project(project.id)).contains(&place.source)
        } else {
            project.namespace_id == place.source.id()
        };
        is_inside && place.caller.sees(&registry, project)
    })
}

/// `POST /projects`, for administrators, and for whoever owns the group
pub(super) async fn create(
    caller: Caller,
    State(instance): State<Arc<Instance>>,
    parameters: Parameters,
) -> Result<(StatusCode, Json<Value>), Failure> {
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
    let no_namespace = || Failure::Invalid { field: "namespace", problem: "is not valid".into() };
    let namespace_id = parameters.optional_number("namespace_id")?.ok_or_else(no_namespace)?;
    let project = {
        let mut registry = instance.registry();
        let namespace = registry.group(namespace_id).cloned().ok_or_else(no_namespace)?;
        if !caller.manages(&registry, Source::Group(namespace_id)) {
            return Err(Failure::Forbidden);
        }
        registry.add_project(name, &path, &namespace, visibility)?
    };
    instance.repositories().create(project.id).await?;
    Ok((StatusCode::CREATED, Json(view(&instance, &project))))
}

/// `GET /projects/:id`
pub(super) async fn show(
    caller: Caller,
    State(instance): State<Arc<Instance>>,
    Path(id): Path<String>,
) -> Result<Json<Value>, Failure> {
    let project = caller.project(&instance.registry(), &id)?;
    Ok(Json(view(&instance, &project)))
}

/// `PUT /projects/:id`, for maintainers: of [what it takes](https://docs.gitlab.com/api/projects/), how long jobs may run
pub(super) async fn change(
    place: Place,
    State(instance): State<Arc<Instance>>,
    parameters: Parameters,
) -> Result<Json<Value>, Failure> {
    let mut registry = instance.registry();
    place.managed(&registry)?;
    let seconds = parameters.number("build_timeout")?;
    let seconds = u32::try_from(seconds).map_err(|_| invalid("build_timeout"))?;
    let project = registry.project_mut(place.source.id()).ok_or(Failure::NothingThere)?;
    project.build_timeout = seconds;
    Ok(Json(view(&instance, project)))
}

fn answer(
    instance: &Instance,
    registry: &Registry,
    paging: Paging,
    shows: impl Fn(&Project) -> bool,
) -> Result<Response, Failure> {
    let search = paging.parameters().optional_text("search")?.unwrap_or_default().to_lowercase();
    let projects = registry.projects().filter(|project| shows(project));
    let found = projects.filter(|project| project.full_path.to_lowercase().contains(&search));
    paging.answer_by_id(found.map(|project| view(instance, project)).collect())
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
        "build_timeout": project.build_timeout,
        "namespace": { "id": project.namespace_id, "kind": "group", "full_path": project.namespace_path() },
        "http_url_to_repo": format!("{url}.git"),
        "web_url": url,
    })
}
