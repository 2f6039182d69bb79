use std::time::Duration;

use http_body_util::Full;
use hyper::{
    Response, StatusCode,
    body::Bytes,
    header::{self, HeaderName, HeaderValue},
};
use serde::Serialize;
use serde_json::value::RawValue;
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
            Rescue::Redirect(place) => redirect(&place, String::new()),
            Rescue::Page(place) => redirect(&place, page(&place)),
            Rescue::Untyped(status) => {
                let mut response = finish(status, String::new());
                response.headers_mut().remove(header::CONTENT_TYPE);
                response
            }
            Rescue::Silent(status) => bare(status, String::new()),
            Rescue::Plain(status) => {
                let mut response = bare(status, status.to_string());
                response.headers_mut().insert(header::CONTENT_TYPE, PLAIN_TEXT);
                response.headers_mut().insert(header::CONNECTION, HeaderValue::from_static("close"));
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
        // OpenBao writes these by another way.
        Layout::Enveloped if answer.presence == Presence::Gone => match written(&envelope(id, answer)) {
            Ok(text) => finish(status, text),
            Err(_) => finish(StatusCode::INTERNAL_SERVER_ERROR, String::new()),
        },
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
        lease_id: &answer.lease_id,
        renewable: false,
        lease_duration: answer.lease_seconds,
        data: answer.data.as_deref(),
        wrap_info: answer.wrap_info.as_ref(),
        warnings: Some(answer.warnings.as_slice()).filter(|warnings| !warnings.is_empty()),
        auth: answer.auth.as_ref(),
    }
}

/// The older paths say their data twice: first before everything else.
fn merged(envelope: &Envelope<'_>) -> Option<Box<RawValue>> {
    let rest = written(envelope).ok()?;
    let data = envelope.data?.get().strip_suffix('}').filter(|members| members.len() > 1);
    let text = match (data, rest.strip_prefix('{')) {
        (Some(data), Some(rest)) => format!("{data},{rest}"),
        _ => rest,
    };
    RawValue::from_string(text).ok()
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

fn redirect(place: &str, page: String) -> Response<Full<Bytes>> {
    let content = (!page.is_empty()).then(|| HeaderValue::from_static("text/html; charset=utf-8"));
    let mut response = finish(StatusCode::TEMPORARY_REDIRECT, page);
    let headers = response.headers_mut();
    headers.remove(header::CONTENT_TYPE);
    headers.extend(content.map(|content| (header::CONTENT_TYPE, content)));
    headers.extend(HeaderValue::from_str(place).ok().map(|place| (header::LOCATION, place)));
    response
}

/// What Go's server shows to whoever does not follow.
fn page(place: &str) -> String {
    let mut escaped = String::with_capacity(place.len());
    for letter in place.chars() {
        match letter {
            '&' => escaped.push_str("&amp;"),
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '"' => escaped.push_str("&#34;"),
            '\'' => escaped.push_str("&#39;"),
            other => escaped.push(other),
        }
    }
    format!("<a href=\"{escaped}\">Temporary Redirect</a>.\n\n")
}

fn bare(status: StatusCode, text: String) -> Response<Full<Bytes>> {
    let mut response = Response::new(Full::from(text));
    *response.status_mut() = status;
    response
}

fn finish(status: StatusCode, text: String) -> Response<Full<Bytes>> {
    let mut response = bare(status, text);
    for (name, value) in &HEADERS {
        response.headers_mut().insert(name, HeaderValue::from_static(value));
    }
    response
}

const PLAIN_TEXT: HeaderValue = HeaderValue::from_static("text/plain; charset=utf-8");

static HEADERS: [(HeaderName, &str); 3] = [
    (header::CACHE_CONTROL, "no-store"),
    (header::CONTENT_TYPE, "application/json"),
    (header::STRICT_TRANSPORT_SECURITY, "max-age=31536000; includeSubDomains"),
];
