//! Values read as Go's `mapstructure` reads them: loosely, and with its error texts.

use std::{collections::BTreeMap, sync::LazyLock};

use serde_json::{Map, Value};

use super::{duration, go_integer::integer, go_value};

/// How a list says what is wrong with its elements: two versions of one library are at work in OpenBao.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum ListError {
    Older,
    Newer,
}

pub(super) fn text(name: &str, value: &Value, lists: &'static str) -> Result<String, String> {
    match value {
        Value::Null => Ok(String::new()),
        Value::String(text) => Ok(text.clone()),
        Value::Number(number) => Ok(number.to_string()),
        Value::Bool(flag) => Ok(u8::from(*flag).to_string()),
        Value::Array(_) | Value::Object(_) => Err(unconvertible(name, "string", value, lists)),
    }
}

pub(super) fn flag(name: &str, value: &Value, lists: &'static str) -> Result<bool, String> {
    let text = match value {
        Value::Null => return Ok(false),
        Value::Bool(flag) => return Ok(*flag),
        Value::Number(number) => number.to_string(),
        Value::String(text) => text.clone(),
        Value::Array(_) | Value::Object(_) => return Err(unconvertible(name, "bool", value, lists)),
    };
    match text.as_str() {
        "1" | "t" | "T" | "TRUE" | "true" | "True" => Ok(true),
        "" | "0" | "f" | "F" | "FALSE" | "false" | "False" => Ok(false),
        _ => Err(unparsable(name, "bool", "strconv.ParseBool: invalid syntax")),
    }
}

/// A map; a list of one map counts as that map.
pub(super) fn map<'a>(
    value: &'a Value,
    lists: &'static str,
) -> Result<Option<&'a Map<String, Value>>, String> {
    let refused = |name: &str, value| Err(unconvertible(name, "map[string]interface {}", value, lists));
    match value {
        Value::Null => Ok(None),
        Value::Object(map) => Ok(Some(map)),
        Value::Array(values) if values.is_empty() => Ok(Some(&EMPTY)),
        Value::Array(values) => {
            let mut last = None;
            for (place, value) in values.iter().enumerate() {
                match value {
                    Value::Object(map) => last = Some(map),
                    Value::Null => {}
                    other => return refused(&format!("[{place}]"), other),
                }
            }
            Ok(last)
        }
        other => refused("", other),
    }
}

/// Texts by name, as a map alone can say it.
pub(super) fn text_map(value: &Value, lists: &'static str) -> Result<BTreeMap<String, String>, String> {
    let values = match value {
        Value::Array(values) => values.as_slice(),
        single => std::slice::from_ref(single),
    };
    let mut pairs = BTreeMap::new();
    for value in values {
        for (name, value) in map(value, lists)?.into_iter().flatten() {
            pairs.insert(name.clone(), text(name, value, lists)?);
        }
    }
    Ok(pairs)
}

pub(super) fn texts(value: &Value, lists: &'static str) -> Result<Vec<String>, String> {
    let written = match value {
        Value::String(text) => Some(text.clone()),
        Value::Number(number) => Some(number.to_string()),
        _ => None,
    };
    let texts = match written {
        Some(text) if text.is_empty() => Vec::new(),
        Some(text) => text.split(',').map(str::to_owned).collect(),
        None => listed(value, text, ListError::Older, lists)?,
    };
    Ok(trimmed(&texts))
}

pub(super) fn integers(value: &Value, lists: &'static str) -> Result<Vec<i64>, String> {
    let written = match value {
        Value::String(text) => Some(text.clone()),
        Value::Number(number) => Some(number.to_string()),
        _ => None,
    };
    let parts: Value = match written {
        Some(text) if text.is_empty() => return Ok(Vec::new()),
        Some(text) => text.split(',').collect(),
        None => return listed(value, integer, ListError::Newer, lists),
    };
    listed(&parts, integer, ListError::Newer, lists)
}

/// The elements of a list; what is no list stands for a list of itself.
pub(super) fn listed<T>(
    value: &Value,
    convert: impl Fn(&str, &Value, &'static str) -> Result<T, String>,
    style: ListError,
    lists: &'static str,
) -> Result<Vec<T>, String> {
    let values = match value {
        Value::Null => return Ok(Vec::new()),
        Value::Object(map) if map.is_empty() => return Ok(Vec::new()),
        Value::Array(values) => values.as_slice(),
        single => std::slice::from_ref(single),
    };
    let (mut read, mut problems) = (Vec::new(), Vec::new());
    for (place, value) in values.iter().enumerate() {
        match convert(&format!("[{place}]"), value, lists) {
            Ok(element) => read.push(element),
            Err(problem) if style == ListError::Older && problem.contains("unconvertible") => {
                problems.push(format!("* {problem}, value: '{}'", go_value(value)));
            }
            Err(problem) if style == ListError::Older => problems.push(format!("* {problem}")),
            Err(problem) => problems.push(problem),
        }
    }
    let count = problems.len();
    match (count, style) {
        (0, _) => Ok(read),
        (_, ListError::Older) => Err(format!("{count} error(s) decoding:\n\n{}", problems.join("\n"))),
        (_, ListError::Newer) => {
            Err(format!("decoding failed due to the following error(s):\n\n{}", problems.join("\n")))
        }
    }
}

/// Whole seconds; null is no value.
pub(super) fn signed_seconds(value: &Value) -> Result<Option<i64>, String> {
    let text = match value {
        Value::Null => return Ok(None),
        Value::String(text) => text.clone(),
        Value::Number(number) => number.to_string(),
        Value::Bool(_) | Value::Array(_) | Value::Object(_) => {
            return Err("could not parse duration from input".to_owned());
        }
    };
    duration::parse(&text).map(|nanos| Some(nanos / 1_000_000_000))
}

pub(super) fn seconds(value: &Value) -> Result<Option<u64>, String> {
    let Some(seconds) = signed_seconds(value)? else { return Ok(None) };
    let negative = |_| format!("cannot provide negative value '{seconds}'");
    u64::try_from(seconds).map(Some).map_err(negative)
}

/// Texts by name: a map, or a list of `name=text`.
pub(super) fn pairs(
    field: &str,
    value: &Value,
    lists: &'static str,
) -> Result<BTreeMap<String, String>, String> {
    if let Ok(pairs) = text_map(value, lists) {
        return Ok(pairs);
    }
    let texts = listed(value, text, ListError::Newer, lists)?;
    let pair = |(place, text): (usize, String)| {
        let pair = text.split_once('=').filter(|(name, _)| !name.is_empty());
        let pair = pair.map(|(name, value)| (name.to_owned(), value.to_owned()));
        pair.ok_or_else(|| format!("invalid key pair at index {place} in field {field:?}"))
    };
    texts.into_iter().enumerate().map(pair).collect()
}

static EMPTY: LazyLock<Map<String, Value>> = LazyLock::new(Map::new);

fn trimmed(texts: &[String]) -> Vec<String> {
    texts.iter().map(|text| text.trim().to_owned()).collect()
}

pub(super) fn unconvertible(name: &str, expected: &str, value: &Value, lists: &'static str) -> String {
    let got = match value {
        Value::Null => "nil",
        Value::Bool(_) => "bool",
        Value::Number(_) => "json.Number",
        Value::String(_) => "string",
        Value::Array(_) => lists,
        Value::Object(_) => "map[string]interface {}",
    };
    format!("'{name}' expected type '{expected}', got unconvertible type '{got}'")
}

pub(super) fn unparsable(name: &str, expected: &str, problem: &str) -> String {
    format!("'{name}' cannot parse value as '{expected}': {problem}")
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    const LISTS: &str = "[]interface {}";

    #[test]
    fn flags_are_what_go_takes_for_one() {
        for (value, expected) in
            [(json!(1), Some(true)), (json!(""), Some(false)), (json!(2), None), (json!(1.0), None)]
        {
            assert_eq!(flag("", &value, LISTS).ok(), expected, "{value}");
        }
    }

    #[test]
    fn a_list_is_split_at_its_commas_when_it_is_one_text() {
        for (value, expected) in [
            (json!("a, b ,,c"), vec!["a", "b", "", "c"]),
            (json!(["a,b", " c "]), vec!["a,b", "c"]),
            (json!([null, 1, true]), vec!["", "1", "1"]),
            (json!({}), vec![]),
            (json!(true), vec!["1"]),
        ] {
            assert_eq!(texts(&value, LISTS).unwrap(), expected, "{value}");
        }
        assert_eq!(
            texts(&json!([["a"]]), LISTS).unwrap_err(),
            "1 error(s) decoding:\n\n* '[0]' expected type 'string', got unconvertible type '[]interface {}', value: '[a]'"
        );
        assert_eq!(
            integers(&json!([["a"]]), LISTS).unwrap_err(),
            "decoding failed due to the following error(s):\n\n'[0]' expected type 'int', got unconvertible type '[]interface {}'"
        );
    }
}
