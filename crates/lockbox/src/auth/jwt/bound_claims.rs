use serde_json::{Map, Value};

use super::{
    JwtError,
    claims::{Claims, whole},
};
use crate::exchange::go_value;

/// How a bound value is compared.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) enum Matching {
    #[default]
    Exact,
    /// `*` stands for anything, slashes included.
    Glob,
}

/// # Errors
/// When a claim is missing, or has none of the values that the role insists on.
pub(super) fn check(bound: &Map<String, Value>, matching: Matching, claims: &Claims) -> Result<(), JwtError> {
    for (name, expected) in bound {
        let refuse = |problem| Err(JwtError::Claims(problem));
        let Some(actual) = claims.value(name) else {
            return refuse(format!("claim {name:?} is missing"));
        };
        let Some(actual_values) = listed(actual) else {
            let shown = go_value(actual);
            return refuse(format!("received claim is not a string, bool, int or list: {shown}"));
        };
        let Some(expected_values) = listed(expected) else {
            let shown = go_value(expected);
            return refuse(format!("bound claim is not a string, bool, int or list: {shown}"));
        };
        // Go compares numbers as they are written, and those in lists not at all.
        let is_list = actual.is_array();
        let fits = |actual: &Value| {
            !(is_list && actual.is_number())
                && expected_values.iter().any(|expected| matches(expected, actual, matching))
        };
        if !actual_values.iter().any(fits) {
            return refuse(format!("claim {name:?} does not match any associated bound claim values"));
        }
    }
    Ok(())
}

fn listed(value: &Value) -> Option<&[Value]> {
    match value {
        Value::Array(values) => Some(values),
        Value::String(_) | Value::Bool(_) | Value::Number(_) => Some(std::slice::from_ref(value)),
        Value::Null | Value::Object(_) => None,
    }
}

fn matches(expected: &Value, actual: &Value, matching: Matching) -> bool {
    match (expected, actual, matching) {
        (Value::String(pattern), Value::String(text), Matching::Glob) => glob(pattern, text),
        (_, _, Matching::Glob) => false,
        (Value::Number(expected), Value::Number(actual), _) => {
            expected.to_string() == whole(actual).to_string()
        }
        _ => expected == actual,
    }
}

/// go-glob: the only special character is `*`.
fn glob(pattern: &str, text: &str) -> bool {
    let mut parts = pattern.split('*');
    let first = parts.next().unwrap_or_default();
    let Some(mut rest) = text.strip_prefix(first) else {
        return false;
    };
    let mut parts: Vec<&str> = parts.collect();
    let Some(last) = parts.pop() else {
        return rest.is_empty();
    };
    for part in parts {
        let Some(place) = rest.find(part) else {
            return false;
        };
        rest = &rest[place + part.len()..];
    }
    rest.ends_with(last)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_star_stands_for_anything() {
        for (pattern, text, expected) in [
            ("group/*", "group/a/b", true),
            ("group*", "group-evil/x", true),
            ("group/*", "group", false),
            ("*", "", true),
            ("a*b*c", "a1b2c", true),
            ("a*b*c", "a1c2b", false),
            ("a*a", "a", false),
            ("abc", "abc", true),
            ("abc", "abcd", false),
        ] {
            assert_eq!(glob(pattern, text), expected, "{pattern} on {text}");
        }
    }

    #[test]
    fn refusals_are_openbaos() {
        let claims = json!({ "path": "g/p", "id": 5, "list": ["x", "y"], "object": { "a": 1 } });
        let claims = Claims::new(claims.as_object().cloned().unwrap()).unwrap();
        for (bound, expected) in [
            (json!({ "path": "g/p", "id": 5, "list": "y" }), ""),
            (json!({ "path": ["z", "g/p"] }), ""),
            (json!({ "id": 5.0 }), "claim \"id\" does not match any associated bound claim values"),
            (json!({ "id": "5" }), "claim \"id\" does not match any associated bound claim values"),
            (json!({ "path": "g/*" }), "claim \"path\" does not match any associated bound claim values"),
            (json!({ "none": "x" }), "claim \"none\" is missing"),
            (json!({ "object": "x" }), "received claim is not a string, bool, int or list: map[a:1]"),
            (json!({ "path": { "a": 1 } }), "bound claim is not a string, bool, int or list: map[a:1]"),
        ] {
            let bound = bound.as_object().cloned().unwrap();
            let refusal = check(&bound, Matching::Exact, &claims).err().map(|error| error.to_string());
            let expected = format!("error validating claims: {expected}");
            assert_eq!(refusal.unwrap_or("error validating claims: ".to_owned()), expected, "{bound:?}");
        }
    }
}
