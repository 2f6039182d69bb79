//! The sandbox's own control paths under `/-/sandbox`, open to the administrator alone.
//!
//! GitLab has none of them: they stand for what people and runners do around it.

mod administrator;

mod commits;

mod git_traffic;

mod id_tokens;

mod job_variables;

mod jobs;

mod minting;

mod refusal;

use std::sync::Arc;

use axum::Router;
use axum::routing::{get, post};

use crate::server::Instance;

pub(crate) fn router() -> Router<Arc<Instance>> {
    Router::new()
        .route("/-/sandbox/id_tokens", post(id_tokens::mint))
        .route("/-/sandbox/actions_id_token", get(id_tokens::mint_for_actions))
        .route("/-/sandbox/jobs", post(jobs::start))
        .route("/-/sandbox/commits", post(commits::add))
        .route("/-/sandbox/redirects", post(git_traffic::redirect))
        .route("/-/sandbox/requests", get(git_traffic::requests))
}
