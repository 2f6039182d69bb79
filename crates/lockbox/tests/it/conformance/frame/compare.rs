use std::collections::BTreeSet;

use serde_json::Value;

use super::{kind::generalise, time, variables::Variables, wire::Reply};

/// One server's answer, and what the script keeps of that server.
pub(crate) struct Side<'a> {
    pub(crate) reply: &'a Reply,
    pub(crate) variables: &'a Variables,
}

impl Side<'_> {
    fn general(&self, text: &str) -> String {
        generalise(&self.variables.hide(text))
    }

    fn body(&self) -> Option<Value> {
        let value = serde_json::from_slice(&self.reply.body).ok()?;
        Some(generalised(self.variables, value))
    }
}

/// A value in which everything random is replaced by what it is.
pub(crate) fn generalised(variables: &Variables, value: Value) -> Value {
    let general = |text: &str| generalise(&variables.hide(text));
    match value {
        Value::String(text) => Value::String(general(&text)),
        Value::Object(map) => {
            map.into_iter().map(|(name, value)| (general(&name), generalised(variables, value))).collect()
        }
        Value::Array(values) => {
            let mut values: Vec<Value> =
                values.into_iter().map(|value| generalised(variables, value)).collect();
            // What is random has no order.
            if values.iter().any(|value| value.as_str().is_some_and(|text| text.starts_with(['<', '{']))) {
                values.sort_by_key(Value::to_string);
            }
            Value::Array(values)
        }
        other => other,
    }
}

/// Where two answers differ, each with what was expected and what came.
pub(crate) fn differences(expected: &Side<'_>, actual: &Side<'_>) -> Vec<String> {
    let mut found = Vec::new();
    if expected.reply.status != actual.reply.status {
        found.push(told("status", &expected.reply.status.to_string(), &actual.reply.status.to_string()));
    }
    headers(expected, actual, &mut found);
    if !found.is_empty() && expected.reply.status != actual.reply.status {
        // Two bodies that say different things have no common fields worth naming.
        return found;
    }
    match (expected.body(), actual.body()) {
        (Some(expected), Some(actual)) => values("", &expected, &actual, &mut found),
        _ => {
            let text = |side: &Side<'_>| side.general(&String::from_utf8_lossy(&side.reply.body));
            if text(expected) != text(actual) {
                found.push(told("body", &format!("{:?}", text(expected)), &format!("{:?}", text(actual))));
            }
        }
    }
    found
}

fn headers(expected: &Side<'_>, actual: &Side<'_>, found: &mut Vec<String>) {
    let names: BTreeSet<&String> = expected.reply.headers.keys().chain(actual.reply.headers.keys()).collect();
    for name in names.into_iter().filter(|name| !OF_ONE_MESSAGE.contains(&name.as_str())) {
        let value = |side: &Side<'_>| side.reply.headers.get(name).map(|value| side.general(value));
        if value(expected) != value(actual) {
            let shown = |side| value(side).unwrap_or_else(|| "none".to_owned());
            found.push(told(&format!("header {name}"), &shown(expected), &shown(actual)));
        }
    }
}

/// Where two values differ below a place, each with what was expected and what came.
pub(crate) fn values(place: &str, expected: &Value, actual: &Value, found: &mut Vec<String>) {
    if place == "/warnings" && time::warnings_alike(expected, actual) {
        return;
    }
    match (expected, actual) {
        (Value::Object(left), Value::Object(right)) => {
            let names: BTreeSet<&String> = left.keys().chain(right.keys()).collect();
            for name in names {
                let place = format!("{place}/{name}");
                match (left.get(name), right.get(name)) {
                    (Some(left), Some(right)) => values(&place, left, right, found),
                    (left, right) => found.push(told(&place, &shown(left), &shown(right))),
                }
            }
        }
        (Value::Array(left), Value::Array(right)) if left.len() == right.len() => {
            for (position, (left, right)) in left.iter().zip(right).enumerate() {
                values(&format!("{place}/{position}"), left, right, found);
            }
        }
        _ if expected == actual || time::alike(place, expected, actual) => {}
        _ => found.push(told(place, &shown(Some(expected)), &shown(Some(actual)))),
    }
}

fn shown(value: Option<&Value>) -> String {
    value.map_or_else(|| "nothing".to_owned(), Value::to_string)
}

fn told(place: &str, expected: &str, actual: &str) -> String {
    let cut = |text: &str| text.chars().take(LONGEST_TOLD).collect::<String>();
    format!("{place}: expected {}, actual {}", cut(expected), cut(actual))
}

const LONGEST_TOLD: usize = 1000;

/// What HTTP says of one message and its connection.
const OF_ONE_MESSAGE: [&str; 4] = ["date", "content-length", "transfer-encoding", "connection"];
