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
    /// What lies deeper than anybody points to, as it was written: nobody needs a stack for it.
    Deep(Zeroizing<String>),
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
            Self::Deep(written) if written.starts_with('[') => "[]interface {}",
            Self::Deep(_) => "map[string]interface {}",
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

impl Json {
    /// As serde has it: what is deep is not kept.
    pub(crate) fn to_value(&self) -> Value {
        match self {
            Self::Null | Self::Deep(_) => Value::Null,
            Self::Flag(flag) => Value::Bool(*flag),
            Self::Number(written) => serde_json::from_str(written).unwrap_or_default(),
            Self::Text(text) => Value::String(text.to_string()),
            Self::List(values) => values.iter().map(Self::to_value).collect(),
            Self::Object(members) => {
                members.iter().map(|(name, value)| (name.clone(), value.to_value())).collect()
            }
        }
    }
}

impl fmt::Debug for Json {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.kind())
    }
}
