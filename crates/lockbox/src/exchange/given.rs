use std::collections::BTreeMap;

use super::{FieldError, Fields};
use crate::json::Json;

/// What is given: null is, as the zero of its kind.
impl Fields {
    pub(crate) fn given_integer(&self, field: &'static str) -> Result<Option<i64>, FieldError> {
        Ok(self.has(field).then_some(self.integer(field)?.unwrap_or_default()))
    }

    pub(crate) fn given_flag(&self, field: &'static str) -> Result<Option<bool>, FieldError> {
        Ok(self.has(field).then_some(self.flag(field)?.unwrap_or_default()))
    }

    /// A duration in whole seconds, which null does not give.
    pub(crate) fn whole_seconds(&self, field: &'static str) -> Result<Option<u64>, FieldError> {
        let Some(seconds) = self.signed_seconds(field)? else { return Ok(None) };
        let negative =
            |_| FieldError { field, problem: format!("cannot provide negative value '{seconds}'") };
        u64::try_from(seconds).map(Some).map_err(negative)
    }

    /// An object, or a list of objects that are put together; nothing for null, and for a list of nothing but null.
    pub(crate) fn object(&self, field: &'static str) -> Result<Option<BTreeMap<String, Json>>, FieldError> {
        let Some(value) = self.json().remove(field) else { return Ok(None) };
        object(value, &mut String::new()).map_err(|problem| FieldError { field, problem })
    }
}

fn object(value: Json, place: &mut String) -> Result<Option<BTreeMap<String, Json>>, String> {
    match value {
        Json::Null => Ok(None),
        Json::Object(members) => Ok(Some(members)),
        Json::List(values) if values.is_empty() => Ok(Some(BTreeMap::new())),
        Json::List(values) => {
            let mut all: Option<BTreeMap<String, Json>> = None;
            for (position, value) in values.into_iter().enumerate() {
                let mut place = format!("{place}[{position}]");
                if let Some(members) = object(value, &mut place)? {
                    all.get_or_insert_default().extend(members);
                }
            }
            Ok(all)
        }
        other => Err(format!(
            "'{place}' expected type 'map[string]interface {{}}', got unconvertible type '{}'",
            other.kind()
        )),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;
    use crate::json::Numbers;

    fn fields(value: &Value) -> Fields {
        value.as_object().cloned().unwrap_or_default().into()
    }

    fn text(value: Value) -> Result<Option<String>, String> {
        let fields = fields(&json!({ "data": value }));
        let object = fields.object("data").map_err(|error| error.problem)?;
        Ok(object.map(|members| {
            String::from_utf8_lossy(&Json::Object(members).write(Numbers::AsWritten)).into_owned()
        }))
    }

    #[test]
    fn objects_are_put_together() {
        for (value, expected) in [
            (json!({ "a": 1 }), Some(r#"{"a":1}"#)),
            (json!([{ "a": { "x": 1 }, "b": 1 }, { "a": { "y": 2 } }]), Some(r#"{"a":{"y":2},"b":1}"#)),
            (json!([[{ "a": 1 }]]), Some(r#"{"a":1}"#)),
            (json!([]), Some("{}")),
            (json!([null]), None),
            (json!(null), None),
        ] {
            assert_eq!(text(value), Ok(expected.map(str::to_owned)));
        }
        assert_eq!(
            text(json!([{ "a": 1 }, 5])).unwrap_err(),
            "'[1]' expected type 'map[string]interface {}', got unconvertible type 'json.Number'"
        );
    }

    #[test]
    fn null_is_given_as_zero() {
        let fields = fields(&json!({ "n": null, "f": null, "t": null, "neg": "-1h", "part": "-0.5s" }));
        assert_eq!(fields.given_integer("n").unwrap(), Some(0));
        assert_eq!(fields.given_flag("f").unwrap(), Some(false));
        assert_eq!(fields.given_flag("absent").unwrap(), None);
        assert_eq!(fields.whole_seconds("t").unwrap(), None);
        assert_eq!(fields.whole_seconds("part").unwrap(), Some(0));
        assert_eq!(
            fields.whole_seconds("neg").unwrap_err().to_string(),
            "error converting input for field \"neg\": cannot provide negative value '-3600'"
        );
    }
}
