//! GitLab's REST API, as far as groups, projects, people and access tokens need it.
//!
//! Paths, statuses, headers and bodies are those of [its documentation](https://docs.gitlab.com/api/rest/); bodies of
//! requests are JSON or a form. Anything else under `/api` is 404.

/// Access tokens of groups, projects and people.
mod access_tokens;

/// Who asks, and what their token is for.
mod caller;

/// Every refusal with its status and body.
mod failure;

/// Groups.
mod groups;

/// Who is a member of a group or a project.
mod members;

/// Lists, a page at a time.
mod page;

/// The parameters of a request.
mod parameters;

/// The group or the project that a path names.
mod place;

/// Projects.
mod projects;

/// Branches and tags that not everybody may push to.
mod protected_refs;

/// Branches and tags.
mod repository_refs;

/// What holds for the whole instance.
mod settings;

/// How many requests are answered.
mod throttling;

/// People and bots.
mod users;

use std::sync::Arc;

use axum::Router;
use axum::routing::{delete, get};

use crate::server::Instance;

pub(crate) use caller::offered_token;
pub(crate) use throttling::{Throttling, throttle};

pub(crate) fn router() -> Router<Arc<Instance>> {
    let mut router = Router::new()
        .merge(access_tokens::router())
        .route("/api/v4/application/settings", get(settings::show).put(settings::change))
        .route("/api/v4/version", get(settings::version))
        .route("/api/v4/groups", get(groups::list).post(groups::create))
        .route("/api/v4/groups/{id}", get(groups::show))
        .route("/api/v4/groups/{id}/subgroups", get(groups::subgroups))
        .route("/api/v4/groups/{id}/descendant_groups", get(groups::descendants))
        .route("/api/v4/groups/{id}/projects", get(projects::of_group))
        .route("/api/v4/projects", get(projects::list).post(projects::create))
        .route("/api/v4/projects/{id}", get(projects::show).put(projects::change))
        .route("/api/v4/user", get(users::own))
        .route("/api/v4/users", get(users::list).post(users::create))
        .route("/api/v4/users/{id}", get(users::show).delete(users::remove));
    for kind in ["groups", "projects"] {
        let members = format!("/api/v4/{kind}/{{id}}/members");
        router = router
            .route(&members, get(members::list).post(members::add))
            .route(&format!("{members}/all"), get(members::list_all))
            .route(&format!("{members}/{{user_id}}"), delete(members::remove));
    }
    for kind in ["branches", "tags"] {
        let refs = format!("/api/v4/projects/{{id}}/repository/{kind}");
        let protected = format!("/api/v4/projects/{{id}}/protected_{kind}");
        let one = get(protected_refs::show).delete(protected_refs::unprotect);
        router = router
            .route(&refs, get(repository_refs::list))
            .route(&format!("{refs}/{{name}}"), get(repository_refs::show))
            .route(&protected, get(protected_refs::list).post(protected_refs::protect))
            .route(&format!("{protected}/{{name}}"), one);
    }
    router
}
