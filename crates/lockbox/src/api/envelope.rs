use std::time::Duration;

use http_body_util::Full;
use hyper::{
    Response, StatusCode,
    body::Bytes,
    header::{self, HeaderName, HeaderValue},
};
use serde::Serialize;
use serde_json::{Value, value::RawValue};
use zeroize::Zeroizing;

use super::{
    failure::Failure,
    rescue::{Rescue, rescue},
};
use crate::{
    exchange::{Answer, Authenticated, Layout, Presence, WrapInfo},
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
    wrap_info: Option<&'a WrapInfo>,
    warnings: Option<&'a [String]>,
    auth: Option<&'a Authenticated>,
}

#[derive(Serialize)]
struct Refusal {
    errors: Vec<String>,
}

/// An answer as it goes over HTTP, to the request with this id.
pub(super) fn response(id: String, outcome: Result<Answer, Failure>) -> Response<Full<Bytes>> {
    match outcome {
        Ok(answer) => answered(id, &answer),
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

fn answered(id: String, answer: &Answer) -> Response<Full<Bytes>> {
    let status = status(answer);
    match answer.layout {
        Layout::Empty => finish(status, String::new()),
        Layout::Bare => json(status, &answer.data),
        Layout::Merged => json(status, &merged(&envelope(id, answer))),
        Layout::Enveloped => json(status, &envelope(id, answer)),
    }
}

/// An answer as it is wrapped: its status, and its text, which says its data once.
///
/// # Errors
/// When JSON cannot say it.
pub(super) fn text(answer: &Answer) -> serde_json::Result<(u16, Zeroizing<String>)> {
    let text = match answer.layout {
        Layout::Empty => String::new(),
        Layout::Bare => written(&answer.data)?,
        Layout::Merged | Layout::Enveloped => written(&envelope(random::uuid(), answer))?,
    };
    Ok((status(answer).as_u16(), Zeroizing::new(text)))
}

fn status(answer: &Answer) -> StatusCode {
    let status = match (answer.layout, answer.presence) {
        (_, Presence::Gone) => StatusCode::NOT_FOUND,
        (Layout::Empty, Presence::Here) => StatusCode::NO_CONTENT,
        (_, Presence::Here) => StatusCode::OK,
    };
    answer.status.and_then(|chosen| StatusCode::from_u16(chosen).ok()).unwrap_or(status)
}

fn envelope(id: String, answer: &Answer) -> Envelope<'_> {
    Envelope {
        // Who shows the token gets the id of the request that was wrapped.
        request_id: if answer.wrap_info.is_some() { String::new() } else { id },
        lease_id: "",
        renewable: false,
        lease_duration: answer.lease_seconds,
        data: answer.data.as_deref(),
        wrap_info: answer.wrap_info.as_ref(),
        warnings: Some(answer.warnings.as_slice()).filter(|warnings| !warnings.is_empty()),
        auth: answer.auth.as_ref(),
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
