use std::fmt::Write;

use zeroize::Zeroizing;

use super::fields::unconvertible_to;
use crate::json::Json;

/// A number, or a text that says one.
///
/// # Errors
/// In Go's words.
pub(crate) fn whole_number(value: &Json) -> Result<i64, String> {
    match value {
        Json::Null => Ok(0),
        Json::Flag(flag) => Ok(i64::from(*flag)),
        Json::Text(text) if text.is_empty() => Ok(0),
        Json::Number(text) | Json::Text(text) => parse(text),
        Json::List(_) | Json::Object(_) => Err(unconvertible_to("int", value)),
    }
}

/// Several of them, or one text with commas between them; every one that is none is named.
///
/// # Errors
/// In Go's words.
pub(super) fn whole_numbers(value: &Json) -> Result<Vec<i64>, String> {
    let values = match value {
        Json::List(values) => values.clone(),
        Json::Text(text) if text.is_empty() => Vec::new(),
        Json::Text(text) => text.split(',').map(|part| Json::Text(Zeroizing::new(part.to_owned()))).collect(),
        Json::Object(members) if members.is_empty() => Vec::new(),
        other => vec![other.clone()],
    };
    let (mut numbers, mut problems) = (Vec::new(), String::new());
    for (position, value) in values.iter().enumerate() {
        match whole_number(value) {
            Ok(number) => numbers.push(number),
            Err(problem) => {
                // Writing to a String does not fail.
                let _ = write!(problems, "\n'[{position}]' {problem}");
            }
        }
    }
    if problems.is_empty() {
        Ok(numbers)
    } else {
        Err(format!("decoding failed due to the following error(s):\n{problems}"))
    }
}

/// Go's `strconv.ParseInt` with the base in the text.
fn parse(text: &str) -> Result<i64, String> {
    let (sign, digits) = match text.as_bytes().first() {
        Some(b'-') => ("-", &text[1..]),
        Some(b'+') => ("", &text[1..]),
        _ => ("", text),
    };
    let failure = |what| format!("cannot parse value as 'int': strconv.ParseInt: {what}");
    let lower = digits.to_ascii_lowercase();
    let (base, digits) = match lower.as_bytes() {
        [b'0', b'x', ..] => (16, &lower[2..]),
        [b'0', b'o', ..] => (8, &lower[2..]),
        [b'0', b'b', ..] => (2, &lower[2..]),
        [b'0', _, ..] => (8, &lower[1..]),
        _ => (10, lower.as_str()),
    };
    let after_prefix = digits.len() < lower.len();
    let is_sound = !digits.is_empty()
        && digits.chars().all(|digit| digit == '_' || digit.is_digit(base))
        && !digits.contains("__")
        && !digits.ends_with('_')
        && (after_prefix || !digits.starts_with('_'));
    if !is_sound {
        return Err(failure("invalid syntax"));
    }
    i64::from_str_radix(&format!("{sign}{}", digits.replace('_', "")), base)
        .map_err(|_| failure("value out of range"))
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;

    fn of(value: &Value) -> Result<i64, String> {
        whole_number(&Json::from(value))
    }

    fn list(value: &Value) -> Result<Vec<i64>, String> {
        whole_numbers(&Json::from(value))
    }

    #[test]
    fn numbers_are_read_as_go_reads_them() {
        for (value, expected) in [
            (json!(5), 5),
            (json!(true), 1),
            (json!(""), 0),
            (json!("-5"), -5),
            (json!("+5"), 5),
            (json!("0x1F"), 31),
            (json!("010"), 8),
            (json!("0b11"), 3),
            (json!("1_000"), 1000),
            (json!("0_7"), 7),
            (json!("0"), 0),
        ] {
            assert_eq!(of(&value), Ok(expected), "{value}");
        }
        let failure = |what| Err(format!("cannot parse value as 'int': strconv.ParseInt: {what}"));
        for broken in [
            json!("x"),
            json!(1.5),
            json!(" 5"),
            json!("1_"),
            json!("_1"),
            json!("1__0"),
            json!("09"),
            json!("é"),
            json!("-"),
        ] {
            assert_eq!(of(&broken), failure("invalid syntax"), "{broken}");
        }
        assert_eq!(of(&json!("99999999999999999999")), failure("value out of range"));
    }

    #[test]
    fn every_one_that_is_no_number_is_named() {
        assert_eq!(list(&json!("1,2")), Ok(vec![1, 2]));
        assert_eq!(list(&json!([1, "2", null])), Ok(vec![1, 2, 0]));
        assert_eq!(list(&json!({})), Ok(vec![]));
        assert_eq!(
            list(&json!(["1", "y", [1]])).unwrap_err(),
            "decoding failed due to the following error(s):\n\n\
             '[1]' cannot parse value as 'int': strconv.ParseInt: invalid syntax\n\
             '[2]' expected type 'int', got unconvertible type '[]interface {}'"
        );
    }
}
