//! How Go writes texts and lists of errors.

use std::fmt::Write;

/// A text in quotes, as Go's `%q` writes it.
pub(super) fn quoted(text: &str) -> String {
    let mut quoted = String::with_capacity(text.len() + 2);
    quoted.push('"');
    for character in text.chars() {
        match character {
            '"' | '\\' => quoted.extend(['\\', character]),
            '\x07' => quoted.push_str("\\a"),
            '\x08' => quoted.push_str("\\b"),
            '\x0c' => quoted.push_str("\\f"),
            '\n' => quoted.push_str("\\n"),
            '\r' => quoted.push_str("\\r"),
            '\t' => quoted.push_str("\\t"),
            '\x0b' => quoted.push_str("\\v"),
            _ if is_shown(character) => quoted.push(character),
            _ => {
                // Writing to a String does not fail.
                let _ = match u32::from(character) {
                    code @ 0..=0x7f => write!(quoted, "\\x{code:02x}"),
                    code @ 0x80..=0xffff => write!(quoted, "\\u{code:04x}"),
                    code => write!(quoted, "\\U{code:08x}"),
                };
            }
        }
    }
    quoted.push('"');
    quoted
}

/// Several errors, as the servers of this family list them.
pub(super) fn occurred<'a>(errors: impl ExactSizeIterator<Item = &'a str>) -> String {
    let count = errors.len();
    let noun = if count == 1 { "error" } else { "errors" };
    let mut text = format!("{count} {noun} occurred:\n");
    for error in errors {
        text.push_str("\t* ");
        text.push_str(error);
        text.push('\n');
    }
    text.push('\n');
    text
}

fn is_shown(character: char) -> bool {
    matches!(character, ' ' | '\'')
        || !(character.is_whitespace() || character.escape_debug().next() == Some('\\'))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_are_quoted_as_go_quotes_them() {
        for (text, expected) in [
            ("a\"b\\c", r#""a\"b\\c""#),
            ("\x01\x7f\t\n", r#""\x01\x7f\t\n""#),
            ("é 😀'", "\"é 😀'\""),
            ("\u{200b}\u{a0}\u{feff}", r#""\u200b\u00a0\ufeff""#),
            ("\u{10ffff}", r#""\U0010ffff""#),
        ] {
            assert_eq!(quoted(text), expected);
        }
    }

    #[test]
    fn errors_are_counted() {
        assert_eq!(occurred(["a"].into_iter()), "1 error occurred:\n\t* a\n\n");
        assert_eq!(occurred(["a", "b"].into_iter()), "2 errors occurred:\n\t* a\n\t* b\n\n");
    }
}
