use std::{collections::BTreeMap, fmt, time::Duration};

use serde_json::{Map, Value};
use thiserror::Error;
use zeroize::Zeroize;

use super::duration;

/// The named values of one request. They may be secrets: Debug shows the names alone, and they are wiped at the end.
#[derive(Default)]
pub(crate) struct Fields(Map<String, Value>);

/// A value that cannot be read as what its field is.
#[derive(Debug, Error)]
#[error("error converting input for field {field:?}: {problem}")]
pub(crate) struct FieldError {
    field: &'static str,
    problem: String,
}

impl Fields {
    pub(crate) fn new(map: Map<String, Value>) -> Self {
        Self(map)
    }

    pub(crate) fn has(&self, field: &str) -> bool {
        self.0.contains_key(field)
    }

    pub(crate) fn all(&self) -> &Map<String, Value> {
        &self.0
    }

    /// The value as it came; null counts as absent.
    pub(crate) fn value(&self, field: &str) -> Option<&Value> {
        self.0.get(field).filter(|value| !value.is_null())
    }

    pub(crate) fn text(&self, field: &'static str) -> Result<Option<String>, FieldError> {
        self.value(field).map(|value| scalar(field, value)).transpose()
    }

    /// A list, or one text with commas.
    pub(crate) fn texts(&self, field: &'static str) -> Result<Option<Vec<String>>, FieldError> {
        let Some(value) = self.value(field) else { return Ok(None) };
        if let Some(listed) = listed(field, value) {
            return listed.map(Some);
        }
        let text = scalar(field, value)?;
        let parts = text.split(',').map(str::trim).filter(|part| !part.is_empty());
        Ok(Some(parts.map(str::to_owned).collect()))
    }

    /// A list, or one text as its only part.
    pub(crate) fn whole_texts(&self, field: &'static str) -> Result<Option<Vec<String>>, FieldError> {
        let Some(value) = self.value(field) else { return Ok(None) };
        listed(field, value).unwrap_or_else(|| Ok(vec![scalar(field, value)?])).map(Some)
    }

    /// Texts by name, or a list of `name=text`.
    pub(crate) fn pairs(&self, field: &'static str) -> Result<Option<BTreeMap<String, String>>, FieldError> {
        if matches!(self.value(field), None | Some(Value::Object(_))) {
            return self.texts_by_name(field);
        }
        let written = self.whole_texts(field)?.unwrap_or_default();
        let pairs = written.iter().enumerate().map(|(index, pair)| {
            let problem = || format!("invalid key pair at index {index} in field {field:?}");
            let (name, text) =
                pair.split_once('=').ok_or_else(|| FieldError { field, problem: problem() })?;
            Ok((name.to_owned(), text.to_owned()))
        });
        pairs.collect::<Result<_, _>>().map(Some)
    }

    pub(crate) fn texts_by_name(
        &self,
        field: &'static str,
    ) -> Result<Option<BTreeMap<String, String>>, FieldError> {
        let Some(map) = self.map(field)? else {
            return Ok(None);
        };
        map.iter()
            .map(|(name, value)| Ok((name.clone(), scalar(field, value)?)))
            .collect::<Result<_, _>>()
            .map(Some)
    }

    pub(crate) fn map(&self, field: &'static str) -> Result<Option<&Map<String, Value>>, FieldError> {
        match self.value(field) {
            None => Ok(None),
            Some(Value::Object(map)) => Ok(Some(map)),
            Some(Value::Array(values)) if values.is_empty() => Ok(None),
            Some(other) => Err(unconvertible(field, "map[string]interface {}", other)),
        }
    }

    pub(crate) fn flag(&self, field: &'static str) -> Result<Option<bool>, FieldError> {
        let Some(value) = self.value(field) else {
            return Ok(None);
        };
        match value {
            Value::Bool(flag) => Ok(Some(*flag)),
            Value::Number(number) => Ok(Some(number.as_f64() != Some(0.0))),
            Value::String(text) => match text.as_str() {
                "1" | "t" | "T" | "TRUE" | "true" | "True" => Ok(Some(true)),
                "" | "0" | "f" | "F" | "FALSE" | "false" | "False" => Ok(Some(false)),
                _ => Err(unparsable(field, "bool", "strconv.ParseBool")),
            },
            other => Err(unconvertible(field, "bool", other)),
        }
    }

    pub(crate) fn integer(&self, field: &'static str) -> Result<Option<i64>, FieldError> {
        self.value(field).map(|value| integer(field, value)).transpose()
    }

    pub(crate) fn integers(&self, field: &'static str) -> Result<Option<Vec<i64>>, FieldError> {
        match self.value(field) {
            None => Ok(None),
            Some(Value::Array(values)) => {
                values.iter().map(|value| integer(field, value)).collect::<Result<_, _>>().map(Some)
            }
            Some(value) => Ok(Some(vec![integer(field, value)?])),
        }
    }

    pub(crate) fn duration(&self, field: &'static str) -> Result<Option<Duration>, FieldError> {
        let Some(nanos) = self.signed_nanos(field)? else {
            return Ok(None);
        };
        let nanos = u64::try_from(nanos).map_err(|_| {
            // Vault repeats a number as it came, and any other form in seconds.
            let shown = match self.value(field) {
                Some(Value::String(text)) if text.parse::<i64>().is_ok() => text.clone(),
                _ => (nanos / 1_000_000_000).to_string(),
            };
            FieldError { field, problem: format!("cannot provide negative value '{shown}'") }
        })?;
        Ok(Some(Duration::from_nanos(nanos)))
    }

    /// A duration in whole seconds that may be negative.
    pub(crate) fn signed_seconds(&self, field: &'static str) -> Result<Option<i64>, FieldError> {
        Ok(self.signed_nanos(field)?.map(|nanos| nanos / 1_000_000_000))
    }

    fn signed_nanos(&self, field: &'static str) -> Result<Option<i64>, FieldError> {
        let Some(value) = self.value(field) else {
            return Ok(None);
        };
        if matches!(value, Value::Bool(_) | Value::Array(_) | Value::Object(_)) {
            let problem = "could not parse duration from input".to_owned();
            return Err(FieldError { field, problem });
        }
        let text = scalar(field, value)?;
        duration::parse(&text).map(Some).map_err(|problem| FieldError { field, problem })
    }
}

impl From<Map<String, Value>> for Fields {
    fn from(map: Map<String, Value>) -> Self {
        Self(map)
    }
}

impl fmt::Debug for Fields {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_set().entries(self.0.keys()).finish()
    }
}

impl Drop for Fields {
    fn drop(&mut self) {
        self.0.values_mut().for_each(wipe);
    }
}

fn wipe(value: &mut Value) {
    match value {
        Value::String(text) => text.zeroize(),
        Value::Array(values) => values.iter_mut().for_each(wipe),
        Value::Object(map) => map.values_mut().for_each(wipe),
        Value::Null | Value::Bool(_) | Value::Number(_) => {}
    }
}

fn scalar(field: &'static str, value: &Value) -> Result<String, FieldError> {
    match value {
        Value::String(text) => Ok(text.clone()),
        Value::Number(number) => Ok(number.to_string()),
        Value::Bool(flag) => Ok(u8::from(*flag).to_string()),
        Value::Null => Ok(String::new()),
        Value::Array(_) | Value::Object(_) => Err(unconvertible(field, "string", value)),
    }
}

/// The parts of a list; an empty map is an empty list.
fn listed(field: &'static str, value: &Value) -> Option<Result<Vec<String>, FieldError>> {
    match value {
        Value::Array(values) => Some(values.iter().map(|value| scalar(field, value)).collect()),
        Value::Object(map) if map.is_empty() => Some(Ok(Vec::new())),
        _ => None,
    }
}

fn integer(field: &'static str, value: &Value) -> Result<i64, FieldError> {
    match value {
        Value::Number(number) => number.as_i64().ok_or_else(|| unparsable(field, "int", "strconv.ParseInt")),
        Value::String(text) if text.is_empty() => Ok(0),
        Value::String(text) => text.parse().map_err(|_| unparsable(field, "int", "strconv.ParseInt")),
        Value::Bool(flag) => Ok(i64::from(*flag)),
        Value::Null | Value::Array(_) | Value::Object(_) => Err(unconvertible(field, "int", value)),
    }
}

fn unconvertible(field: &'static str, expected: &str, value: &Value) -> FieldError {
    let got = match value {
        Value::Null => "nil",
        Value::Bool(_) => "bool",
        Value::Number(_) => "json.Number",
        Value::String(_) => "string",
        Value::Array(_) => "[]interface {}",
        Value::Object(_) => "map[string]interface {}",
    };
    FieldError { field, problem: format!("'' expected type '{expected}', got unconvertible type '{got}'") }
}

fn unparsable(field: &'static str, expected: &str, function: &str) -> FieldError {
    FieldError {
        field,
        problem: format!("'' cannot parse value as '{expected}': {function}: invalid syntax"),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn fields(value: Value) -> Fields {
        match value {
            Value::Object(map) => Fields::from(map),
            _ => Fields::default(),
        }
    }

    #[test]
    fn values_are_read_with_vaults_tolerance() {
        let fields = fields(json!({ "list": "a, b,,c", "ttl": "90", "n": "5", "yes": "true", "text": 5 }));
        assert_eq!(fields.texts("list").unwrap().unwrap(), ["a", "b", "c"]);
        assert_eq!(fields.duration("ttl").unwrap(), Some(Duration::from_secs(90)));
        assert_eq!(fields.integer("n").unwrap(), Some(5));
        assert_eq!(fields.flag("yes").unwrap(), Some(true));
        assert_eq!(fields.text("text").unwrap().unwrap(), "5");
        assert_eq!(fields.text("absent").unwrap(), None);
    }

    #[test]
    fn a_value_of_the_wrong_kind_is_named_in_gos_words() {
        let fields = fields(json!({ "ttl": "-1h", "jwt": ["x"], "n": "abc" }));
        assert_eq!(
            fields.duration("ttl").unwrap_err().to_string(),
            r#"error converting input for field "ttl": cannot provide negative value '-3600'"#
        );
        assert_eq!(
            fields.text("jwt").unwrap_err().to_string(),
            r#"error converting input for field "jwt": '' expected type 'string', got unconvertible type '[]interface {}'"#
        );
        assert!(fields.integer("n").is_err());
    }

    #[test]
    fn debug_shows_no_value() {
        assert_eq!(format!("{:?}", fields(json!({ "password": "hunter2" }))), r#"{"password"}"#);
    }
}
