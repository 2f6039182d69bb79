//! JSON as Go reads it, with its errors: tokens are refused in its words.

/// From a text to a value, without recursion.
mod reader;

/// The text of a string.
mod text;

/// Why a text was not read.
mod error;

use serde_json::Value;

use error::unexpected;
use reader::Reader;

pub(super) use error::GoJsonError;

/// What becomes of a name that stands twice in one object.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Twice {
    /// The last one counts.
    Taken,
    Refused,
}

/// # Errors
/// When the text is no JSON, or says too much.
pub(super) fn parse(text: &[u8], twice: Twice) -> Result<Value, GoJsonError> {
    let mut reader = Reader::of(text, twice);
    let value = reader.value()?;
    reader.skip_space();
    match reader.peek() {
        None => Ok(value),
        Some(byte) => Err(unexpected(byte, "after top-level value")),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn refusal(text: &str) -> String {
        parse(text.as_bytes(), Twice::Refused).unwrap_err().to_string()
    }

    #[test]
    fn what_is_json_is_read() {
        let text = r#" {"a":[1,-2.5,1e2,true,false,null],"b":{"c":"\u00fc\n\"\/x\ud83d\ude00\ud800"},"":[],"d":{}} "#;
        let expected = json!({
            "a": [1, -2.5, 100.0, true, false, null], "b": { "c": "ü\n\"/x😀\u{fffd}" }, "": [], "d": {},
        });
        assert_eq!(parse(text.as_bytes(), Twice::Refused), Ok(expected));
        assert_eq!(parse(br#"{"a":1,"a":2}"#, Twice::Taken), Ok(json!({ "a": 2 })));
        assert_eq!(parse(b"\"\xff\"", Twice::Taken), Ok(json!("\u{fffd}")));
    }

    #[test]
    fn what_is_none_is_refused_in_gos_words() {
        for (text, expected) in [
            ("", "unexpected end of JSON input"),
            ("{", "unexpected end of JSON input"),
            ("{\"a\":1", "unexpected end of JSON input"),
            ("{x", "invalid character 'x' looking for beginning of object key string"),
            ("{\"a\":1,}", "invalid character '}' looking for beginning of object key string"),
            ("{\"a\" 1}", "invalid character '1' after object key"),
            ("{\"a\":1 2}", "invalid character '2' after object key:value pair"),
            ("[1 2]", "invalid character '2' after array element"),
            ("[1,]", "invalid character ']' looking for beginning of value"),
            ("{}x", "invalid character 'x' after top-level value"),
            ("trux", "invalid character 'x' in literal true (expecting 'e')"),
            ("-x", "invalid character 'x' in numeric literal"),
            ("1.x", "invalid character 'x' after decimal point in numeric literal"),
            ("1ex", "invalid character 'x' in exponent of numeric literal"),
            ("01", "invalid character '1' after top-level value"),
            ("\"\\x\"", "invalid character 'x' in string escape code"),
            ("\"\\u12x4\"", "invalid character 'x' in \\u hexadecimal character escape"),
            ("\"\t\"", "invalid character '\\t' in string literal"),
            ("'", "invalid character '\\'' looking for beginning of value"),
            ("\0", "invalid character '\\x00' looking for beginning of value"),
            ("{\"a\":{\"b\":1,\"b\":2}}", "json: duplicate key 'b' in object"),
            (
                "{\"a\":{\"b\":1e999}}",
                "json: cannot unmarshal number 1e999 into Go struct field .a.b of type float64",
            ),
        ] {
            assert_eq!(refusal(text), expected, "{text}");
        }
    }

    #[test]
    fn depth_takes_no_stack() {
        let nested = |depth: usize| format!("{}1{}", "[".repeat(depth), "]".repeat(depth));
        assert!(parse(nested(10_000).as_bytes(), Twice::Taken).is_ok());
        assert_eq!(refusal(&nested(10_001)), "invalid character '[' exceeded max depth");
        assert_eq!(refusal(&"[".repeat(1_000_000)), "invalid character '[' exceeded max depth");
        assert_eq!(refusal(&"{\"a\":".repeat(1_000_000)), "invalid character '{' exceeded max depth");
    }
}
