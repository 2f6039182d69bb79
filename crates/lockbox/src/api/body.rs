use std::collections::{BTreeMap, btree_map::Entry};

use axum::{
    body::Body,
    http::{HeaderMap, Method, header},
};
use http_body_util::{BodyExt, LengthLimitError, Limited};
use percent_encoding::percent_decode_str;
use serde_json::{Map, Value};
use zeroize::Zeroize;

use super::failure::Failure;
use crate::{auth::jwt::json_error, exchange::Fields};

/// The fields of a body: JSON, or a form.
///
/// # Errors
/// When the body is too large, cut off, or no JSON object.
pub(super) async fn fields(method: &Method, headers: &HeaderMap, body: Body) -> Result<Fields, Failure> {
    let media_type =
        headers.get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
    if *method == Method::PATCH && !media_type.starts_with("application/merge-patch+json") {
        return Err(match media_type {
            "" => Failure::NoPatchType,
            other => Failure::PatchType(other.to_owned()),
        });
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
    let mut values: Map<String, Value> = Map::new();
    for (name, value) in pairs(query.as_bytes()) {
        match values.get_mut(&name) {
            None => {
                values.insert(name, Value::String(value));
            }
            Some(Value::Array(several)) => several.push(Value::String(value)),
            Some(one) => *one = Value::Array(vec![one.take(), Value::String(value)]),
        }
    }
    Fields::of_query(values)
}

fn json(bytes: &[u8]) -> Result<Fields, Failure> {
    if bytes.iter().all(u8::is_ascii_whitespace) {
        return Ok(Fields::default());
    }
    let fields: Option<Map<String, Value>> =
        serde_json::from_slice(bytes).map_err(|error| refusal(bytes, &error))?;
    Ok(fields.map(Fields::from).unwrap_or_default())
}

fn refusal(bytes: &[u8], error: &serde_json::Error) -> Failure {
    // The parser gives up at a depth that nobody needs, and says so in its text alone.
    if error.to_string().starts_with("recursion limit") {
        return Failure::JsonTooDeep;
    }
    Failure::Json(json_error(bytes))
}

/// A name that comes twice has both values, with a comma between them.
fn form(bytes: &[u8]) -> Fields {
    let mut values: BTreeMap<String, String> = BTreeMap::new();
    for (name, value) in pairs(bytes) {
        match values.entry(name) {
            Entry::Vacant(place) => {
                place.insert(value);
            }
            Entry::Occupied(mut before) => before.get_mut().push_str(&format!(",{value}")),
        }
    }
    Fields::new(values.into_iter().map(|(name, value)| (name, Value::String(value))).collect())
}

fn pairs(bytes: &[u8]) -> Vec<(String, String)> {
    let text = String::from_utf8_lossy(bytes);
    let decode = |part: &str| percent_decode_str(&part.replace('+', " ")).decode_utf8_lossy().into_owned();
    let pairs = text.split('&').filter(|pair| !pair.is_empty());
    let split = |pair: &str| {
        let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
        (decode(name), decode(value))
    };
    pairs.map(split).collect()
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
    fn a_form_is_decoded() {
        let fields = query("a=b&c=d+e%2f&list");
        assert_eq!(fields.text("a").unwrap().unwrap(), "b");
        assert_eq!(fields.text("c").unwrap().unwrap(), "d e/");
        assert!(fields.has("list"));
        assert_eq!(form(b"a=1&a=2").text("a").unwrap().unwrap(), "1,2");
        let twice = query("a=1&a=2").text("a").unwrap_err().to_string();
        assert!(twice.ends_with("got unconvertible type '[]string'"), "{twice}");
    }
}
