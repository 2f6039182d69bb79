use std::sync::Arc;
use std::time::{Duration, UNIX_EPOCH};

use axum::Router;
use axum::extract::{Request, State};
use axum::http::HeaderValue;
use axum::http::header::DATE;
use axum::middleware::{Next, from_fn_with_state};
use axum::response::Response;

use super::instance::Instance;
use crate::{api, control, git_http, issuer};

/// Every path that the sandbox answers; Git's, which no pattern describes, are tried last.
pub(super) fn router(instance: Arc<Instance>) -> Router {
    let throttled = api::router().layer(from_fn_with_state(instance.clone(), api::throttle));
    Router::new()
        .merge(issuer::router())
        .merge(throttled)
        .merge(control::router())
        .fallback(git_http::answer)
        .layer(from_fn_with_state(instance.clone(), dated))
        .with_state(instance)
}

/// Puts the instance's own time on an answer, where the server would put the machine's.
async fn dated(State(instance): State<Arc<Instance>>, request: Request, next: Next) -> Response {
    let mut response = next.run(request).await;
    let seconds = u64::try_from(instance.now()).unwrap_or_default();
    let date = httpdate::fmt_http_date(UNIX_EPOCH + Duration::from_secs(seconds));
    if let Ok(date) = HeaderValue::try_from(date) {
        response.headers_mut().insert(DATE, date);
    }
    response
}
