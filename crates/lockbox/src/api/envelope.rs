use std::time::Duration;

use http_body_util::Full;
use hyper::{
    Response, StatusCode,
    body::Bytes,
    header::{self, HeaderName, HeaderValue},
};
use serde::Serialize;
use serde_json::{Value, value::RawValue};

use super::{
    failure::Failure,
    rescue::{Rescue, rescue},
};
use crate::{
    exchange::{Answer, Authenticated, Layout, Presence},
    json::written,
    random,
};

#[derive(Serialize)]
struct Envelope<'a> {
    request_id: String,
    lease_id: &'a str,
    renewable: bool,
    lease_duration: i64,
    data: Option<&'a RawValue>,
    wrap_info: Option<()>,
    warnings: Option<&'a [String]>,
    auth: Option<&'a Authenticated>,
}

#[derive(Serialize)]
struct Refusal {
    errors: Vec<String>,
}

/// An answer as it goes over HTTP.
pub(super) fn response(outcome: Result<Answer, Failure>) -> Response<Full<Bytes>> {
    match outcome {
        Ok(answer) => answered(&answer),
        Err(failure) => match rescue(&failure) {
            Rescue::Errors(status, errors) => json(status, &Refusal { errors }),
            Rescue::Unread(status, errors) => unread(status, &Refusal { errors }),
            Rescue::Later(errors, wait) => later(&Refusal { errors }, wait),
            Rescue::Redirect(path) => redirect(&path),
            Rescue::Silent(status) => {
                let mut response = Response::new(Full::default());
                *response.status_mut() = status;
                response
            }
        },
    }
}

fn answered(answer: &Answer) -> Response<Full<Bytes>> {
    let status = match (answer.layout, answer.presence) {
        (Layout::Empty, Presence::Here) => return finish(StatusCode::NO_CONTENT, String::new()),
        (Layout::Empty, Presence::Gone) => return finish(StatusCode::NOT_FOUND, String::new()),
        (_, Presence::Here) => StatusCode::OK,
        (_, Presence::Gone) => StatusCode::NOT_FOUND,
    };
    let status = answer.status.and_then(|chosen| StatusCode::from_u16(chosen).ok()).unwrap_or(status);
    let envelope = Envelope {
        request_id: random::uuid(),
        lease_id: "",
        renewable: false,
        lease_duration: answer.lease_seconds,
        data: answer.data.as_deref(),
        wrap_info: None,
        warnings: Some(answer.warnings.as_slice()).filter(|warnings| !warnings.is_empty()),
        auth: answer.auth.as_ref(),
    };
    match answer.layout {
        Layout::Bare => json(status, &answer.data),
        Layout::Merged => json(status, &merged(&envelope)),
        Layout::Enveloped | Layout::Empty => json(status, &envelope),
    }
}

/// The older paths say their data twice.
fn merged(envelope: &Envelope<'_>) -> Option<Box<RawValue>> {
    let mut all = serde_json::to_value(envelope).ok()?;
    let data: Value = serde_json::from_str(envelope.data?.get()).ok()?;
    if let (Value::Object(all), Value::Object(data)) = (&mut all, data) {
        for (name, value) in data {
            all.entry(name).or_insert(value);
        }
    }
    RawValue::from_string(written(&all).ok()?).ok()
}

fn json(status: StatusCode, value: &impl Serialize) -> Response<Full<Bytes>> {
    match written(value) {
        Ok(mut text) => {
            text.push('\n');
            finish(status, text)
        }
        Err(_) => finish(StatusCode::INTERNAL_SERVER_ERROR, String::new()),
    }
}

/// OpenBao answers these before its own headers are set, and ends the connection.
fn unread(status: StatusCode, refusal: &Refusal) -> Response<Full<Bytes>> {
    let mut response = json(status, refusal);
    let headers = response.headers_mut();
    headers.remove(header::CACHE_CONTROL);
    headers.remove(header::STRICT_TRANSPORT_SECURITY);
    headers.insert(header::CONNECTION, HeaderValue::from_static("close"));
    response
}

fn later(refusal: &Refusal, wait: Duration) -> Response<Full<Bytes>> {
    let mut response = json(StatusCode::TOO_MANY_REQUESTS, refusal);
    let seconds = wait.as_secs() + u64::from(wait.subsec_nanos() > 0);
    response.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from(seconds));
    response
}

fn redirect(path: &str) -> Response<Full<Bytes>> {
    let mut response = finish(StatusCode::TEMPORARY_REDIRECT, String::new());
    if let Ok(location) = HeaderValue::from_str(path) {
        response.headers_mut().insert(header::LOCATION, location);
    }
    response
}

fn finish(status: StatusCode, text: String) -> Response<Full<Bytes>> {
    let mut response = Response::new(Full::from(text));
    *response.status_mut() = status;
    for (name, value) in &HEADERS {
        response.headers_mut().insert(name, HeaderValue::from_static(value));
    }
    response
}

static HEADERS: [(HeaderName, &str); 3] = [
    (header::CACHE_CONTROL, "no-store"),
    (header::CONTENT_TYPE, "application/json"),
    (header::STRICT_TRANSPORT_SECURITY, "max-age=31536000; includeSubDomains"),
];
