use std::collections::BTreeSet;

use serde_json::{Map, Value};

use super::Change;
use crate::vault::is_unset;

/// The fields of `wanted` that are otherwise in `there`; lists are compared as sets, and what is absent as what is empty.
pub(super) fn differences(wanted: &Map<String, Value>, there: &Map<String, Value>) -> Vec<Change> {
    let mut changes = Vec::new();
    for (field, value) in wanted {
        let found = there.get(field).unwrap_or(&Value::Null);
        match (value, found) {
            (Value::Object(value), Value::Object(found)) => changes.extend(inner(field, value, found)),
            (Value::Object(value), Value::Null) => changes.extend(inner(field, value, &Map::new())),
            _ if is_same(value, found) => {}
            _ => changes.push(Change { field: field.clone(), from: shown(found), to: shown(value) }),
        }
    }
    changes
}

fn inner(field: &str, wanted: &Map<String, Value>, there: &Map<String, Value>) -> Vec<Change> {
    let names: BTreeSet<&String> = wanted.keys().chain(there.keys()).collect();
    let each = names.into_iter().filter_map(|name| {
        let (to, from) = (wanted.get(name).unwrap_or(&Value::Null), there.get(name).unwrap_or(&Value::Null));
        (!is_same(to, from)).then(|| Change {
            field: format!("{field}.{name}"),
            from: shown(from),
            to: shown(to),
        })
    });
    each.collect()
}

fn is_same(one: &Value, other: &Value) -> bool {
    one == other
        || (is_list(one) || is_list(other)) && members(one) == members(other)
        || is_unset(one) && is_unset(other)
}

fn is_list(value: &Value) -> bool {
    matches!(value, Value::Array(_))
}

/// A single value is as good as a list of it.
pub(in crate::access) fn members(value: &Value) -> BTreeSet<String> {
    match value {
        Value::Null => BTreeSet::new(),
        Value::Array(all) => all.iter().map(text).collect(),
        one => [text(one)].into(),
    }
}

fn shown(value: &Value) -> Option<String> {
    match value {
        _ if is_unset(value) => None,
        Value::Array(all) => Some(all.iter().map(text).collect::<Vec<_>>().join(", ")),
        one => Some(text(one)),
    }
}

fn text(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        other => other.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn differ(wanted: Value, there: Value) -> Vec<(String, Option<String>, Option<String>)> {
        let all = differences(wanted.as_object().unwrap(), there.as_object().unwrap());
        all.into_iter().map(|change| (change.field, change.from, change.to)).collect()
    }

    #[test]
    fn order_and_what_is_empty_are_no_difference() {
        let wanted = json!({"a": ["x", "y"], "b": "", "c": {}, "d": 0, "e": false, "f": ["one"]});
        let there = json!({"a": ["y", "x"], "b": null, "c": null, "f": "one", "unknown": 7});
        assert_eq!(differ(wanted, there), []);
    }

    #[test]
    fn a_claim_that_is_bound_otherwise_is_named() {
        let wanted = json!({"bound_claims": {"ref": ["main"], "project_id": ["3"]}, "token_ttl": 60});
        let there = json!({"bound_claims": {"ref": ["main", "x"], "sub": "y"}, "token_ttl": 3600});
        let text = |text: &str| Some(text.to_owned());
        assert_eq!(
            differ(wanted, there),
            [
                ("bound_claims.project_id".to_owned(), None, text("3")),
                ("bound_claims.ref".to_owned(), text("main, x"), text("main")),
                ("bound_claims.sub".to_owned(), text("y"), None),
                ("token_ttl".to_owned(), text("3600"), text("60")),
            ]
        );
    }
}
