use std::collections::BTreeMap;

use hyper::{HeaderMap, Method, body::Incoming as Body, header};
use percent_encoding::percent_decode_str;
use serde_json::{Map, Value};
use zeroize::Zeroizing;

use super::{Api, Ends, complexity, failure::Failure, receive::receive};
use crate::{
    exchange::Fields,
    json::{self, Json, repaired},
    limit::Limits,
};

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
    let kind = media_type.split(';').next().unwrap_or_default().trim();
    let is_form = kind.eq_ignore_ascii_case("application/x-www-form-urlencoded")
        && !matches!(bytes.first(), Some(b'{' | b'['));
    if is_form { form(&bytes) } else { json(&bytes, &api.limits) }
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
    if complexity::is_small(bytes.len(), limits)
        && let Some(fields) = read(Zeroizing::new(bytes.to_vec()))
    {
        return Ok(fields);
    }
    let unended = || Failure::Json("unexpected EOF".to_owned());
    let first = complexity::check(bytes, limits)?.ok_or_else(unended)?;
    let kind = match first.first() {
        Some(b'{' | b'n') => "",
        Some(b'[') => "array",
        Some(b'"') => "string",
        Some(b't' | b'f') => "bool",
        Some(_) | None => "number",
    };
    if !kind.is_empty() {
        let what = format!("json: cannot unmarshal {kind} into Go value of type map[string]interface {{}}");
        return Err(Failure::Json(what));
    }
    let text = repaired(first).unwrap_or_else(|| Zeroizing::new(first.to_vec()));
    let deep = || match json::read(&text)? {
        Json::Object(members) => {
            let named = members.iter().map(|(name, value)| (name.clone(), value.to_value())).collect();
            Some(Fields::written(named, text.clone()))
        }
        _ => None,
    };
    // What is deeper than the parser goes is left to the one that keeps it as it was written.
    read(text.clone()).or_else(deep).ok_or(Failure::JsonTooDeep)
}

fn read(text: Zeroizing<Vec<u8>>) -> Option<Fields> {
    let named: Option<Map<String, Value>> = serde_json::from_slice(&text).ok()?;
    Some(named.map(|named| Fields::written(named, text)).unwrap_or_default())
}

/// A name that comes twice has both values, with a comma between them.
fn form(bytes: &[u8]) -> Result<Fields, Failure> {
    let text = lossy(bytes);
    if !text.split('&').all(is_sound) {
        return Err(Failure::Form);
    }
    let joined = |texts: Vec<String>| Value::String(Zeroizing::new(texts).join(","));
    Ok(Fields::new(pairs(bytes).into_iter().map(|(name, texts)| (name, joined(texts))).collect()))
}

/// Whether Go takes it for a pair: with whole escapes, and without the separator of old.
fn is_sound(pair: &str) -> bool {
    let is_digit = |byte: Option<&u8>| byte.is_some_and(u8::is_ascii_hexdigit);
    let mut escapes = pair.match_indices('%').map(|(at, _)| &pair.as_bytes()[at + 1..]);
    !pair.contains(';') && escapes.all(|rest| is_digit(rest.first()) && is_digit(rest.get(1)))
}

fn lossy(bytes: &[u8]) -> Zeroizing<String> {
    Zeroizing::new(String::from_utf8_lossy(bytes).into_owned())
}

/// The texts by name, in the order in which they came.
fn pairs(bytes: &[u8]) -> BTreeMap<String, Vec<String>> {
    let text = lossy(bytes);
    let decode = |part: &str| {
        let spaced = Zeroizing::new(part.replace('+', " "));
        let mut decoded = Zeroizing::new(Vec::with_capacity(spaced.len()));
        decoded.extend(percent_decode_str(&spaced));
        String::from_utf8_lossy(&decoded).into_owned()
    };
    let mut named: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for pair in text.split('&').filter(|pair| !pair.is_empty() && is_sound(pair)) {
        let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
        named.entry(decode(name)).or_default().push(decode(value));
    }
    named
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn deep_json_is_taken_as_deep_as_go_reads_it_and_overflows_nothing() {
        let read = |depth: usize| {
            let deep = format!("{{\"a\":{}1{},\"b\":\"x\"}}", "[".repeat(depth), "]".repeat(depth));
            json(deep.as_bytes(), &Limits::default())
        };
        for depth in [100, 127, 128, 129, 9_999] {
            assert_eq!(read(depth).unwrap().text("b").unwrap().unwrap(), "x", "{depth}");
        }
        assert!(matches!(read(10_000), Err(Failure::JsonTooDeep)));
        assert!(matches!(read(100_000), Err(Failure::JsonTooDeep)));
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
        assert_eq!(form(b"a=1&a=2").unwrap().text("a").unwrap().unwrap(), "1,2");
        for broken in [&b"a=%zz"[..], b"a=%4", b"a=b;c=d"] {
            assert!(matches!(form(broken), Err(Failure::Form)));
        }
        let twice = query("a=1&a=2").text("a").unwrap_err().to_string();
        assert!(twice.ends_with("expected type 'string', got unconvertible type '[]string'"), "{twice}");
    }
}
