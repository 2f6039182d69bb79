use std::{collections::BTreeMap, fmt, time::Duration};

use serde_json::{Map, Value};
use zeroize::Zeroize;

use super::{FieldError, convert};

/// The named values of one request. They may be secrets: Debug shows the names alone, and they are wiped at the end.
#[derive(Default)]
pub(crate) struct Fields {
    values: Map<String, Value>,
    source: Source,
}

/// Where the values came from: a list has another name in each.
#[derive(Clone, Copy, Debug, Default)]
enum Source {
    #[default]
    Body,
    Query,
}

impl Fields {
    pub(crate) fn new(values: Map<String, Value>) -> Self {
        Self { values, source: Source::Body }
    }

    pub(crate) fn of_query(values: Map<String, Value>) -> Self {
        Self { values, source: Source::Query }
    }

    pub(crate) fn has(&self, field: &str) -> bool {
        self.values.contains_key(field)
    }

    pub(crate) fn all(&self) -> &Map<String, Value> {
        &self.values
    }

    /// The names of all fields, in order.
    pub(super) fn names(&self) -> impl Iterator<Item = &str> {
        self.values.keys().map(String::as_str)
    }

    pub(crate) fn remove(&mut self, field: &str) {
        self.values.remove(field);
    }

    /// The value as it came; null counts as absent.
    pub(crate) fn value(&self, field: &str) -> Option<&Value> {
        self.values.get(field).filter(|value| !value.is_null())
    }

    pub(crate) fn text(&self, field: &'static str) -> Result<Option<String>, FieldError> {
        self.read(field, |value| convert::text("", value, self.lists()))
    }

    /// A list, or one text with commas.
    pub(crate) fn texts(&self, field: &'static str) -> Result<Option<Vec<String>>, FieldError> {
        self.read(field, |value| convert::texts(value, self.lists()))
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
        let map = self.values.get(field).map(read).transpose();
        map.map(Option::flatten).map_err(|problem| FieldError { field, problem })
    }

    pub(crate) fn flag(&self, field: &'static str) -> Result<Option<bool>, FieldError> {
        self.read(field, |value| convert::flag("", value, self.lists()))
    }

    pub(crate) fn integer(&self, field: &'static str) -> Result<Option<i64>, FieldError> {
        self.read(field, |value| convert::integer("", value, self.lists()))
    }

    pub(crate) fn integers(&self, field: &'static str) -> Result<Option<Vec<i64>>, FieldError> {
        self.read(field, |value| convert::integers(value, self.lists()))
    }

    /// A duration in whole seconds; null counts as absent.
    pub(crate) fn duration(&self, field: &'static str) -> Result<Option<Duration>, FieldError> {
        let seconds = self.read(field, convert::seconds)?.flatten();
        Ok(seconds.map(Duration::from_secs))
    }

    /// A duration in whole seconds that may be negative; null counts as absent.
    pub(crate) fn signed_seconds(&self, field: &'static str) -> Result<Option<i64>, FieldError> {
        Ok(self.read(field, convert::signed_seconds)?.flatten())
    }

    fn read<T>(
        &self,
        field: &'static str,
        convert: impl FnOnce(&Value) -> Result<T, String>,
    ) -> Result<Option<T>, FieldError> {
        let read = self.values.get(field).map(convert).transpose();
        read.map_err(|problem| FieldError { field, problem })
    }

    /// What Go calls a list of this request.
    fn lists(&self) -> &'static str {
        match self.source {
            Source::Body => "[]interface {}",
            Source::Query => "[]string",
        }
    }
}

impl From<Map<String, Value>> for Fields {
    fn from(map: Map<String, Value>) -> Self {
        Self::new(map)
    }
}

impl fmt::Debug for Fields {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_set().entries(self.values.keys()).finish()
    }
}

impl Drop for Fields {
    fn drop(&mut self) {
        self.values.values_mut().for_each(wipe);
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
