use std::{collections::BTreeMap, fmt, time::Duration};

use serde_json::{Map, Value};
use thiserror::Error;
use zeroize::{Zeroize, Zeroizing};

use super::{
    absolute_time::{self, absolute_time},
    duration,
    integer::{whole_number, whole_numbers},
};
use crate::{
    clock::Moment,
    json::{self, Json},
};

/// The named values of one request. They may be secrets: Debug shows the names alone, and they are wiped at the end.
#[derive(Default)]
pub(crate) struct Fields {
    named: Map<String, Value>,
    origin: Origin,
}

/// What fields were read from.
#[derive(Default)]
enum Origin {
    /// A JSON text, which says more than is left of it.
    Text(Zeroizing<Vec<u8>>),
    /// A query: a name that comes twice is a list of texts.
    Query,
    #[default]
    Other,
}

/// A value that cannot be read as what its field is.
#[derive(Debug, Error)]
#[error("error converting input for field {field:?}: {problem}")]
pub(crate) struct FieldError {
    pub(super) field: &'static str,
    pub(super) problem: String,
}

impl Fields {
    pub(crate) fn new(named: Map<String, Value>) -> Self {
        Self { named, origin: Origin::Other }
    }

    /// The fields of a JSON text, with the text.
    pub(crate) fn written(named: Map<String, Value>, text: Zeroizing<Vec<u8>>) -> Self {
        Self { named, origin: Origin::Text(text) }
    }

    /// The fields of a query.
    pub(crate) fn asked(texts: BTreeMap<String, Vec<String>>) -> Self {
        let value = |mut texts: Vec<String>| match texts.pop() {
            Some(only) if texts.is_empty() => Value::String(only),
            last => Value::from_iter(texts.into_iter().chain(last)),
        };
        let named = texts.into_iter().map(|(name, texts)| (name, value(texts))).collect();
        Self { named, origin: Origin::Query }
    }

    pub(crate) fn has(&self, field: &str) -> bool {
        self.named.contains_key(field)
    }

    /// A field alone, with the first of its values.
    pub(crate) fn first(&self, field: &str) -> Self {
        let first = self.value(field).map(|value| match value {
            Value::Array(values) => values.first().cloned().unwrap_or_default(),
            other => other.clone(),
        });
        Self::new(first.map(|value| (field.to_owned(), value)).into_iter().collect())
    }

    pub(crate) fn remove(&mut self, field: &str) {
        self.named.remove(field);
    }

    /// The same fields with this one among them.
    pub(crate) fn with(&self, field: &str, value: Value) -> Self {
        let mut named = self.named.clone();
        named.insert(field.to_owned(), value);
        Self::new(named)
    }

    pub(crate) fn all(&self) -> &Map<String, Value> {
        &self.named
    }

    /// All of them, with their numbers as they were written.
    pub(crate) fn json(&self) -> BTreeMap<String, Json> {
        let written = match &self.origin {
            Origin::Text(text) => json::read(text),
            Origin::Query | Origin::Other => None,
        };
        match written {
            Some(Json::Object(members)) => members,
            _ => self.named.iter().map(|(name, value)| (name.clone(), Json::from(value))).collect(),
        }
    }

    /// The value as it came; null counts as absent.
    pub(crate) fn value(&self, field: &str) -> Option<&Value> {
        self.named.get(field).filter(|value| !value.is_null())
    }

    /// The value with its numbers as they were written.
    fn exact(&self, field: &str) -> Option<Json> {
        let value = self.value(field)?;
        if is_inexact(value) { self.json().remove(field) } else { Some(Json::from(value)) }
    }

    pub(crate) fn text(&self, field: &'static str) -> Result<Option<String>, FieldError> {
        let text = self.value(field).map(|value| scalar(field, value)).transpose();
        text.map_err(|error| self.told(error))
    }

    /// Go knows that the list of a query is one of texts.
    fn told(&self, mut error: FieldError) -> FieldError {
        if let Origin::Query = self.origin {
            error.problem = error.problem.replace("'[]interface {}'", "'[]string'");
        }
        error
    }

    /// A list, or one text with commas.
    pub(crate) fn texts(&self, field: &'static str) -> Result<Option<Vec<String>>, FieldError> {
        match self.value(field) {
            None => Ok(None),
            Some(Value::Array(values)) => {
                values.iter().map(|value| scalar(field, value)).collect::<Result<_, _>>().map(Some)
            }
            Some(value) => {
                let text = scalar(field, value)?;
                let parts = text.split(',').map(str::trim).filter(|part| !part.is_empty());
                Ok(Some(parts.map(str::to_owned).collect()))
            }
        }
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
            Some(other) => Err(unconvertible(field, "map[string]interface {}", other)),
        }
    }

    pub(crate) fn flag(&self, field: &'static str) -> Result<Option<bool>, FieldError> {
        let Some(value) = self.value(field) else {
            return Ok(None);
        };
        match value {
            Value::Bool(flag) => Ok(Some(*flag)),
            Value::Number(_) | Value::String(_) => match scalar(field, value)?.as_str() {
                "1" | "t" | "T" | "TRUE" | "true" | "True" => Ok(Some(true)),
                "" | "0" | "f" | "F" | "FALSE" | "false" | "False" => Ok(Some(false)),
                _ => Err(FieldError { field, problem: unparsable("bool", "ParseBool: invalid syntax") }),
            },
            other => Err(self.told(unconvertible(field, "bool", other))),
        }
    }

    pub(crate) fn integer(&self, field: &'static str) -> Result<Option<i64>, FieldError> {
        let Some(value) = self.exact(field) else { return Ok(None) };
        whole_number(&value)
            .map(Some)
            .map_err(|problem| self.told(FieldError { field, problem: format!("'' {problem}") }))
    }

    /// A list, or one text with commas.
    pub(crate) fn integers(&self, field: &'static str) -> Result<Option<Vec<i64>>, FieldError> {
        let Some(value) = self.exact(field) else { return Ok(None) };
        whole_numbers(&value).map(Some).map_err(|problem| FieldError { field, problem })
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

    /// A point in time: seconds since 1970, or RFC 3339.
    pub(crate) fn moment(&self, field: &'static str) -> Result<Option<Moment>, FieldError> {
        let moment = match self.value(field) {
            None => return Ok(None),
            Some(Value::String(text)) => absolute_time(text),
            Some(Value::Number(number)) => number
                .as_i64()
                .map(absolute_time::at_second)
                .ok_or_else(|| format!("strconv.ParseInt: parsing \"{number}\": invalid syntax")),
            Some(_) => Err("could not parse time from input type".to_owned()),
        };
        moment.map(Some).map_err(|problem| FieldError { field, problem })
    }

    /// A duration in whole seconds that may be negative.
    pub(crate) fn signed_seconds(&self, field: &'static str) -> Result<Option<i64>, FieldError> {
        Ok(self.signed_nanos(field)?.map(|nanos| nanos / 1_000_000_000))
    }

    fn signed_nanos(&self, field: &'static str) -> Result<Option<i64>, FieldError> {
        let Some(value) = self.value(field) else {
            return Ok(None);
        };
        let nanos = match value {
            Value::String(_) | Value::Number(_) => duration::parse(&scalar(field, value)?),
            _ => Err("could not parse duration from input".to_owned()),
        };
        nanos.map(Some).map_err(|problem| FieldError { field, problem })
    }
}

impl From<Map<String, Value>> for Fields {
    fn from(named: Map<String, Value>) -> Self {
        Self::new(named)
    }
}

impl fmt::Debug for Fields {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_set().entries(self.named.keys()).finish()
    }
}

impl Drop for Fields {
    fn drop(&mut self) {
        self.named.values_mut().for_each(wipe);
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

fn is_inexact(value: &Value) -> bool {
    match value {
        Value::Number(number) => number.is_f64(),
        Value::Array(values) => values.iter().any(is_inexact),
        Value::Null | Value::Bool(_) | Value::String(_) | Value::Object(_) => false,
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

fn unconvertible(field: &'static str, expected: &str, value: &Value) -> FieldError {
    FieldError { field, problem: format!("'' {}", unconvertible_to(expected, &Json::from(value))) }
}

pub(super) fn unconvertible_to(expected: &str, value: &Json) -> String {
    format!("expected type '{expected}', got unconvertible type '{}'", value.kind())
}

fn unparsable(expected: &str, problem: &str) -> String {
    format!("'' cannot parse value as '{expected}': strconv.{problem}")
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
