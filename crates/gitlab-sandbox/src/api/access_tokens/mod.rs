//! Access tokens: those of groups and projects, those of people, and the one that a request came with.
//!
//! Follows the pages on [group](https://docs.gitlab.com/api/group_access_tokens/),
//! [project](https://docs.gitlab.com/api/project_access_tokens/) and
//! [personal](https://docs.gitlab.com/api/personal_access_tokens/) access tokens. A token that was rotated away and is
//! used to rotate once more takes its live successor with it.

/// What a token reaches.
mod associations;

/// Which tokens a list shows.
mod filter;

/// What a fine-grained token is asked for.
mod granular;

/// New tokens, and the rules for their ends.
mod making;

/// The token that a request came with.
mod own;

/// The tokens of people.
mod personal;

/// The tokens of groups and projects.
mod resource;

/// How a token is shown.
mod view;

use std::sync::Arc;

use axum::Router;
use axum::routing::{get, post};

use crate::server::Instance;

pub(super) fn router() -> Router<Arc<Instance>> {
    let one = get(personal::show).delete(personal::revoke);
    let mut router = Router::new()
        .route("/api/v4/users/{id}/personal_access_tokens", post(personal::create))
        .route("/api/v4/user/personal_access_tokens", post(personal::create_own))
        .route("/api/v4/personal_access_tokens", get(personal::list))
        .route("/api/v4/personal_access_tokens/{id}", one)
        .route("/api/v4/personal_access_tokens/{id}/rotate", post(personal::rotate))
        .route("/api/v4/personal_access_tokens/self", get(own::show).delete(own::revoke))
        .route("/api/v4/personal_access_tokens/self/rotate", post(own::rotate_itself))
        .route("/api/v4/personal_access_tokens/self/associations", get(associations::list));
    for kind in ["groups", "projects"] {
        let all = format!("/api/v4/{kind}/{{id}}/access_tokens");
        let one = get(resource::show).delete(resource::revoke);
        router = router
            .route(&all, get(resource::list).post(resource::create))
            .route(&format!("{all}/{{token_id}}"), one)
            .route(&format!("{all}/{{token_id}}/rotate"), post(resource::rotate))
            .route(&format!("{all}/self"), get(own::show_in_place))
            .route(&format!("{all}/self/rotate"), post(own::rotate_in_place));
    }
    router
}
