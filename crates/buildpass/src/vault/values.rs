use std::fmt;

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use zeroize::Zeroize;

/// The fields of a secret as a vault has them; wiped when they end, and written out into the body of a request alone.
#[derive(Default, Deserialize, Serialize)]
#[serde(transparent)]
pub struct Values(pub(super) Map<String, Value>);

impl Values {
    /// Whether there is no field.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Whether both have the same fields with the same values.
    pub fn is_same_as(&self, other: &Self) -> bool {
        self.0 == other.0
    }

    /// Gives a field another value.
    pub(super) fn put(&mut self, field: &str, text: String) {
        if let Some(mut old) = self.0.insert(field.to_owned(), Value::String(text)) {
            wipe(&mut old);
        }
    }

    /// The value of a field that is a text.
    pub(super) fn text(&self, field: &str) -> Option<&str> {
        self.0.get(field)?.as_str()
    }

    /// Whether a field is there, whatever its value.
    pub(super) fn has(&self, field: &str) -> bool {
        self.0.contains_key(field)
    }

    /// Takes a field out; whether it was there.
    pub(super) fn remove(&mut self, field: &str) -> bool {
        let taken = self.0.remove(field);
        let was_there = taken.is_some();
        taken.into_iter().for_each(|mut value| wipe(&mut value));
        was_there
    }

    /// Every text in the values, however deep.
    pub(super) fn texts(&self) -> Vec<&str> {
        let mut found = Vec::new();
        let mut open: Vec<&Value> = self.0.values().collect();
        while let Some(value) = open.pop() {
            match value {
                Value::String(text) => found.push(text.as_str()),
                Value::Array(items) => open.extend(items),
                Value::Object(fields) => open.extend(fields.values()),
                Value::Null | Value::Bool(_) | Value::Number(_) => {}
            }
        }
        found
    }
}

impl fmt::Debug for Values {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Values([REDACTED])")
    }
}

impl Drop for Values {
    fn drop(&mut self) {
        self.0.values_mut().for_each(wipe);
    }
}

fn wipe(value: &mut Value) {
    match value {
        Value::String(text) => text.zeroize(),
        Value::Array(items) => items.iter_mut().for_each(wipe),
        Value::Object(fields) => fields.values_mut().for_each(wipe),
        Value::Null | Value::Bool(_) | Value::Number(_) => {}
    }
}
