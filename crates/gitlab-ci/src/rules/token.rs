use alloc::format;
use alloc::string::{String, ToString};
use alloc::vec::Vec;

use super::error::SyntaxError;
use super::operator::Operator;
use super::pattern::Pattern;
use super::regex_literal;

const MAX_TOKENS: usize = 100;

const ANY_TOKEN: &str = "a variable `$NAME`, a string in quotes, a `/regex/` of two characters or more, `null`, \
                         an operator or a parenthesis";

/// One word of the language, and where it stands.
pub(super) struct Token<'a> {
    pub(super) kind: Kind,
    pub(super) written: &'a str,
    pub(super) column: usize,
}

pub(super) enum Kind {
    Open,
    Close,
    Operand(Operand),
    Operator(Operator),
}

#[derive(Clone, Debug)]
pub(super) enum Operand {
    Variable(String),
    Text(String),
    Pattern(Pattern),
    Null,
}

pub(super) fn tokens(source: &str) -> Result<Vec<Token<'_>>, SyntaxError> {
    let mut tokens = Vec::new();
    let mut rest = skip_space(source);
    while !rest.is_empty() {
        let column = source[..source.len() - rest.len()].chars().count() + 1;
        let refuse = |expected, found: &str| Err(SyntaxError { column, expected, found: found.to_string() });
        if tokens.len() == MAX_TOKENS {
            return refuse("at most 100 tokens", "one more");
        }
        let Some(length) = length(rest) else {
            return refuse(ANY_TOKEN, &format!("`{}`", rest.chars().take(20).collect::<String>()));
        };
        let (written, behind) = rest.split_at(length);
        let Some(kind) = kind(written) else {
            let expected =
                "a regular expression that RE2 takes (it has no look-around and no back-references)";
            return refuse(expected, &format!("`{written}`"));
        };
        tokens.push(Token { kind, written, column });
        rest = skip_space(behind);
    }
    Ok(tokens)
}

fn skip_space(text: &str) -> &str {
    text.trim_start_matches([' ', '\t', '\r', '\n', '\x0B', '\x0C'])
}

fn length(rest: &str) -> Option<usize> {
    let first = rest.chars().next()?;
    match first {
        '(' | ')' => Some(1),
        '$' => {
            let name = rest[1..].bytes().take_while(|it| it.is_ascii_alphanumeric() || *it == b'_').count();
            (name > 0).then_some(1 + name)
        }
        '"' | '\'' => {
            let inside = rest[1..].find([first, '\n']).filter(|end| rest[1 + end..].starts_with(first))?;
            Some(inside + 2)
        }
        '/' => regex_literal::length(rest),
        'n' => rest.starts_with("null").then_some(4),
        _ => rest.get(..2).filter(|start| operator(start).is_some()).map(str::len),
    }
}

/// `None` for a regular expression that cannot be.
fn kind(written: &str) -> Option<Kind> {
    let end = written.len();
    Some(match written.as_bytes()[0] {
        b'(' => Kind::Open,
        b')' => Kind::Close,
        b'$' => Kind::Operand(Operand::Variable(written[1..].to_string())),
        b'"' | b'\'' => Kind::Operand(Operand::Text(written[1..end - 1].to_string())),
        b'/' => Kind::Operand(Operand::Pattern(Pattern::parse(written)?)),
        b'n' => Kind::Operand(Operand::Null),
        _ => Kind::Operator(operator(written)?),
    })
}

fn operator(written: &str) -> Option<Operator> {
    Operator::SPELLED.into_iter().find(|(spelled, _)| *spelled == written).map(|(_, operator)| operator)
}
