use hyper::{HeaderMap, Method, body::Incoming as Body, header};
use percent_encoding::percent_decode_str;
use serde_json::{Map, Value};

use super::{Api, Ends, complexity, failure::Failure, receive::receive};
use crate::{auth::jwt::json_error, exchange::Fields, limit::Limits};

/// The fields of a body: JSON, or a form.
///
/// # Errors
/// When the body does not arrive within the limits, or is no JSON object.
pub(super) async fn fields(
    method: &Method,
    headers: &HeaderMap,
    body: Body,
    (api, ends): (&Api, Ends),
) -> Result<Fields, Failure> {
    let media_type =
        headers.get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
    if *method == Method::PATCH && !media_type.starts_with("application/merge-patch+json") {
        return Err(match media_type {
            "" => Failure::NoPatchType,
            other => Failure::PatchType(other.to_owned()),
        });
    }
    let mut share = api.in_flight.share();
    let bytes = receive(body, &mut share, &api.limits, ends).await?;
    let is_form = media_type.starts_with("application/x-www-form-urlencoded")
        && !matches!(bytes.first(), Some(b'{' | b'['));
    if is_form { Ok(form(&bytes)) } else { json(&bytes, &api.limits) }
}

/// The fields of a query.
pub(super) fn query(query: &str) -> Fields {
    form(query.as_bytes())
}

fn json(bytes: &[u8], limits: &Limits) -> Result<Fields, Failure> {
    if bytes.iter().all(u8::is_ascii_whitespace) {
        return Ok(Fields::default());
    }
    complexity::check(bytes, limits)?;
    let fields: Option<Map<String, Value>> = serde_json::from_slice(bytes).map_err(|_| refusal(bytes))?;
    Ok(fields.map(Fields::from).unwrap_or_default())
}

fn refusal(bytes: &[u8]) -> Failure {
    // The parser gives up at a depth that nobody needs, and says so in its text alone.
    match serde_json::from_slice::<Value>(bytes) {
        Err(error) if error.to_string().starts_with("recursion limit") => Failure::JsonTooDeep,
        Ok(_) | Err(_) => Failure::Json(json_error(bytes)),
    }
}

fn form(bytes: &[u8]) -> Fields {
    let text = String::from_utf8_lossy(bytes);
    let decode = |part: &str| percent_decode_str(&part.replace('+', " ")).decode_utf8_lossy().into_owned();
    let pairs = text.split('&').filter(|pair| !pair.is_empty());
    let fields: Map<String, Value> = pairs
        .map(|pair| {
            let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
            (decode(name), Value::String(decode(value)))
        })
        .collect();
    Fields::from(fields)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn deep_json_is_refused_and_overflows_nothing() {
        let deep = format!("{{\"a\":{}1{}}}", "[".repeat(100_000), "]".repeat(100_000));
        assert!(matches!(json(deep.as_bytes(), &Limits::default()), Err(Failure::JsonTooDeep)));
    }

    #[test]
    fn a_form_is_decoded() {
        let fields = query("a=b&c=d+e%2f&list");
        assert_eq!(fields.text("a").unwrap().unwrap(), "b");
        assert_eq!(fields.text("c").unwrap().unwrap(), "d e/");
        assert!(fields.has("list"));
    }
}
