use serde_json::Value;

use crate::{api::failure::Failure, exchange::Fields};

/// A field of a body that OpenBao reads into a structure, where a value is of its kind or none.
///
/// # Errors
/// When it is of another kind.
pub(super) fn typed<'a>(
    fields: &'a Fields,
    name: &str,
    place: &str,
    kind: &str,
) -> Result<Option<&'a Value>, Failure> {
    let Some(value) = fields.value(name) else { return Ok(None) };
    let (named, is_right) = match value {
        Value::Null => ("null", true),
        Value::Bool(_) => ("bool", kind == "bool"),
        Value::String(_) => ("string", kind == "string"),
        Value::Number(number) => ("number", kind == "int" && number.is_i64()),
        Value::Array(_) => ("array", kind == "[]string"),
        Value::Object(_) => ("object", false),
    };
    if is_right {
        return Ok(Some(value));
    }
    Err(Failure::Json(format!("json: cannot unmarshal {named} into Go struct field {place} of type {kind}")))
}
