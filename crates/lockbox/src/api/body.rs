use std::collections::BTreeMap;

use hyper::{HeaderMap, Method, body::Incoming as Body, header};
use percent_encoding::percent_decode_str;
use serde_json::{Map, Value};
use zeroize::Zeroizing;

use super::{Api, Ends, complexity, failure::Failure, receive::receive};
use crate::{auth::jwt::json_error, exchange::Fields, json::repaired, limit::Limits};

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
    if *method == Method::PATCH {
        check_patch(media_type)?;
    }
    let mut share = api.in_flight.share();
    let bytes = receive(body, &mut share, &api.limits, ends).await?;
    let is_form = media_type.starts_with("application/x-www-form-urlencoded")
        && !matches!(bytes.first(), Some(b'{' | b'['));
    if is_form { Ok(form(&bytes)) } else { json(&bytes, &api.limits) }
}

/// The fields of a query.
pub(super) fn query(query: &str) -> Fields {
    Fields::asked(pairs(query.as_bytes()))
}

fn check_patch(media_type: &str) -> Result<(), Failure> {
    let mut parts = media_type.split(';').map(str::trim);
    match parts.next().unwrap_or_default() {
        "" => Err(Failure::NoPatchType),
        _ if parts.any(|part| !part.is_empty() && !part.contains('=')) => Err(Failure::PatchParameter),
        bare if bare.eq_ignore_ascii_case("application/merge-patch+json") => Ok(()),
        other => Err(Failure::PatchType(other.to_owned())),
    }
}

fn json(bytes: &[u8], limits: &Limits) -> Result<Fields, Failure> {
    if bytes.iter().all(u8::is_ascii_whitespace) {
        return Ok(Fields::default());
    }
    complexity::check(bytes, limits)?;
    read(Zeroizing::new(bytes.to_vec())).or_else(|_| {
        let repaired = repaired(bytes).and_then(|text| read(text).ok());
        repaired.ok_or_else(|| refusal(bytes))
    })
}

fn read(text: Zeroizing<Vec<u8>>) -> serde_json::Result<Fields> {
    let named: Option<Map<String, Value>> = serde_json::from_slice(&text)?;
    Ok(named.map(|named| Fields::written(named, text)).unwrap_or_default())
}

fn refusal(bytes: &[u8]) -> Failure {
    // The parser gives up at a depth that nobody needs, and says so in its text alone.
    match serde_json::from_slice::<Value>(bytes) {
        Err(error) if error.to_string().starts_with("recursion limit") => Failure::JsonTooDeep,
        Ok(_) | Err(_) => Failure::Json(json_error(bytes)),
    }
}

fn form(bytes: &[u8]) -> Fields {
    let joined = |texts: Vec<String>| Value::String(texts.join(","));
    Fields::new(pairs(bytes).into_iter().map(|(name, texts)| (name, joined(texts))).collect())
}

/// The texts by name, in the order in which they came.
fn pairs(bytes: &[u8]) -> BTreeMap<String, Vec<String>> {
    let text = String::from_utf8_lossy(bytes);
    let decode = |part: &str| percent_decode_str(&part.replace('+', " ")).decode_utf8_lossy().into_owned();
    let mut named: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for pair in text.split('&').filter(|pair| !pair.is_empty()) {
        let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
        named.entry(decode(name)).or_default().push(decode(value));
    }
    named
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
    fn what_is_no_text_is_replaced_as_go_does() {
        let fields = json(b"{\"a\":\"\\ud800\xff\"}", &Limits::default()).unwrap();
        assert_eq!(fields.text("a").unwrap().unwrap(), "\u{fffd}\u{fffd}");
        assert!(matches!(json(b"{\"a\":\"\xff\"", &Limits::default()), Err(Failure::Json(_))));
    }

    #[test]
    fn a_form_is_decoded() {
        let fields = query("a=b&c=d+e%2f&list");
        assert_eq!(fields.text("a").unwrap().unwrap(), "b");
        assert_eq!(fields.text("c").unwrap().unwrap(), "d e/");
        assert!(fields.has("list"));
        assert_eq!(form(b"a=1&a=2").text("a").unwrap().unwrap(), "1,2");
        let twice = query("a=1&a=2").text("a").unwrap_err().to_string();
        assert!(twice.ends_with("expected type 'string', got unconvertible type '[]string'"), "{twice}");
    }
}
