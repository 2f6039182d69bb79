use std::num::NonZeroU32;
use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use serde_json::{Value, json};

use super::caller::Caller;
use super::failure::Failure;
use super::parameters::{Parameters, invalid};
use crate::registry::{Settings, Throttle};
use crate::server::Instance;

/// `GET /application/settings`, for administrators
pub(super) async fn show(
    caller: Caller,
    State(instance): State<Arc<Instance>>,
) -> Result<Json<Value>, Failure> {
    if !caller.is_administrator() {
        return Err(Failure::Forbidden);
    }
    Ok(Json(view(&instance.registry().settings)))
}

/// `PUT /application/settings`, for administrators: [the few](https://docs.gitlab.com/api/settings/) that matter here
pub(super) async fn change(
    caller: Caller,
    State(instance): State<Arc<Instance>>,
    parameters: Parameters,
) -> Result<Json<Value>, Failure> {
    if !caller.is_administrator() {
        return Err(Failure::Forbidden);
    }
    let mut registry = instance.registry();
    let mut settings = registry.settings.clone();
    if let Some(days) = positive(&parameters, "max_personal_access_token_lifetime")? {
        settings.longest_token_days = days;
    }
    let retention = "inactive_resource_access_tokens_delete_after_days";
    if let Some(days) = parameters.optional_number(retention)? {
        settings.bot_retention_days = u32::try_from(days).map_err(|_| invalid(retention))?;
    }
    // Not a setting of GitLab's own: an older one is told apart by it.
    settings.version = parameters.optional_text("version")?.unwrap_or(settings.version);
    let requests = "throttle_authenticated_api_requests_per_period";
    let mut throttle = settings.throttle.unwrap_or(DEFAULT_THROTTLE);
    if let Some(number) = parameters.optional_number(requests)? {
        throttle.requests = u32::try_from(number).map_err(|_| invalid(requests))?;
    }
    if let Some(seconds) = positive(&parameters, "throttle_authenticated_api_period_in_seconds")? {
        throttle.period_seconds = seconds;
    }
    let enabled = parameters.optional_truth("throttle_authenticated_api_enabled")?;
    settings.throttle = enabled.unwrap_or(settings.throttle.is_some()).then_some(throttle);
    let view = view(&settings);
    registry.settings = settings;
    Ok(Json(view))
}

/// `GET /version`
pub(super) async fn version(_: Caller, State(instance): State<Arc<Instance>>) -> Json<Value> {
    Json(json!({ "version": instance.registry().settings.version, "revision": "made-up" }))
}

/// GitLab's, where nobody set another.
const DEFAULT_THROTTLE: Throttle =
    Throttle { requests: 7200, period_seconds: NonZeroU32::MIN.saturating_add(3599) };

fn positive(parameters: &Parameters, name: &str) -> Result<Option<NonZeroU32>, Failure> {
    let number = parameters.optional_number(name)?;
    let positive = |number| u32::try_from(number).ok().and_then(NonZeroU32::new).ok_or_else(|| invalid(name));
    number.map(positive).transpose()
}

fn view(settings: &Settings) -> Value {
    let throttle = settings.throttle.unwrap_or(DEFAULT_THROTTLE);
    json!({
        "id": 1,
        "max_personal_access_token_lifetime": settings.longest_token_days,
        "inactive_resource_access_tokens_delete_after_days": settings.bot_retention_days,
        "throttle_authenticated_api_enabled": settings.throttle.is_some(),
        "throttle_authenticated_api_requests_per_period": throttle.requests,
        "throttle_authenticated_api_period_in_seconds": throttle.period_seconds,
    })
}
