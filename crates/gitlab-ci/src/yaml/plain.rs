use alloc::string::{String, ToString};

use super::node::Value;
use super::number;
use super::time;

/// What Psych's `ScalarScanner` makes of a scalar without quotes. The order of the questions is its order.
///
/// # Errors
/// A message where it refuses to load what the text stands for.
pub(super) fn resolve(text: &str) -> Result<Value, String> {
    if text.is_empty() {
        return Ok(Value::Null);
    }
    if looks_like_words(text) || text.contains('\n') {
        return Ok(word(text));
    }
    if time::is_time(text) {
        return Err("Tried to load unspecified class: Time".to_string());
    }
    if time::is_date(text) {
        return Err("Tried to load unspecified class: Date".to_string());
    }
    if let Some(value) = infinity(text).or_else(|| symbol(text)) {
        return Ok(value);
    }
    Ok(number::resolve(text)?.unwrap_or_else(|| Value::Text(text.into())))
}

fn looks_like_words(text: &str) -> bool {
    let mut characters = text.chars();
    let first = characters.next();
    first.is_some_and(is_word)
        || first.is_some_and(|it| !matches!(it, '0'..='9' | '.' | ':' | '-'))
            && characters.next().is_some_and(is_word)
}

fn is_word(character: char) -> bool {
    character.is_alphabetic()
        || matches!(character, '_' | ' ' | '\t' | '\r' | '\n' | '\x0B' | '\x0C')
        || "!@#$%^&*(){}<>|/\\~;=".contains(character)
}

/// Psych's patterns look at each line of a text for itself, so `no` with an `n` on the line after next is `false`.
fn word(text: &str) -> Value {
    let other = || Value::Text(text.into());
    if text.chars().nth(5).is_some() || starts(text).any(|it| !"ytonf~".contains(it.to_ascii_lowercase())) {
        return other();
    }
    let is_any_of =
        |words: &[&str]| text.split('\n').any(|line| words.iter().any(|it| line.eq_ignore_ascii_case(it)));
    match text {
        "~" => Value::Null,
        _ if is_any_of(&["null"]) => Value::Null,
        _ if is_any_of(&["yes", "true", "on"]) => Value::Boolean(true),
        _ if is_any_of(&["no", "false", "off"]) => Value::Boolean(false),
        _ => other(),
    }
}

/// The character at the start of each line, which is a line break where the line is empty.
fn starts(text: &str) -> impl Iterator<Item = char> {
    let mut before = '\n';
    text.chars().filter(move |it| core::mem::replace(&mut before, *it) == '\n')
}

fn infinity(text: &str) -> Option<Value> {
    let is = |word: &str| text.eq_ignore_ascii_case(word);
    match () {
        () if is(".inf") || is("+.inf") => Some(Value::Float(f64::INFINITY)),
        () if is("-.inf") => Some(Value::Float(f64::NEG_INFINITY)),
        () if is(".nan") => Some(Value::Float(f64::NAN)),
        () => None,
    }
}

/// `:foo` and `:"foo"` are Ruby's symbols, which GitLab takes for text.
fn symbol(text: &str) -> Option<Value> {
    let name = text.strip_prefix(':').filter(|it| !it.is_empty())?;
    let quoted =
        ['"', '\''].into_iter().find_map(|quote| Some(name.strip_prefix(quote)?.rsplit_once(quote)?.0));
    let name = quoted.map_or(name, |inner| inner.strip_prefix(':').unwrap_or(inner));
    Some(Value::Text(name.into()))
}
