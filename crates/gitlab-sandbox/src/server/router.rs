use std::sync::Arc;

use axum::Router;

use super::instance::Instance;
use crate::{api, control, git_http, issuer};

/// Every path that the sandbox answers; Git's, which no pattern describes, are tried last.
pub(super) fn router(instance: Arc<Instance>) -> Router {
    Router::new()
        .merge(issuer::router())
        .merge(api::router())
        .merge(control::router())
        .fallback(git_http::answer)
        .with_state(instance)
}
