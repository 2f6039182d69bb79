use axum::body::Bytes;
use serde_json::{Map, Value};

use super::failure::Failure;

/// The parameters of a request, of which GitLab ignores those that it does not know.
pub(super) struct Parameters(Map<String, Value>);

impl Parameters {
    /// Reads a JSON object in which every name of `required` has a value.
    pub(super) fn read(body: &Bytes, required: &[&str]) -> Result<Self, Failure> {
        let fields = match serde_json::from_slice(body) {
            Ok(Value::Object(fields)) => fields,
            Err(_) if body.is_empty() => Map::new(),
            Ok(_) | Err(_) => {
                return Err(Failure::Parameters("The request body is not a JSON object".into()));
            }
        };
        let is_absent = |name: &&&str| fields.get(**name).is_none_or(Value::is_null);
        let missing: Vec<_> =
            required.iter().filter(is_absent).map(|name| format!("{name} is missing")).collect();
        if missing.is_empty() { Ok(Self(fields)) } else { Err(Failure::Parameters(missing.join(", "))) }
    }

    /// A text that must not be empty.
    pub(super) fn text(&self, name: &str) -> Result<String, Failure> {
        match self.optional_text(name)? {
            Some(text) if !text.is_empty() => Ok(text),
            Some(_) => Err(Failure::Parameters(format!("{name} is empty"))),
            None => Err(Failure::Parameters(format!("{name} is missing"))),
        }
    }

    pub(super) fn optional_text(&self, name: &str) -> Result<Option<String>, Failure> {
        match self.0.get(name) {
            None | Some(Value::Null) => Ok(None),
            Some(Value::String(text)) => Ok(Some(text.clone())),
            Some(_) => Err(invalid(name)),
        }
    }

    /// A number, or a text that is one.
    pub(super) fn optional_number(&self, name: &str) -> Result<Option<u64>, Failure> {
        match self.0.get(name) {
            None | Some(Value::Null) => Ok(None),
            Some(Value::Number(number)) => number.as_u64().map(Some).ok_or_else(|| invalid(name)),
            Some(Value::String(text)) => text.parse().map(Some).map_err(|_| invalid(name)),
            Some(_) => Err(invalid(name)),
        }
    }

    pub(super) fn texts(&self, name: &str) -> Result<Vec<String>, Failure> {
        let values = self.0.get(name).and_then(Value::as_array).ok_or_else(|| invalid(name))?;
        values.iter().map(|value| value.as_str().map(str::to_owned).ok_or_else(|| invalid(name))).collect()
    }
}

/// GitLab's text for a parameter of the wrong kind.
pub(super) fn invalid(name: &str) -> Failure {
    Failure::Parameters(format!("{name} is invalid"))
}
