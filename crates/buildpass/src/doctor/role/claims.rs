use serde_json::{Map, Value};

/// The claims of a token, found as OpenBao finds them.
#[derive(Clone, Copy, Debug)]
pub(super) struct Claims<'a>(pub(super) &'a Map<String, Value>);

impl<'a> Claims<'a> {
    /// By its name, or by a JSON pointer (RFC 6901); null counts as absent.
    pub(super) fn value(self, name: &str) -> Option<&'a Value> {
        let value = if name.starts_with('/') { self.pointed(name) } else { self.0.get(name) };
        value.filter(|value| !value.is_null())
    }

    /// By its name, whatever that looks like.
    pub(super) fn named(self, name: &str) -> Option<&'a Value> {
        self.0.get(name).filter(|value| !value.is_null())
    }

    pub(super) fn text(self, name: &str) -> &'a str {
        self.0.get(name).and_then(Value::as_str).unwrap_or_default()
    }

    /// Seconds since 1970; zero where the claim is absent.
    pub(super) fn date(self, name: &str) -> i64 {
        self.0.get(name).and_then(Value::as_f64).map_or(0, |seconds| seconds as i64)
    }

    pub(super) fn audience(self) -> Vec<&'a str> {
        match self.0.get("aud") {
            Some(Value::String(one)) => vec![one],
            Some(Value::Array(many)) => many.iter().filter_map(Value::as_str).collect(),
            _ => Vec::new(),
        }
    }

    fn pointed(self, pointer: &str) -> Option<&'a Value> {
        let mut steps = pointer[1..].split('/').map(|step| step.replace("~1", "/").replace("~0", "~"));
        let first = self.0.get(&steps.next()?)?;
        steps.try_fold(first, |value, step| match value {
            Value::Object(map) => map.get(&step),
            Value::Array(values) => step.parse::<usize>().ok().and_then(|position| values.get(position)),
            _ => None,
        })
    }
}

/// A value with its type, since a number and its text are not the same to a role.
pub(super) fn with_type(value: &Value) -> String {
    match value {
        Value::String(text) => format!("the text `{text}`"),
        Value::Number(number) => format!("the number {number}"),
        Value::Bool(flag) => format!("the flag {flag}"),
        Value::Array(values) => {
            let values: Vec<String> = values.iter().map(with_type).collect();
            format!("a list of {}", if values.is_empty() { "nothing".to_owned() } else { values.join(", ") })
        }
        Value::Object(_) => "an object".to_owned(),
        Value::Null => "null".to_owned(),
    }
}
