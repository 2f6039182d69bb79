//! The sandbox's own control paths under `/-/sandbox`, open to the administrator alone.
//!
//! GitLab has none of them: they stand for what people and runners do around it.

/// The proof that the administrator asks.
mod administrator;

/// Lets time pass.
mod clock;

/// Puts commits into repositories.
mod commits;

/// Redirects, and the record of Git requests.
mod git_traffic;

/// ID tokens made to order.
mod id_tokens;

/// GitLab's variables of a job.
mod job_variables;

/// Hands a job to a runner.
mod jobs;

/// Makes jobs and their ID tokens.
mod minting;

/// Every refusal with its status.
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
        .route("/-/sandbox/clock", get(clock::show).post(clock::turn))
        .route("/-/sandbox/commits", post(commits::add))
        .route("/-/sandbox/redirects", post(git_traffic::redirect))
        .route("/-/sandbox/requests", get(git_traffic::requests).delete(git_traffic::forget))
}
