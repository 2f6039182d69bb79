use std::sync::{Arc, Mutex, PoisonError};

use axum::extract::{Request, State};
use axum::http::{HeaderMap, HeaderName, HeaderValue, StatusCode};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};

use crate::registry::Throttle;
use crate::server::Instance;

/// How many requests the API answered in the present period; all callers share one count.
#[derive(Debug, Default)]
pub(crate) struct Throttling {
    window: Mutex<Window>,
}

#[derive(Clone, Copy, Debug, Default)]
struct Window {
    period: i64,
    requests: u32,
}

impl Throttling {
    /// Counts a request; beyond the limit, what remains of the period.
    fn count(&self, throttle: Throttle, now: i64) -> Result<(), Exceeded> {
        let seconds = i64::from(throttle.period_seconds.get());
        let period = now.div_euclid(seconds);
        let mut window = self.window.lock().unwrap_or_else(PoisonError::into_inner);
        if window.period != period {
            *window = Window { period, requests: 0 };
        }
        window.requests = window.requests.saturating_add(1);
        if window.requests <= throttle.requests {
            return Ok(());
        }
        let ends_at = (period + 1) * seconds;
        Err(Exceeded { throttle, observed: window.requests, ends_at, left_seconds: ends_at - now })
    }
}

#[derive(Debug)]
struct Exceeded {
    throttle: Throttle,
    observed: u32,
    ends_at: i64,
    left_seconds: i64,
}

/// Lets a request through while the [rate limit](https://docs.gitlab.com/administration/settings/user_and_ip_rate_limits/)
/// is kept.
pub(crate) async fn throttle(
    State(instance): State<Arc<Instance>>,
    request: Request,
    next: Next,
) -> Response {
    let throttle = instance.registry().settings.throttle;
    let counted = throttle.map(|throttle| instance.throttling().count(throttle, instance.now()));
    match counted {
        Some(Err(exceeded)) => exceeded.into_response(),
        Some(Ok(())) | None => next.run(request).await,
    }
}

impl IntoResponse for Exceeded {
    fn into_response(self) -> Response {
        let named =
            |name: &'static str, value: i64| (HeaderName::from_static(name), HeaderValue::from(value));
        let mut headers = HeaderMap::from_iter([
            named("ratelimit-limit", self.throttle.requests.into()),
            named("ratelimit-observed", self.observed.into()),
            named("ratelimit-remaining", 0),
            named("ratelimit-reset", self.ends_at),
            named("retry-after", self.left_seconds),
        ]);
        headers.insert("ratelimit-name", HeaderValue::from_static("throttle_authenticated_api"));
        (StatusCode::TOO_MANY_REQUESTS, headers, "Retry later\n").into_response()
    }
}
