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
        Json::List(_) | Json::Object(_) | Json::Deep(_) => Err(unconvertible_to("int", value)),
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
}
