use serde_json::Value;

use super::convert::{unconvertible, unparsable};

/// A whole number, as Go reads one loosely.
pub(super) fn integer(name: &str, value: &Value, lists: &'static str) -> Result<i64, String> {
    let text = match value {
        Value::Null => return Ok(0),
        Value::Bool(flag) => return Ok(i64::from(*flag)),
        Value::Number(number) => number.to_string(),
        Value::String(text) => text.clone(),
        Value::Array(_) | Value::Object(_) => return Err(unconvertible(name, "int", value, lists)),
    };
    if text.is_empty() {
        return Ok(0);
    }
    match parse_integer(&text) {
        Ok(number) => Ok(number),
        Err(Misread::Syntax) => Err(unparsable(name, "int", "strconv.ParseInt: invalid syntax")),
        Err(Misread::Range) => Err(unparsable(name, "int", "strconv.ParseInt: value out of range")),
    }
}

/// Why a text is none.
enum Misread {
    Syntax,
    Range,
}

/// An integer as Go's source code writes it: `16`, `0x10`, `020`, `1_6`.
fn parse_integer(text: &str) -> Result<i64, Misread> {
    let (negative, digits) = match text.as_bytes().first() {
        Some(b'-') => (true, &text[1..]),
        Some(b'+') => (false, &text[1..]),
        _ => (false, text),
    };
    let lower = digits.to_ascii_lowercase();
    let prefixed = [("0x", 16), ("0b", 2), ("0o", 8)]
        .into_iter()
        .find_map(|(prefix, base)| lower.strip_prefix(prefix).map(|rest| (rest.to_owned(), base)));
    let (digits, base) = match prefixed {
        Some(prefixed) => prefixed,
        None if lower.len() > 1 && lower.starts_with('0') => (lower[1..].to_owned(), 8),
        None => (lower, 10),
    };
    // An underscore stands between two digits, or between a prefix and the first one.
    let tidy = !digits.is_empty()
        && !digits.ends_with('_')
        && !digits.contains("__")
        && (base != 10 || !digits.starts_with('_'));
    if !tidy || !digits.chars().all(|digit| digit.is_digit(base) || digit == '_') {
        return Err(Misread::Syntax);
    }
    let number = i128::from_str_radix(&digits.replace('_', ""), base).map_err(|_| Misread::Range)?;
    i64::try_from(if negative { -number } else { number }).map_err(|_| Misread::Range)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    const LISTS: &str = "[]interface {}";

    #[test]
    fn integers_are_read_as_go_reads_its_source() {
        for (value, expected) in [
            (json!("0x10"), 16),
            (json!("010"), 8),
            (json!("-5"), -5),
            (json!(""), 0),
            (json!(null), 0),
            (json!(true), 1),
            (json!("0b11"), 3),
            (json!("0_7"), 7),
            (json!("1_000"), 1000),
        ] {
            assert_eq!(integer("", &value, LISTS), Ok(expected), "{value}");
        }
        let syntax = "'' cannot parse value as 'int': strconv.ParseInt: invalid syntax";
        for value in [json!("x"), json!(1.5), json!("1__0"), json!("0x"), json!("-")] {
            assert_eq!(integer("", &value, LISTS), Err(syntax.to_owned()), "{value}");
        }
        let range = "'' cannot parse value as 'int': strconv.ParseInt: value out of range";
        assert_eq!(integer("", &json!("99999999999999999999"), LISTS), Err(range.to_owned()));
    }
}
