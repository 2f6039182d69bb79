use std::sync::Arc;

use axum::extract::{Request, State};
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};

use super::access::judge;
use super::backend;
use super::credential::Credential;
use super::refusal::Refusal;
use super::target::Target;
use crate::server::Instance;

/// Answers every path that no other part of the sandbox has: those of Git, and those that nobody has.
pub(crate) async fn answer(State(instance): State<Arc<Instance>>, request: Request) -> Response {
    let (parts, body) = request.into_parts();
    let (method, path) = (parts.method.as_str(), parts.uri.path());
    let query = parts.uri.query().unwrap_or_default();
    let credential = Credential::of(&parts.headers);
    if path.contains(".git/") || path.ends_with("/info/refs") {
        instance.journal().note(method, path, query, &credential);
    }
    if let Some(url) = instance.redirects().target(path) {
        return redirect(StatusCode::FOUND, &with_query(&url, query));
    }
    let Some(target) = Target::of(method, path, query) else {
        return no_repository_path(&instance, path, query);
    };
    let permit = match judge(&instance, &target, &credential) {
        Ok(permit) => permit,
        Err(refusal) => return refusal.into_response(),
    };
    if !instance.repositories().folder(permit.project_id).exists() {
        return Refusal::NoRepository.into_response();
    }
    match backend::serve(instance.repositories(), &permit, &target, (parts, body)).await {
        Ok(response) => response,
        Err(_) => Refusal::BackendFailed.into_response(),
    }
}

/// GitLab sends a clone URL without `.git` on to the one with it, and all else to the page for signing in.
fn no_repository_path(instance: &Instance, path: &str, query: &str) -> Response {
    if path.starts_with("/api/") {
        let content_type = (header::CONTENT_TYPE, HeaderValue::from_static("application/json"));
        return (StatusCode::NOT_FOUND, [content_type], r#"{"error":"404 Not Found"}"#).into_response();
    }
    let sound = !path.contains(['%', '\\']) && !path.contains("..");
    match path.strip_suffix("/info/refs") {
        Some(repository) if sound && !repository.ends_with(".git") => {
            let url = format!("{}{repository}.git/info/refs", instance.base_url());
            redirect(StatusCode::MOVED_PERMANENTLY, &with_query(&url, query))
        }
        _ if path == "/users/sign_in" || path.contains(".git/") => Refusal::ProjectNotFound.into_response(),
        _ => redirect(StatusCode::FOUND, &format!("{}/users/sign_in", instance.base_url())),
    }
}

fn with_query(url: &str, query: &str) -> String {
    if query.is_empty() { url.to_owned() } else { format!("{url}?{query}") }
}

fn redirect(status: StatusCode, url: &str) -> Response {
    match HeaderValue::from_str(url) {
        Ok(location) => (status, [(header::LOCATION, location)]).into_response(),
        Err(_) => StatusCode::BAD_REQUEST.into_response(),
    }
}
