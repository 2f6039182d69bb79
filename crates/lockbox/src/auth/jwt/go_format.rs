use serde_json::Value;

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
    let before = text[..offset.min(text.len())].iter().rev().find(|byte| !byte.is_ascii_whitespace());
    let expected = match before {
        Some(b'{') => "looking for beginning of object key string",
        _ => "looking for beginning of value",
    };
    let found = text.get(offset).map_or('?', |byte| char::from(*byte));
    format!("invalid character '{found}' {expected}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn json_errors_read_as_in_go() {
        assert_eq!(json_error(b"zork"), "invalid character 'z' looking for beginning of value");
        assert_eq!(json_error(b"{x"), "invalid character 'x' looking for beginning of object key string");
        assert_eq!(json_error(b"{\"a\":1"), "unexpected EOF");
        assert_eq!(
            json_error(b"[1]"),
            "json: cannot unmarshal array into Go value of type map[string]interface {}"
        );
    }
}
