use serde_json::{Map, Value};

use super::{PolicyError, document::Written};

/// The rules of a text in JSON.
///
/// # Errors
/// When it is not JSON, or says something beside its rules.
pub(super) fn read(text: &str) -> Result<Vec<Written>, PolicyError> {
    let invalid = |line, column, problem: String| PolicyError::Syntax { line, column, problem };
    let document: Map<String, Value> = serde_json::from_str(text)
        .map_err(|error| invalid(error.line(), error.column(), error.to_string()))?;
    let mut paths = Vec::new();
    for (key, value) in document {
        match (key.as_str(), value) {
            ("name", _) => {}
            ("path", Value::Object(rules)) => paths.push(rules),
            ("path", Value::Array(list)) => {
                paths.extend(list.into_iter().filter_map(|rules| match rules {
                    Value::Object(rules) => Some(rules),
                    _ => None,
                }));
            }
            ("path", _) => return Err(invalid(1, 1, "path is not an object".to_owned())),
            _ => return Err(PolicyError::UnknownKey { key }),
        }
    }
    paths
        .into_iter()
        .flatten()
        .map(|(path, keys)| match keys {
            Value::Object(keys) => Ok(Written { path, keys }),
            _ => Err(PolicyError::Path { path, problem: "not an object".to_owned() }),
        })
        .collect()
}
