use serde_json::Value;

use crate::exchange::Fields;

/// How many names a list gives at once.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Page {
    /// What the request asked for.
    AsAsked,
    /// This many, and zero is all of them, whatever the request asked for.
    Limited(u64),
}

impl Page {
    /// The page of a list under a rule's limit; nothing when the request asks for more.
    pub(super) fn of(fields: &Fields, limit: Option<u64>, required: bool) -> Option<Self> {
        let asked = fields.all().get("limit");
        let is_max = asked.is_some_and(|asked| asked == "max");
        match (limit, asked) {
            (None, _) if is_max => Some(Self::Limited(0)),
            (None, _) => Some(Self::AsAsked),
            (Some(_), None) if required => None,
            (Some(limit), None) => Some(Self::Limited(limit)),
            (Some(limit), Some(_)) if is_max => Some(Self::Limited(limit)),
            (Some(limit), Some(asked)) => count(asked).filter(|asked| *asked <= limit).map(|_| Self::AsAsked),
        }
    }

    /// The fields of a request as its engine shall see them, where they change.
    pub(crate) fn applied(self, fields: &Fields) -> Option<Fields> {
        match self {
            Self::AsAsked => None,
            Self::Limited(limit) => Some(fields.with("limit", Value::String(limit.to_string()))),
        }
    }
}

fn count(asked: &Value) -> Option<u64> {
    match asked {
        Value::Null => Some(0),
        Value::Bool(flag) => Some(u64::from(*flag)),
        Value::Number(number) => number.as_u64(),
        Value::String(text) if text.is_empty() => Some(0),
        Value::String(text) => text.parse::<i64>().ok().and_then(|number| u64::try_from(number).ok()),
        Value::Array(_) | Value::Object(_) => None,
    }
}
