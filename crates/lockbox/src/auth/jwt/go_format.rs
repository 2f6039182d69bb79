use serde_json::Value;

/// A value as Go's `%v` prints it.
pub(super) fn value(value: &Value) -> String {
    match value {
        Value::Null => "<nil>".to_owned(),
        Value::Bool(flag) => flag.to_string(),
        Value::Number(number) => number.to_string(),
        Value::String(text) => text.clone(),
        Value::Array(values) => format!("[{}]", values.iter().map(self::value).collect::<Vec<_>>().join(" ")),
        Value::Object(map) => {
            let mut pairs: Vec<String> =
                map.iter().map(|(name, value)| format!("{name}:{}", self::value(value))).collect();
            pairs.sort_unstable();
            format!("map[{}]", pairs.join(" "))
        }
    }
}

/// What Go says about a text that is not the JSON object that it should be.
pub(crate) fn json_error(text: &[u8]) -> String {
    let kind = match serde_json::from_slice::<Value>(text) {
        Ok(Value::Array(_)) => "array",
        Ok(Value::String(_)) => "string",
        Ok(Value::Number(_)) => "number",
        Ok(Value::Bool(_)) => "bool",
        Ok(Value::Null | Value::Object(_)) => "object",
        Err(error) if error.is_eof() => return "unexpected EOF".to_owned(),
        Err(error) => return syntax_error(text, &error),
    };
    format!("json: cannot unmarshal {kind} into Go value of type map[string]interface {{}}")
}

fn syntax_error(text: &[u8], error: &serde_json::Error) -> String {
    let lines: usize =
        text.split_inclusive(|byte| *byte == b'\n').take(error.line() - 1).map(<[u8]>::len).sum();
    let offset = (lines + error.column()).saturating_sub(1);
    if error.to_string().starts_with("number out of range") {
        let number = number_at(text, offset);
        return format!("json: cannot unmarshal number {number} into Go value of type float64");
    }
    let before = text[..offset.min(text.len())].iter().rev().find(|byte| !byte.is_ascii_whitespace());
    let expected = match before {
        Some(b'{') => "looking for beginning of object key string",
        _ => "looking for beginning of value",
    };
    let found = text.get(offset).map_or('?', |byte| char::from(*byte));
    format!("invalid character '{found}' {expected}")
}

fn number_at(text: &[u8], offset: usize) -> String {
    let of_number = |byte: &u8| matches!(byte, b'0'..=b'9' | b'+' | b'-' | b'.' | b'e' | b'E');
    let (before, after) = text.split_at(offset.min(text.len()));
    let start = before.iter().rposition(|byte| !of_number(byte)).map_or(0, |end| end + 1);
    let end = after.iter().position(|byte| !of_number(byte)).unwrap_or(after.len());
    String::from_utf8_lossy(&text[start..before.len() + end]).into_owned()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn values_are_printed_as_go_prints_them() {
        assert_eq!(value(&json!({ "b": [1, "x"], "a": { "c": null } })), "map[a:map[c:<nil>] b:[1 x]]");
    }

    #[test]
    fn json_errors_read_as_in_go() {
        assert_eq!(json_error(b"zork"), "invalid character 'z' looking for beginning of value");
        assert_eq!(json_error(b"{x"), "invalid character 'x' looking for beginning of object key string");
        assert_eq!(json_error(b"{\"a\":1"), "unexpected EOF");
        assert_eq!(
            json_error(b"{\"a\":[1E400,2]}"),
            "json: cannot unmarshal number 1E400 into Go value of type float64"
        );
        assert_eq!(
            json_error(b"[1]"),
            "json: cannot unmarshal array into Go value of type map[string]interface {}"
        );
    }
}
