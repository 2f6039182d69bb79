//! GitLab's REST API, as far as groups, projects and access tokens need it.
//!
//! Paths, statuses and bodies are those of [its documentation](https://docs.gitlab.com/api/group_access_tokens/); bodies
//! of requests are JSON. Anything else under `/api` is 404.

/// Who asks, and what their token is for.
mod caller;

/// Every refusal with its status and body.
mod failure;

/// The access tokens of a group.
mod group_tokens;

/// Groups.
mod groups;

/// The token that a request came with.
mod own_token;

/// The parameters of a request.
mod parameters;

/// Projects.
mod projects;

/// How a token is shown.
mod token_view;

use std::sync::Arc;

use axum::Router;
use axum::routing::{get, post};

use crate::server::Instance;

pub(crate) use caller::offered_token;

pub(crate) fn router() -> Router<Arc<Instance>> {
    let own = get(own_token::show).delete(own_token::revoke);
    let group_token = get(group_tokens::show).delete(group_tokens::revoke);
    Router::new()
        .route("/api/v4/groups", post(groups::create))
        .route("/api/v4/groups/{id}", get(groups::show))
        .route("/api/v4/groups/{id}/access_tokens", get(group_tokens::list).post(group_tokens::create))
        .route("/api/v4/groups/{id}/access_tokens/{token_id}", group_token)
        .route("/api/v4/projects", post(projects::create))
        .route("/api/v4/projects/{id}", get(projects::show))
        .route("/api/v4/personal_access_tokens/self", own)
}
