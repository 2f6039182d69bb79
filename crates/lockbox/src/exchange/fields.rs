use std::{collections::BTreeMap, fmt, time::Duration};

use serde_json::{Map, Value};
use zeroize::{Zeroize, Zeroizing};

use super::{
    FieldError,
    absolute_time::{self, absolute_time},
    convert, go_integer,
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

    pub(crate) fn text(&self, field: &'static str) -> Result<Option<String>, FieldError> {
        self.read(field, |value| convert::text("", value, self.lists()))
    }

    /// A text that opens something.
    pub(crate) fn secret(&self, field: &'static str) -> Result<Option<Zeroizing<String>>, FieldError> {
        Ok(self.text(field)?.map(Zeroizing::new))
    }

    /// A list, or one text with commas.
    pub(crate) fn texts(&self, field: &'static str) -> Result<Option<Vec<String>>, FieldError> {
        self.read(field, |value| convert::texts(value, self.lists()))
    }

    /// A list, or one text as its only part.
    pub(crate) fn whole_texts(&self, field: &'static str) -> Result<Option<Vec<String>>, FieldError> {
        match self.value(field) {
            Some(Value::Array(_) | Value::Object(_)) => self.texts(field),
            None => Ok(None),
            Some(_) => Ok(self.text(field)?.map(|text| vec![text])),
        }
    }

    /// A map, or a list of `name=text`.
    pub(crate) fn texts_by_name(
        &self,
        field: &'static str,
    ) -> Result<Option<BTreeMap<String, String>>, FieldError> {
        self.read(field, |value| convert::pairs(field, value, self.lists()))
    }

    /// A map; null counts as absent.
    pub(crate) fn map(&self, field: &'static str) -> Result<Option<&Map<String, Value>>, FieldError> {
        let read = |value| convert::map(value, self.lists());
        let map = self.named.get(field).map(read).transpose();
        map.map(Option::flatten).map_err(|problem| FieldError { field, problem })
    }

    pub(crate) fn flag(&self, field: &'static str) -> Result<Option<bool>, FieldError> {
        self.read(field, |value| convert::flag("", value, self.lists()))
    }

    pub(crate) fn integer(&self, field: &'static str) -> Result<Option<i64>, FieldError> {
        self.read(field, |value| go_integer::integer("", &self.as_written(field, value), self.lists()))
    }

    /// A list, or one text with commas.
    pub(crate) fn integers(&self, field: &'static str) -> Result<Option<Vec<i64>>, FieldError> {
        self.read(field, |value| convert::integers(&self.as_written(field, value), self.lists()))
    }

    /// A duration in whole seconds; null counts as absent.
    pub(crate) fn duration(&self, field: &'static str) -> Result<Option<Duration>, FieldError> {
        let seconds = self.read(field, convert::seconds)?.flatten();
        Ok(seconds.map(Duration::from_secs))
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

    /// A duration in whole seconds that may be negative; null counts as absent.
    pub(crate) fn signed_seconds(&self, field: &'static str) -> Result<Option<i64>, FieldError> {
        Ok(self.read(field, convert::signed_seconds)?.flatten())
    }

    /// Numbers that are not whole, or too large to be held, as the texts that they were written as.
    fn as_written(&self, field: &str, value: &Value) -> Value {
        let is_inexact = |value: &Value| value.as_number().is_some_and(serde_json::Number::is_f64);
        let inexact =
            is_inexact(value) || value.as_array().is_some_and(|values| values.iter().any(is_inexact));
        let text = |(value, written): (&Value, &Json)| match written {
            Json::Number(text) if is_inexact(value) => Value::String(text.to_string()),
            _ => value.clone(),
        };
        match (value, self.json().remove(field).filter(|_| inexact)) {
            (Value::Array(values), Some(Json::List(written))) => {
                values.iter().zip(&written).map(text).collect()
            }
            (value, Some(written)) => text((value, &written)),
            (value, None) => value.clone(),
        }
    }

    fn read<T>(
        &self,
        field: &'static str,
        convert: impl FnOnce(&Value) -> Result<T, String>,
    ) -> Result<Option<T>, FieldError> {
        let read = self.named.get(field).map(convert).transpose();
        read.map_err(|problem| FieldError { field, problem })
    }

    /// What Go calls a list of this request.
    fn lists(&self) -> &'static str {
        match self.origin {
            Origin::Query => "[]string",
            Origin::Text(_) | Origin::Other => "[]interface {}",
        }
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

pub(super) fn unconvertible_to(expected: &str, value: &Json) -> String {
    format!("expected type '{expected}', got unconvertible type '{}'", value.kind())
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
        assert_eq!(fields.texts("list").unwrap().unwrap(), ["a", "b", "", "c"]);
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
