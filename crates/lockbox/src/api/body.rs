use std::collections::BTreeMap;

use axum::{
    body::Body,
    http::{HeaderMap, Method, header},
};
use http_body_util::{BodyExt, LengthLimitError, Limited};
use percent_encoding::percent_decode_str;
use serde_json::{Map, Value};
use zeroize::{Zeroize, Zeroizing};

use super::failure::Failure;
use crate::{auth::jwt::json_error, exchange::Fields, json::repaired};

/// The fields of a body: JSON, or a form.
///
/// # Errors
/// When the body is too large, cut off, or no JSON object.
pub(super) async fn fields(method: &Method, headers: &HeaderMap, body: Body) -> Result<Fields, Failure> {
    let media_type =
        headers.get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
    if *method == Method::PATCH {
        check_patch(media_type)?;
    }
    let announced =
        headers.get(header::CONTENT_LENGTH).and_then(|value| value.to_str().ok()?.parse::<usize>().ok());
    if announced.is_some_and(|bytes| bytes > MAX_BODY_BYTES) {
        return Err(Failure::BodyTooLarge);
    }
    let collected = Limited::new(body, MAX_BODY_BYTES).collect().await.map_err(|error| {
        if error.is::<LengthLimitError>() { Failure::BodyTooLarge } else { Failure::BodyCutOff }
    })?;
    let bytes = collected.to_bytes();
    let is_form = media_type.starts_with("application/x-www-form-urlencoded")
        && !matches!(bytes.first(), Some(b'{' | b'['));
    let fields = if is_form { Ok(form(&bytes)) } else { json(&bytes) };
    if let Ok(mut bytes) = bytes.try_into_mut() {
        bytes.as_mut().zeroize();
    }
    fields
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

fn json(bytes: &[u8]) -> Result<Fields, Failure> {
    if bytes.iter().all(u8::is_ascii_whitespace) {
        return Ok(Fields::default());
    }
    read(Zeroizing::new(bytes.to_vec())).or_else(|error| {
        let repaired = repaired(bytes).and_then(|text| read(text).ok());
        repaired.ok_or_else(|| refusal(bytes, &error))
    })
}

fn read(text: Zeroizing<Vec<u8>>) -> serde_json::Result<Fields> {
    let named: Option<Map<String, Value>> = serde_json::from_slice(&text)?;
    Ok(named.map(|named| Fields::written(named, text)).unwrap_or_default())
}

fn refusal(bytes: &[u8], error: &serde_json::Error) -> Failure {
    // The parser gives up at a depth that nobody needs, and says so in its text alone.
    if error.to_string().starts_with("recursion limit") {
        return Failure::JsonTooDeep;
    }
    Failure::Json(json_error(bytes))
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

const MAX_BODY_BYTES: usize = 32 * 1024 * 1024;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn deep_json_is_refused_and_overflows_nothing() {
        let deep = format!("{}1{}", "{\"a\":".repeat(100_000), "}".repeat(100_000));
        assert!(matches!(json(deep.as_bytes()), Err(Failure::JsonTooDeep)));
    }

    #[test]
    fn what_is_no_text_is_replaced_as_go_does() {
        let fields = json(b"{\"a\":\"\\ud800\xff\"}").unwrap();
        assert_eq!(fields.text("a").unwrap().unwrap(), "\u{fffd}\u{fffd}");
        assert!(matches!(json(b"{\"a\":\"\xff\""), Err(Failure::Json(_))));
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
