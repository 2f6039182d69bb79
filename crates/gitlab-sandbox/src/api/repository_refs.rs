use std::sync::Arc;

use axum::Json;
use axum::extract::{Path, State};
use axum::http::Uri;
use axum::response::Response;
use serde_json::{Value, json};

use super::failure::Failure;
use super::page::Paging;
use super::place::Place;
use crate::git_http::NamedCommit;
use crate::registry::{AccessLevel, Project, RefKind, Registry, Visibility};
use crate::server::Instance;

/// `GET /projects/:id/repository/branches`, and the same of tags
pub(super) async fn list(
    place: Place,
    uri: Uri,
    paging: Paging,
    State(instance): State<Arc<Instance>>,
) -> Result<Response, Failure> {
    let refs = readable_refs(&instance, &place, kind(&uri)).await?;
    let search = paging.parameters().optional_text("search")?.unwrap_or_default();
    let registry = instance.registry();
    let found = refs.iter().filter(|found| fits(&found.name, &search));
    paging.answer(found.map(|found| view(&registry, &place, kind(&uri), found)).collect())
}

/// `GET /projects/:id/repository/branches/:name`, and the same of tags
pub(super) async fn show(
    place: Place,
    uri: Uri,
    State(instance): State<Arc<Instance>>,
    Path((_, name)): Path<(String, String)>,
) -> Result<Json<Value>, Failure> {
    let kind = kind(&uri);
    let refs = readable_refs(&instance, &place, kind).await?;
    let what = match kind {
        RefKind::Branch => "Branch",
        RefKind::Tag => "Tag",
    };
    let found = refs.iter().find(|found| found.name == name);
    let found = found.ok_or_else(|| Failure::NotFound(what.into()))?;
    Ok(Json(view(&instance.registry(), &place, kind, found)))
}

/// The branches or tags, for whoever may read the code.
async fn readable_refs(
    instance: &Instance,
    place: &Place,
    kind: RefKind,
) -> Result<Vec<NamedCommit>, Failure> {
    let id = place.source.id();
    {
        let registry = instance.registry();
        let is_private = registry.project(id).is_none_or(|project| project.visibility == Visibility::Private);
        if is_private && place.caller.level(&registry, place.source) < Some(AccessLevel::Reporter) {
            return Err(Failure::Forbidden);
        }
    }
    Ok(instance.repositories().refs(id, kind.prefix()).await?)
}

/// GitLab searches for a part of the name; `^` ties it to the start and `$` to the end.
fn fits(name: &str, search: &str) -> bool {
    match (search.strip_prefix('^'), search.strip_suffix('$')) {
        (Some(start), _) => name.starts_with(start),
        (_, Some(end)) => name.ends_with(end),
        (None, None) => name.contains(search),
    }
}

fn kind(uri: &Uri) -> RefKind {
    if uri.path().contains("/repository/tags") { RefKind::Tag } else { RefKind::Branch }
}

fn view(registry: &Registry, place: &Place, kind: RefKind, found: &NamedCommit) -> Value {
    let short: String = found.sha.chars().take(8).collect();
    let mut view = json!({
        "name": found.name,
        "protected": registry.is_protected(place.source.id(), kind, &found.name),
        "commit": { "id": found.sha, "short_id": short },
    });
    match kind {
        RefKind::Branch => {
            view["merged"] = false.into();
            view["default"] = (found.name == Project::DEFAULT_BRANCH).into();
        }
        RefKind::Tag => {
            view["message"] = "".into();
            view["target"] = found.sha.clone().into();
        }
    }
    view
}
