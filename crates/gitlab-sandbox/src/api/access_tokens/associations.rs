use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use axum::response::{IntoResponse, Response};
use serde_json::{Value, json};

use super::super::caller::AnyScope;
use super::super::failure::Failure;
use super::super::page::Paging;
use crate::registry::{AccessLevel, Source};
use crate::server::Instance;

/// `GET /personal_access_tokens/self/associations`, for a token of any scope: which groups and projects its user sees
///
/// Without `min_access_level` that is every public project too. One page holds so many of each kind, and its headers
/// count the projects, which GitLab counts last.
pub(in crate::api) async fn list(
    AnyScope(caller): AnyScope,
    paging: Paging,
    State(instance): State<Arc<Instance>>,
) -> Result<Response, Failure> {
    let least = match paging.parameters().optional_number("min_access_level")? {
        None => None,
        Some(number) => Some(
            AccessLevel::from_number(number)
                .ok_or_else(|| Failure::Parameters("min_access_level does not have a valid value".into()))?,
        ),
    };
    let registry = instance.registry();
    let user = caller.user().id;
    let fits = |source: Source, visible: bool| match least {
        None => visible,
        some => registry.level(user, source) >= some,
    };

    let groups =
        registry.groups().filter(|group| fits(Source::Group(group.id), registry.sees_group(user, group.id)));
    let groups: Vec<Value> = groups
        .map(|group| {
            json!({
                "id": group.id,
                "web_url": format!("{}/groups/{}", instance.base_url(), group.full_path),
                "name": group.name,
                "parent_id": group.parent_id,
                "organization_id": 1,
                "access_levels": registry.member_level(user, Source::Group(group.id)),
                "visibility": "private",
            })
        })
        .collect();

    let projects = registry
        .projects()
        .filter(|project| fits(Source::Project(project.id), caller.sees(&registry, project)));
    let projects: Vec<Value> = projects
        .map(|project| {
            let namespace = registry.group(project.namespace_id);
            let namespace_name = namespace.map_or("", |group| &group.name);
            json!({
                "id": project.id,
                "description": null,
                "name": project.name,
                "name_with_namespace": format!("{namespace_name} / {}", project.name),
                "path": project.path,
                "path_with_namespace": project.full_path,
                "access_levels": {
                    "project_access_level": registry.own_level(user, Source::Project(project.id)),
                    "group_access_level": registry.member_level(user, Source::Group(project.namespace_id)),
                },
                "visibility": project.visibility,
                "web_url": format!("{}/{}", instance.base_url(), project.full_path),
                "namespace": {
                    "id": project.namespace_id,
                    "name": namespace_name,
                    "path": namespace.map(|group| &group.path),
                    "kind": "group",
                    "full_path": project.namespace_path(),
                    "parent_id": namespace.and_then(|group| group.parent_id),
                },
            })
        })
        .collect();

    let headers = paging.headers(projects.len());
    let page = json!({ "groups": paging.cut(groups), "projects": paging.cut(projects) });
    Ok((headers, Json(page)).into_response())
}
