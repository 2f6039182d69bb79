use std::collections::BTreeMap;

use crate::{
    exchange::{is_printable, quoted},
    json::Json,
    kv::KvError,
};

/// What is said about a secret beside its versions, as it was given.
///
/// # Errors
/// When a value is no text, or one of them breaks a rule.
pub(super) fn read(given: &BTreeMap<String, Json>) -> Result<BTreeMap<String, String>, KvError> {
    let mut texts = BTreeMap::new();
    for (name, value) in given {
        texts.insert(name.clone(), text(value)?);
    }
    validate(&texts)?;
    Ok(texts)
}

fn text(value: &Json) -> Result<String, KvError> {
    match value {
        Json::Null => Ok(String::new()),
        Json::Flag(flag) => Ok(u8::from(*flag).to_string()),
        Json::Number(text) | Json::Text(text) => Ok(text.as_str().to_owned()),
        Json::List(_) | Json::Object(_) | Json::Deep(_) => Err(KvError::CustomMetadata(format!(
            "{REFUSED}: '' expected type 'string', got unconvertible type '{}'",
            value.kind()
        ))),
    }
}

fn validate(texts: &BTreeMap<String, String>) -> Result<(), KvError> {
    let mut problems = Vec::new();
    if texts.len() > MAX_NAMES {
        problems.push(format!("payload must contain at most {MAX_NAMES} keys, provided {}", texts.len()));
    } else {
        texts.iter().for_each(|(name, value)| check(name, value, &mut problems));
    }
    if problems.is_empty() {
        return Ok(());
    }
    let (count, errors) = (problems.len(), if problems.len() == 1 { "error" } else { "errors" });
    let list: String = problems.iter().map(|problem| format!("\t* {REFUSED}: {problem}\n")).collect();
    Err(KvError::CustomMetadata(format!("{count} {errors} occurred:\n{list}\n")))
}

fn check(name: &str, value: &str, problems: &mut Vec<String>) {
    let quoted = quoted(name);
    if !(1..=MAX_NAME_BYTES).contains(&name.len()) {
        let length = name.len();
        problems
            .push(format!("length of key {quoted} is {length} but must be 0 < len(key) <= {MAX_NAME_BYTES}"));
    }
    if !(1..=MAX_VALUE_BYTES).contains(&value.len()) {
        let length = value.len();
        problems.push(format!(
            "length of value for key {quoted} is {length} but must be 0 < len(value) <= {MAX_VALUE_BYTES}"
        ));
    }
    if !name.chars().all(is_printable) {
        problems.push(format!("key {quoted} ({name}) contains unprintable characters"));
    }
    if !value.chars().all(is_printable) {
        problems.push(format!("value for key {quoted} contains unprintable characters"));
    }
}

const REFUSED: &str = "custom_metadata validation failed";
const MAX_NAMES: usize = 64;
const MAX_NAME_BYTES: usize = 128;
const MAX_VALUE_BYTES: usize = 512;

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;

    fn refusal(value: &Value) -> Option<String> {
        let Json::Object(given) = Json::from(value) else { return None };
        read(&given).err().map(|error| error.to_string())
    }

    #[test]
    fn texts_are_taken_and_everything_that_is_wrong_is_said() {
        assert_eq!(refusal(&json!({ "a": 1.5, "b": true, "é ü": "x\u{301}😀" })), None);
        assert_eq!(
            refusal(&json!({ "": "", "a\u{1}": "x\u{2}" })).unwrap(),
            "4 errors occurred:\n\
             \t* custom_metadata validation failed: length of key \"\" is 0 but must be 0 < len(key) <= 128\n\
             \t* custom_metadata validation failed: length of value for key \"\" is 0 but must be 0 < len(value) <= 512\n\
             \t* custom_metadata validation failed: key \"a\\x01\" (a\u{1}) contains unprintable characters\n\
             \t* custom_metadata validation failed: value for key \"a\\x01\" contains unprintable characters\n\n"
        );
        assert_eq!(
            refusal(&json!({ "a": [1] })).unwrap(),
            "custom_metadata validation failed: '' expected type 'string', got unconvertible type '[]interface {}'"
        );
        let many: Value =
            (0..65).map(|number| (number.to_string(), json!("x"))).collect::<serde_json::Map<_, _>>().into();
        assert_eq!(
            refusal(&many).unwrap(),
            "1 error occurred:\n\t* custom_metadata validation failed: payload must contain at most 64 keys, provided 65\n\n"
        );
        assert!(refusal(&json!({ "k": "é".repeat(257) })).unwrap().contains(" is 514 but "));
    }
}
