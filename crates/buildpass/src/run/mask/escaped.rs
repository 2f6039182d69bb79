use zeroize::Zeroizing;

/// URL-encoded, as the usual writers do it: they differ in what they leave as it is, in the case of their hex digits,
/// and in what becomes of a space.
pub(super) fn url(secret: &str) -> impl Iterator<Item = Zeroizing<String>> {
    const LEFT_ALONE: [&[u8]; 4] = [b"-._~", b"-._~/", b"-._~!'()*", b"-._*"];
    LEFT_ALONE.into_iter().flat_map(move |left_alone| {
        [Hex::Upper, Hex::Lower]
            .into_iter()
            .flat_map(move |hex| ["%20", "+"].map(|space| percent(secret, left_alone, hex, space)))
    })
}

#[derive(Clone, Copy)]
enum Hex {
    Upper,
    Lower,
}

impl Hex {
    fn digit(self, value: u8) -> char {
        let digit = char::from_digit(u32::from(value), 16).unwrap_or('0');
        match self {
            Self::Upper => digit.to_ascii_uppercase(),
            Self::Lower => digit,
        }
    }
}

fn percent(secret: &str, left_alone: &[u8], hex: Hex, space: &str) -> Zeroizing<String> {
    let mut out = Zeroizing::new(String::with_capacity(secret.len() * 3));
    for byte in secret.bytes() {
        match byte {
            b' ' => out.push_str(space),
            _ if byte.is_ascii_alphanumeric() || left_alone.contains(&byte) => out.push(char::from(byte)),
            _ => out.extend(['%', hex.digit(byte >> 4), hex.digit(byte & 15)]),
        }
    }
    out
}

/// The inside of a JSON string, as the usual writers escape it: plainly, with `/` escaped, with `<`, `>` and `&`
/// escaped, and with everything beyond ASCII escaped.
pub(super) fn json(secret: &str) -> impl Iterator<Item = Zeroizing<String>> {
    let kinds: [fn(char) -> Escape; 5] = [
        |_| Escape::No,
        |letter| {
            if letter == '/' { Escape::Backslash } else { Escape::No }
        },
        |letter| match letter {
            '<' | '>' | '&' | '\u{2028}' | '\u{2029}' => Escape::Units(Hex::Lower),
            _ => Escape::No,
        },
        |letter| {
            if letter.is_ascii() { Escape::No } else { Escape::Units(Hex::Lower) }
        },
        |letter| {
            if letter.is_ascii() { Escape::No } else { Escape::Units(Hex::Upper) }
        },
    ];
    kinds.into_iter().map(|escape| json_with(secret, escape))
}

enum Escape {
    No,
    Backslash,
    Units(Hex),
}

fn json_with(secret: &str, escape: fn(char) -> Escape) -> Zeroizing<String> {
    let mut out = Zeroizing::new(String::with_capacity(secret.len() * 6));
    for letter in secret.chars() {
        let escape = match letter {
            '"' | '\\' | '\n' | '\r' | '\t' | '\x08' | '\x0C' => Escape::Backslash,
            '\0'..='\x1F' => Escape::Units(Hex::Lower),
            _ => escape(letter),
        };
        match escape {
            Escape::No => out.push(letter),
            Escape::Backslash => out.extend(['\\', short_name(letter)]),
            Escape::Units(hex) => {
                for byte_pair in letter.encode_utf16(&mut [0; 2]).iter().map(|unit| unit.to_be_bytes()) {
                    out.push_str("\\u");
                    out.extend(byte_pair.into_iter().flat_map(|it| [hex.digit(it >> 4), hex.digit(it & 15)]));
                }
            }
        }
    }
    out
}

fn short_name(letter: char) -> char {
    match letter {
        '\n' => 'n',
        '\r' => 'r',
        '\t' => 't',
        '\x08' => 'b',
        '\x0C' => 'f',
        other => other,
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::{json, url};

    #[test]
    fn url_forms_are_those_of_the_usual_writers() {
        let forms: BTreeSet<String> = url("a b/c~*+é").map(|form| form.to_string()).collect();
        for expected in [
            "a%20b%2Fc~%2A%2B%C3%A9",
            "a%20b%2fc~%2a%2b%c3%a9",
            "a+b%2Fc%7E*%2B%C3%A9",
            "a+b%2Fc~%2A%2B%C3%A9",
            "a%20b/c~%2A%2B%C3%A9",
            "a%20b%2Fc~*%2B%C3%A9",
        ] {
            assert!(forms.contains(expected), "{expected} in {forms:?}");
        }
    }

    #[test]
    fn json_forms_are_those_of_the_usual_writers() {
        let secret = "a\"b\\c/d<é\n\u{1b}😀";
        let forms: BTreeSet<String> = json(secret).map(|form| form.to_string()).collect();
        for expected in [
            serde_json::to_string(secret).unwrap().trim_matches('"'),
            r#"a\"b\\c\/d<é\n\u001b😀"#,
            r#"a\"b\\c/d\u003cé\n\u001b😀"#,
            r#"a\"b\\c/d<\u00e9\n\u001b\ud83d\ude00"#,
            r#"a\"b\\c/d<\u00E9\n\u001b\uD83D\uDE00"#,
        ] {
            assert!(forms.contains(expected), "{expected} in {forms:?}");
        }
    }
}
