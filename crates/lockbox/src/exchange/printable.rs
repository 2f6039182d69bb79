use std::fmt::Write;

/// Go's `%q`.
pub(crate) fn quoted(text: &str) -> String {
    let mut quoted = String::from("\"");
    for letter in text.chars() {
        match letter {
            '"' | '\\' => quoted.extend(['\\', letter]),
            '\u{7}' => quoted.push_str("\\a"),
            '\u{8}' => quoted.push_str("\\b"),
            '\u{c}' => quoted.push_str("\\f"),
            '\n' => quoted.push_str("\\n"),
            '\r' => quoted.push_str("\\r"),
            '\t' => quoted.push_str("\\t"),
            '\u{b}' => quoted.push_str("\\v"),
            _ if is_printable(letter) => quoted.push(letter),
            '\0'..' ' | '\u{7f}' => append(&mut quoted, format_args!("\\x{:02x}", u32::from(letter))),
            ..'\u{10000}' => append(&mut quoted, format_args!("\\u{:04x}", u32::from(letter))),
            _ => append(&mut quoted, format_args!("\\U{:08x}", u32::from(letter))),
        }
    }
    quoted.push('"');
    quoted
}

/// A letter, mark, number, sign, or the ordinary space.
pub(crate) fn is_printable(letter: char) -> bool {
    if letter.is_ascii() {
        return !letter.is_ascii_control();
    }
    // Behind another letter Rust escapes what cannot be printed, and nothing else.
    let text = ['a', letter].iter().collect::<String>();
    text.escape_debug().eq(text.chars())
}

fn append(text: &mut String, what: std::fmt::Arguments<'_>) {
    // Writing to a String does not fail.
    let _ = text.write_fmt(what);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_go_cannot_print_cannot_be_printed() {
        for (letter, printable) in [
            (' ', true),
            ('\u{a0}', false),
            ('\u{200b}', false),
            ('\u{3000}', false),
            ('\u{7f}', false),
            ('\u{fffd}', true),
            ('\u{e000}', false),
            ('\u{378}', false),
            ('\u{ad}', false),
            ('\u{301}', true),
            ('"', true),
            ('\'', true),
            ('é', true),
        ] {
            assert_eq!(is_printable(letter), printable, "{letter:?}");
        }
        assert_eq!(
            quoted("k\"\\é\u{a0}\u{200b}😀\u{e0001}\n\u{7f}"),
            "\"k\\\"\\\\é\\u00a0\\u200b😀\\U000e0001\\n\\x7f\""
        );
    }
}
