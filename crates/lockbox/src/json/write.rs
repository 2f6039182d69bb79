use std::io::Write;

use zeroize::Zeroizing;

use super::{Json, float};

/// How numbers are written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Numbers {
    AsWritten,
    /// As the nearest float, which is all that is left of a number that Go read into one.
    AsFloats,
}

impl Json {
    /// The text that Go would write.
    pub(crate) fn write(&self, numbers: Numbers) -> Zeroizing<Vec<u8>> {
        let mut text = Zeroizing::new(Vec::new());
        self.append(numbers, &mut text);
        text
    }

    fn append(&self, numbers: Numbers, text: &mut Vec<u8>) {
        match self {
            Self::Null => text.extend_from_slice(b"null"),
            Self::Flag(true) => text.extend_from_slice(b"true"),
            Self::Flag(false) => text.extend_from_slice(b"false"),
            Self::Number(written) => match numbers {
                Numbers::AsWritten => text.extend_from_slice(written.as_bytes()),
                Numbers::AsFloats => text.extend_from_slice(float::nearest(written).as_bytes()),
            },
            Self::Text(value) => append_text(value, text),
            Self::Deep(written) => text.extend_from_slice(written.as_bytes()),
            Self::List(values) => {
                text.push(b'[');
                for (position, value) in values.iter().enumerate() {
                    separate(position, text);
                    value.append(numbers, text);
                }
                text.push(b']');
            }
            Self::Object(members) => {
                text.push(b'{');
                for (position, (name, value)) in members.iter().enumerate() {
                    separate(position, text);
                    append_text(name, text);
                    text.push(b':');
                    value.append(numbers, text);
                }
                text.push(b'}');
            }
        }
    }
}

fn separate(position: usize, text: &mut Vec<u8>) {
    if position > 0 {
        text.push(b',');
    }
}

fn append_text(value: &str, text: &mut Vec<u8>) {
    text.push(b'"');
    let mut plain_from = 0;
    for (at, letter) in value.char_indices() {
        let escape = match letter {
            '"' => "\\\"",
            '\\' => "\\\\",
            '\u{8}' => "\\b",
            '\u{c}' => "\\f",
            '\n' => "\\n",
            '\r' => "\\r",
            '\t' => "\\t",
            // Go keeps a browser from taking JSON for HTML.
            '\0'..' ' | '<' | '>' | '&' | '\u{2028}' | '\u{2029}' => "",
            _ => continue,
        };
        text.extend_from_slice(&value.as_bytes()[plain_from..at]);
        plain_from = at + letter.len_utf8();
        if escape.is_empty() {
            // Writing to a Vec does not fail.
            let _ = write!(text, "\\u{:04x}", u32::from(letter));
        } else {
            text.extend_from_slice(escape.as_bytes());
        }
    }
    text.extend_from_slice(&value.as_bytes()[plain_from..]);
    text.push(b'"');
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::json::read;

    fn rewritten(text: &str, numbers: Numbers) -> String {
        String::from_utf8(read(text.as_bytes()).unwrap().write(numbers).to_vec()).unwrap()
    }

    #[test]
    fn names_are_in_order_and_the_last_value_counts() {
        let text = r#" { "b" : 1.0 , "a" : [ true , null , { } ] , "b" : 2.50 , "B" : "x" } "#;
        assert_eq!(rewritten(text, Numbers::AsWritten), r#"{"B":"x","a":[true,null,{}],"b":2.50}"#);
        assert_eq!(rewritten(text, Numbers::AsFloats), r#"{"B":"x","a":[true,null,{}],"b":2.5}"#);
    }

    #[test]
    fn texts_are_escaped_as_in_go() {
        let text = r#""<a>&'\" é\u2028\ud83d\ude00 \u0001\u0007\b\f\n\r\t\u007f\/\\""#;
        let expected = "\"\\u003ca\\u003e\\u0026'\\\" é\\u2028😀 \\u0001\\u0007\\b\\f\\n\\r\\t\u{7f}/\\\\\"";
        assert_eq!(rewritten(text, Numbers::AsWritten), expected);
    }
}
