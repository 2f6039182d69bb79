use serde::de::IgnoredAny;

use super::failure::Failure;
use crate::limit::Limits;

/// Looks how complex a JSON text is before it is read, as OpenBao does: how many texts it holds, and what OpenBao
/// estimates that it takes in memory. What is no JSON is left to the parser.
///
/// # Errors
/// When it is too complex.
pub(super) fn check(json: &[u8], limits: &Limits) -> Result<(), Failure> {
    if json.len() <= limits.max_json_strings && json.len().saturating_mul(OBJECT) <= limits.max_json_bytes {
        return Ok(());
    }
    let (mut tokens, mut strings, mut bytes) = (Tokens { json, at: 0 }, 0, 0);
    while let Some(token) = tokens.next() {
        let (is_text, cost) = match token {
            Token::Object => (false, OBJECT),
            Token::Array => (false, ARRAY),
            Token::Text(decoded_bytes) => (true, TEXT + decoded_bytes),
            Token::Number => (false, NUMBER),
            Token::Literal => (false, LITERAL),
        };
        bytes += cost;
        strings += usize::from(is_text);
        let failure = if bytes > limits.max_json_bytes {
            Failure::JsonTooLarge
        } else if strings > limits.max_json_strings {
            Failure::JsonTooManyStrings
        } else {
            continue;
        };
        return if is_sound(&json[..tokens.at]) { Err(failure) } else { Ok(()) };
    }
    Ok(())
}

/// Whether this can be the start of a JSON text: an error before the limit is what OpenBao answers.
fn is_sound(start: &[u8]) -> bool {
    serde_json::from_slice::<IgnoredAny>(start).map_or_else(|error| error.is_eof(), |_| true)
}

#[derive(Debug, PartialEq, Eq)]
enum Token {
    Object,
    Array,
    /// With its length when it is decoded.
    Text(usize),
    Number,
    Literal,
}

struct Tokens<'a> {
    json: &'a [u8],
    at: usize,
}

impl Iterator for Tokens<'_> {
    type Item = Token;

    fn next(&mut self) -> Option<Token> {
        self.skip(|byte| matches!(byte, b' ' | b'\t' | b'\r' | b'\n' | b',' | b':' | b']' | b'}'));
        let first = *self.json.get(self.at)?;
        self.at += 1;
        Some(match first {
            b'{' => Token::Object,
            b'[' => Token::Array,
            b'"' => Token::Text(self.text()),
            b't' | b'f' | b'n' => {
                self.skip(|byte| byte.is_ascii_alphabetic());
                Token::Literal
            }
            _ => {
                self.skip(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'+' | b'-' | b'.'));
                Token::Number
            }
        })
    }
}

impl Tokens<'_> {
    fn skip(&mut self, skipped: impl Fn(u8) -> bool) {
        let rest = &self.json[self.at..];
        self.at += rest.iter().position(|byte| !skipped(*byte)).unwrap_or(rest.len());
    }

    fn text(&mut self) -> usize {
        let mut decoded_bytes = 0;
        loop {
            let before = self.at;
            self.skip(|byte| !matches!(byte, b'"' | b'\\'));
            decoded_bytes += self.at - before;
            match self.json[self.at..] {
                [b'\\', b'u', ..] => {
                    decoded_bytes += encoded_bytes(self.json.get(self.at + 2..self.at + 6));
                    self.at = self.json.len().min(self.at + 6);
                }
                [b'\\', _, ..] => {
                    decoded_bytes += 1;
                    self.at += 2;
                }
                [_, ..] => {
                    self.at += 1;
                    return decoded_bytes;
                }
                [] => return decoded_bytes,
            }
        }
    }
}

/// How many bytes four hexadecimal digits stand for; half of a pair stands for half of four.
fn encoded_bytes(digits: Option<&[u8]>) -> usize {
    let digits = digits.and_then(|digits| std::str::from_utf8(digits).ok());
    match digits.and_then(|digits| u16::from_str_radix(digits, 16).ok()) {
        Some(..0x80) => 1,
        Some(0x80..0x800 | 0xd800..0xe000) => 2,
        Some(_) | None => 3,
    }
}

// What OpenBao's `memoryForToken` says.
const VALUE: usize = 16;
const OBJECT: usize = VALUE + 72;
const ARRAY: usize = VALUE + 24;
const TEXT: usize = VALUE + 16;
const NUMBER: usize = VALUE + 8;
const LITERAL: usize = VALUE + 1;

#[cfg(test)]
mod tests {
    use super::*;

    fn tokens(json: &str) -> Vec<Token> {
        Tokens { json: json.as_bytes(), at: 0 }.collect()
    }

    fn outcome(json: &str) -> Result<(), Failure> {
        check(json.as_bytes(), &Limits::default())
    }

    #[test]
    fn a_text_is_told_apart() {
        let expected = [
            Token::Object,
            Token::Text(1),
            Token::Array,
            Token::Number,
            Token::Literal,
            Token::Literal,
            Token::Text(2),
        ];
        assert_eq!(tokens("{\"a\": [-1.5e+7, true,null, \"x\\\"\"]}"), expected);
        assert_eq!(
            tokens("\"\\n\\u0041\\u00e4\\u20ac\\ud83d\\ude00ä\""),
            [Token::Text(1 + 1 + 2 + 3 + 4 + 2)]
        );
        for broken in ["\"", "\"\\", "\"\\u", "\"\\u12", "\"abc", "@", "truely", "-"] {
            assert_eq!(tokens(broken).len(), 1, "{broken}");
        }
    }

    #[test]
    fn the_thousand_and_first_text_is_too_much() {
        let list = |texts| format!("[{}]", vec!["\"x\""; texts].join(","));
        outcome(&list(1000)).unwrap();
        assert!(matches!(outcome(&list(1001)), Err(Failure::JsonTooManyStrings)));
        outcome(&format!("{{x{}", list(1001))).unwrap();
        assert!(matches!(outcome(&list(1001).replace(']', "x")), Err(Failure::JsonTooManyStrings)));
    }

    #[test]
    fn what_takes_too_much_memory_is_too_much() {
        let list = |of: &str, many| format!("[{}]", vec![of; many].join(","));
        outcome(&list("1", 1_000_000)).unwrap();
        assert!(matches!(outcome(&list("1", 4_000_000)), Err(Failure::JsonTooLarge)));
        assert!(matches!(outcome(&list("{}", 1_000_000)), Err(Failure::JsonTooLarge)));
        assert!(matches!(outcome(&list("[]", 1_000_000)), Err(Failure::JsonTooLarge)));
        outcome(&list("null", 1_000_000)).unwrap();
        outcome(&format!("\"{}\"", "x".repeat(31_000_000))).unwrap();
    }
}
