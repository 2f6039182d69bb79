use super::{
    failure::Failure,
    go_tokens::{GoTokens, Token},
};
use crate::limit::Limits;

/// Looks at a JSON text before it is read, as OpenBao does: whether it is one, how many texts it holds, and what OpenBao
/// estimates that it takes in memory. Returns its first value, if that has an end.
///
/// # Errors
/// When it is none, or too complex.
pub(super) fn check<'a>(json: &'a [u8], limits: &Limits) -> Result<Option<&'a [u8]>, Failure> {
    let (mut tokens, mut strings, mut bytes) = (GoTokens::of(json), 0, 0);
    while let Some(token) = tokens.next()? {
        bytes += match token {
            Token::Object => OBJECT,
            Token::Array => ARRAY,
            Token::Text(decoded_bytes) => TEXT + decoded_bytes,
            Token::Number => NUMBER,
            Token::Literal => LITERAL,
            Token::End => 0,
        };
        strings += usize::from(matches!(token, Token::Text(_)));
        if bytes > limits.max_json_bytes {
            return Err(Failure::JsonTooLarge);
        }
        if strings > limits.max_json_strings {
            return Err(Failure::JsonTooManyStrings);
        }
    }
    Ok(tokens.end().map(|end| json[..end].trim_ascii_start()))
}

/// Whether no JSON of this length can be too complex. A text in it takes three bytes at least: its quotes, and what parts it from the next.
pub(super) fn is_small(bytes: usize, limits: &Limits) -> bool {
    bytes / 3 < limits.max_json_strings && bytes.saturating_mul(OBJECT) <= limits.max_json_bytes
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

    fn outcome(json: &str) -> Result<Option<&[u8]>, Failure> {
        check(json.as_bytes(), &Limits::default())
    }

    #[test]
    fn the_first_value_has_an_end() {
        for (text, expected) in
            [("{} {", Some("{}")), (" [1] 2", Some("[1]")), ("{", None), ("", None), ("5", Some("5"))]
        {
            assert_eq!(outcome(text).unwrap(), expected.map(str::as_bytes), "{text}");
        }
    }

    #[test]
    fn the_thousand_and_first_text_is_too_much() {
        let list = |texts| format!("[{}]", vec!["\"x\""; texts].join(","));
        outcome(&list(1000)).unwrap();
        assert!(matches!(outcome(&list(1001)), Err(Failure::JsonTooManyStrings)));
        assert!(matches!(outcome(&format!("{{x{}", list(1001))), Err(Failure::Json(_))));
        assert!(matches!(outcome(&list(1001).replace(']', "x")), Err(Failure::JsonTooManyStrings)));
    }

    #[test]
    fn what_is_small_is_never_too_complex() {
        let limits = Limits::default();
        let fullest = |texts| format!("[{}]", vec!["\"\""; texts].join(","));
        let (most, too_many) = (fullest(limits.max_json_strings), fullest(limits.max_json_strings + 1));
        assert!(outcome(&most).is_ok() && outcome(&too_many).is_err());
        assert!(is_small(most.len() - 2, &limits) && !is_small(too_many.len(), &limits));
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
