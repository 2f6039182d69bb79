use alloc::format;
use alloc::string::{String, ToString};
use alloc::vec::Vec;

use super::argument::Inputs;
use super::function;
use crate::rules::Variables;
use crate::yaml::{Linked, Node};

const OPEN: &str = "$[[";

const CLOSE: &str = "]]";

const MAX_ACCESS_BYTES: usize = 1024;

const MAX_FUNCTIONS: usize = 3;

/// A piece of a text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Piece<'a> {
    Text(&'a str),
    /// `$[[ inputs.x | function ]]`, and what stands in it.
    Block(&'a str, &'a str),
}

/// GitLab looks for `\$\[\[\s*(\S.*?\S)\s*\]\]`, where `.` is no line break.
pub(super) fn pieces(text: &str) -> Vec<Piece<'_>> {
    let mut pieces = Vec::new();
    let (mut done, mut from) = (0, 0);
    // Where a line without an end was looked through, it is not looked through again.
    let mut barren = 0;
    while let Some(start) = text.get(from..).and_then(|rest| rest.find(OPEN)).map(|at| from + at) {
        let inner = skip_space(text, start + OPEN.len());
        match if inner < barren { Err(barren) } else { end(text, inner) } {
            Ok((data_end, end)) => {
                let [before, block, data] = [done..start, start..end, inner..data_end]
                    .map(|range| text.get(range).unwrap_or_default());
                if !before.is_empty() {
                    pieces.push(Piece::Text(before));
                }
                pieces.push(Piece::Block(block, data));
                (done, from) = (end, end);
            }
            Err(looked_through) => {
                barren = looked_through;
                from = start + OPEN.len();
            }
        }
    }
    if let Some(rest) = text.get(done..).filter(|it| !it.is_empty()) {
        pieces.push(Piece::Text(rest));
    }
    pieces
}

/// Where the data ends and where the block does; or how far there is no end.
fn end(text: &str, inner: usize) -> Result<(usize, usize), usize> {
    let rest = text.get(inner..).unwrap_or_default();
    for (at, _) in rest.match_indices(['\n', ']']) {
        let is_line_end = rest.as_bytes().get(at) == Some(&b'\n');
        let close = if is_line_end { skip_space(rest, at) } else { at };
        let closes = rest.get(close..).is_some_and(|it| it.starts_with(CLOSE));
        let data = rest.get(..at).unwrap_or_default().trim_ascii_end();
        if closes && data.chars().nth(1).is_some() {
            return Ok((inner + data.len(), inner + close + CLOSE.len()));
        }
        if is_line_end {
            return Err(inner + at);
        }
    }
    Err(text.len())
}

fn skip_space(text: &str, from: usize) -> usize {
    let rest = text.get(from..).unwrap_or_default();
    text.len() - rest.trim_ascii_start().len()
}

/// What a block stands for.
///
/// # Errors
/// What GitLab says is wrong with it.
pub(super) fn value(
    block: &str,
    data: &str,
    inputs: &Inputs,
    scope: &dyn Variables,
) -> Result<Linked, String> {
    let mut parts = data.split('|').map(str::trim);
    let access = parts.next().unwrap_or_default();
    let functions: Vec<&str> = parts.collect();
    if access.len() > MAX_ACCESS_BYTES {
        return Err("maximum interpolation expression size exceeded".to_string());
    }
    let input = match access.split_once('.') {
        None => return Err("invalid interpolation access pattern".to_string()),
        Some(("matrix", _)) => {
            return Err(format!("`{block}` is not supported: the values of a matrix are not known"));
        }
        Some(("inputs", name)) => {
            inputs.value(name).ok_or_else(|| format!("unknown interpolation key: `{name}`"))?
        }
        Some((key, _)) => return Err(format!("unknown interpolation key: `{key}`")),
    };
    if functions.len() > MAX_FUNCTIONS {
        return Err("too many functions in interpolation block".to_string());
    }
    let mut value = input.clone();
    for call in functions {
        let changed = function::apply(call, &value.node.value, scope)?;
        value = Linked::here(Node { value: changed, place: value.node.place });
    }
    Ok(value)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn blocks_are_found_where_gitlab_finds_them() {
        for (text, expected) in [
            ("a", "a"),
            ("$[[ inputs.a ]]", "<inputs.a>"),
            ("$[[inputs.a]]", "<inputs.a>"),
            ("x$[[ a.b ]]y$[[\n c.d |e\t]]", "x<a.b>y<c.d |e>"),
            ("$[[ a ]]", "$[[ a ]]"),
            ("$[[ a ]] ]]", "<a ]]>"),
            ("$[[ ]]", "$[[ ]]"),
            ("$[[ a\nb ]]", "$[[ a\nb ]]"),
            ("$[[ $[[ a.b ]]", "<$[[ a.b>"),
            ("$[[ a\n$[[ a.b ]]", "$[[ a\n<a.b>"),
            ("$[[ a.b ]", "$[[ a.b ]"),
            ("$[[ a.b\n\n]]", "<a.b>"),
            ("$[[ a.b\n]\n]]", "$[[ a.b\n]\n]]"),
            ("$[[ a.b]]]", "<a.b>]"),
        ] {
            let found: String = pieces(text)
                .into_iter()
                .map(|piece| match piece {
                    Piece::Text(text) => text.to_string(),
                    Piece::Block(_, data) => format!("<{data}>"),
                })
                .collect();
            assert_eq!(found, expected, "{text:?}");
        }
        assert_eq!(pieces(&("$[[ a\n".repeat(150_000) + "]]")).len(), 1);
        assert_eq!(pieces(&"$[[".repeat(300_000)).len(), 1);
        assert_eq!(pieces(&"$[[ ".repeat(250_000)).len(), 1);
        assert_eq!(pieces(&"$[[ a.b ]]".repeat(90_000)).len(), 90_000);
    }
}
