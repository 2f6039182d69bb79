use std::{collections::BTreeMap, fmt};

use serde_json::Value;
use zeroize::Zeroizing;

/// A value that keeps its numbers as they were written. It may be a secret: it is wiped, and Debug shows its kind alone.
#[derive(Clone, PartialEq)]
pub(crate) enum Json {
    Null,
    Flag(bool),
    Number(Zeroizing<String>),
    Text(Zeroizing<String>),
    List(Vec<Self>),
    Object(BTreeMap<String, Self>),
}

impl Json {
    /// What Go calls it in its error texts.
    pub(crate) fn kind(&self) -> &'static str {
        match self {
            Self::Null => "nil",
            Self::Flag(_) => "bool",
            Self::Number(_) => "json.Number",
            Self::Text(_) => "string",
            Self::List(_) => "[]interface {}",
            Self::Object(_) => "map[string]interface {}",
        }
    }
}

impl From<&Value> for Json {
    fn from(value: &Value) -> Self {
        match value {
            Value::Null => Self::Null,
            Value::Bool(flag) => Self::Flag(*flag),
            Value::Number(number) => Self::Number(Zeroizing::new(number.to_string())),
            Value::String(text) => Self::Text(Zeroizing::new(text.clone())),
            Value::Array(values) => Self::List(values.iter().map(Self::from).collect()),
            Value::Object(map) => {
                Self::Object(map.iter().map(|(name, value)| (name.clone(), Self::from(value))).collect())
            }
        }
    }
}

impl fmt::Debug for Json {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.kind())
    }
}
