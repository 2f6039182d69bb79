use serde_json::{Map, Value};

use super::{
    claims::{Claims, with_type},
    replay::Refusal,
    written::BoundClaimsType,
};
use crate::doctor::{Fault, Rung};

/// The first bound claim that a token does not fulfil, in OpenBao's order (by name), with both sides.
pub(super) fn refusal(
    bound: &Map<String, Value>,
    matching: BoundClaimsType,
    claims: Claims<'_>,
) -> Vec<Refusal> {
    bound.iter().filter_map(|(name, expected)| one(name, expected, matching, claims)).collect()
}

fn one(name: &str, expected: &Value, matching: BoundClaimsType, claims: Claims<'_>) -> Option<Refusal> {
    let refuse = |text: String, actual: String| {
        Some(Refusal {
            rung: Rung::BoundClaims,
            text: format!("error validating claims: {text}"),
            fault: Fault::new(
                format!("`{name}` is {}", wanted(expected, matching)),
                actual,
                advice(name, claims.0),
            ),
        })
    };
    let Some(actual) = claims.value(name) else {
        return refuse(format!("claim {name:?} is missing"), format!("the token has no `{name}`"));
    };
    let is = format!("`{name}` is {}", with_type(actual));
    let Some(actual_values) = listed(actual) else {
        return refuse("received claim is not a string, bool, int or list".to_owned(), is);
    };
    let Some(expected_values) = listed(expected) else {
        return refuse("bound claim is not a string, bool, int or list".to_owned(), is);
    };
    // Go compares numbers as they are written, and those in lists not at all.
    let fits = |value: &Value| {
        !(actual.is_array() && value.is_number())
            && expected_values.iter().any(|expected| matches(expected, value, matching))
    };
    if actual_values.iter().any(fits) {
        return None;
    }
    refuse(format!("claim {name:?} does not match any associated bound claim values"), is)
}

fn listed(value: &Value) -> Option<&[Value]> {
    match value {
        Value::Array(values) => Some(values),
        Value::String(_) | Value::Bool(_) | Value::Number(_) => Some(std::slice::from_ref(value)),
        Value::Null | Value::Object(_) => None,
    }
}

fn matches(expected: &Value, actual: &Value, matching: BoundClaimsType) -> bool {
    match (expected, actual, matching) {
        (Value::String(pattern), Value::String(text), BoundClaimsType::Glob) => glob(pattern, text),
        (_, _, BoundClaimsType::Glob) => false,
        (Value::Number(expected), Value::Number(actual), BoundClaimsType::String) => {
            let whole = actual.as_f64().map_or(0, |number| number as i64);
            expected.to_string() == whole.to_string()
        }
        _ => expected == actual,
    }
}

/// `*` stands for anything, slashes included; nothing else is special.
pub(super) fn glob(pattern: &str, text: &str) -> bool {
    let mut parts = pattern.split('*');
    let first = parts.next().unwrap_or_default();
    let Some(mut rest) = text.strip_prefix(first) else { return false };
    let mut parts: Vec<&str> = parts.collect();
    let Some(last) = parts.pop() else { return rest.is_empty() };
    for part in parts {
        let Some(place) = rest.find(part) else { return false };
        rest = &rest[place + part.len()..];
    }
    rest.ends_with(last)
}

fn wanted(expected: &Value, matching: BoundClaimsType) -> String {
    let values = listed(expected).unwrap_or_default();
    let one = |value: &Value| match (value, matching) {
        (Value::String(pattern), BoundClaimsType::Glob) if pattern.contains('*') => {
            format!("like `{pattern}`, where `*` is anything")
        }
        _ => with_type(value),
    };
    match values {
        [] => "one of an empty list, which nothing fulfils".to_owned(),
        values => values.iter().map(one).collect::<Vec<_>>().join(" or "),
    }
}

/// What to do where a bound claim does not fit a token's.
pub fn advice(name: &str, claims: &Map<String, Value>) -> String {
    let claims = Claims(claims);
    match name {
        "ref_protected" => format!(
            "protect `{}` in GitLab (Settings, Repository, Protected branches or tags), or run the job on a ref that is",
            claims.text("ref")
        ),
        "project_path" | "namespace_path" | "project_id" | "namespace_id" => format!(
            "run the job in a project that the role is for, or have the vault's owner add `{}` to `bound_claims`",
            claims.text("project_path")
        ),
        "environment" | "environment_protected" | "deployment_tier" => {
            "give the job `environment:`, or have the vault's owner take the claim out of `bound_claims`"
                .to_owned()
        }
        _ => format!(
            "have the vault's owner set `{name}` in the role's `bound_claims`, with the type that the token has"
        ),
    }
}

#[cfg(test)]
mod tests {
    use super::glob;

    #[test]
    fn a_star_crosses_slashes() {
        assert!(glob("group/*", "group/a/b") && glob("group*", "group-evil/x") && glob("*", ""));
        assert!(!glob("group/*", "group") && !glob("a*a", "a") && !glob("abc", "abcd"));
    }
}
