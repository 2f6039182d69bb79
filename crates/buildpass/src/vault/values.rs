use std::fmt;

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use zeroize::Zeroize;

/// The fields of a secret as a vault has them; wiped when they end, and written out into the body of a request alone.
#[derive(Default, Deserialize, Serialize)]
#[serde(transparent)]
pub struct Values(pub(super) Map<String, Value>);

/// Whether a field that was to be taken was there.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Taken {
    Field,
    Nothing,
}

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

    /// Takes a field out.
    pub(super) fn take(&mut self, field: &str) -> Taken {
        match self.0.remove(field) {
            None => Taken::Nothing,
            Some(mut value) => {
                wipe(&mut value);
                Taken::Field
            }
        }
    }

    /// The values that are texts.
    pub(super) fn texts(&self) -> impl Iterator<Item = &str> {
        self.0.values().filter_map(Value::as_str)
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
