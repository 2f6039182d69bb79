use alloc::borrow::Cow;
use alloc::string::String;

use crate::answer::Answer;
use crate::rules::{Lookup, Variables};

/// What an unset variable is replaced by.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Unset {
    /// Nothing: in `include` and `aud`.
    Empty,
    /// Itself.
    Kept,
}

/// Replaces `$NAME`, `${NAME}` and `%NAME%` once, without looking into what they are replaced by. `$$` and `%%` stay.
pub(crate) fn substitute<'a>(text: &'a str, variables: &dyn Variables, unset: Unset) -> Answer<Cow<'a, str>> {
    if !text.contains(['$', '%']) {
        return Answer::Known(Cow::Borrowed(text));
    }
    let mut out = String::with_capacity(text.len());
    for piece in pieces(text) {
        match piece {
            Piece::Text(text) => out.push_str(text),
            Piece::Variable { name, written } => match variables.lookup(name) {
                Lookup::Is(value) => out.push_str(value),
                Lookup::Unset if unset == Unset::Kept => out.push_str(written),
                Lookup::Unset => {}
                Lookup::Unknown(reason) => return Answer::Unknown(reason.clone()),
            },
        }
    }
    Answer::Known(Cow::Owned(out))
}

/// A stretch of text, or a variable in it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Piece<'a> {
    /// Stands for itself.
    Text(&'a str),
    /// `$NAME`, `${NAME}`, `%NAME%`
    Variable { name: &'a str, written: &'a str },
}

/// The text, taken apart.
pub(crate) fn pieces(text: &str) -> impl Iterator<Item = Piece<'_>> {
    let mut rest = text;
    core::iter::from_fn(move || {
        if rest.is_empty() {
            return None;
        }
        let (piece, length) = match rest.find(['$', '%']) {
            None => (Piece::Text(rest), rest.len()),
            Some(0) => variable(rest),
            Some(at) => (Piece::Text(&rest[..at]), at),
        };
        rest = &rest[length..];
        Some(piece)
    })
}

/// What starts with `$` or `%`.
fn variable(text: &str) -> (Piece<'_>, usize) {
    let (sign, behind) = text.split_at(1);
    let named = |inside: &str, skipped: usize, closed: usize| {
        let name = &inside[..name_length(inside)];
        let length = skipped + name.len() + closed;
        (Piece::Variable { name: &text[skipped..skipped + name.len()], written: &text[..length] }, length)
    };
    if behind.starts_with(sign) {
        return (Piece::Text(&text[..2]), 2);
    }
    let closes = |inside: &str, sign: char| {
        let length = name_length(inside);
        length > 0 && inside[length..].starts_with(sign)
    };
    match (sign, behind.strip_prefix('{')) {
        ("$", Some(inside)) if closes(inside, '}') => named(inside, 2, 1),
        ("$", None) if name_length(behind) > 0 => named(behind, 1, 0),
        ("%", _) if closes(behind, '%') => named(behind, 1, 1),
        _ => (Piece::Text(&text[..1]), 1),
    }
}

fn name_length(text: &str) -> usize {
    let starts = text.starts_with(|it: char| it.is_ascii_alphabetic() || it == '_');
    let length = text.find(|it: char| !it.is_ascii_alphanumeric() && it != '_').unwrap_or(text.len());
    if starts { length } else { 0 }
}

#[cfg(test)]
mod tests {
    use super::{Answer, Unset, substitute};

    #[test]
    fn variables_are_replaced_once_in_every_spelling() {
        let variables = [("A", "1"), ("LONG_2", "$A"), ("EMPTY", "")];
        for (text, empty, kept) in [
            ("no variable", "no variable", "no variable"),
            ("$A${A}%A%", "111", "111"),
            ("$LONG_2", "$A", "$A"),
            ("<$EMPTY>", "<>", "<>"),
            ("<$UNSET${UNSET}%UNSET%>", "<>", "<$UNSET${UNSET}%UNSET%>"),
            ("$$A %%A%%", "$$A %%A%%", "$$A %%A%%"),
            ("$ % ${ ${} ${1} $1 %A", "$ % ${ ${} ${1} $1 %A", "$ % ${ ${} ${1} $1 %A"),
            ("é$Aé", "é1é", "é1é"),
            ("${A", "${A", "${A"),
            ("", "", ""),
        ] {
            assert_eq!(substitute(text, &variables, Unset::Empty), Answer::Known(empty.into()), "{text}");
            assert_eq!(substitute(text, &variables, Unset::Kept), Answer::Known(kept.into()), "{text}");
        }
    }
}
