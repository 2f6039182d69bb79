use alloc::borrow::Cow;
use alloc::string::String;

use super::cursor::Cursor;
use super::event::{Mark, Style};
use super::problem::Problem;
use super::token::{Kind, Token};

const CONTEXT: &str = "while scanning a block scalar";

/// What becomes of the line breaks at the end.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Chomping {
    /// `-`
    Strip,
    Clip,
    /// `+`
    Keep,
}

/// What stands behind `|` or `>`.
struct Header {
    chomping: Chomping,
    /// How much further than what surrounds it.
    indented: Option<u32>,
}

/// A scalar of whole lines. `parent` is how far the block is indented in which it stands.
pub(super) fn block<'a>(cursor: &mut Cursor<'a>, parent: Option<u32>) -> Result<Token<'a>, Problem> {
    let start = cursor.mark;
    read(cursor, parent).map_err(|it| it.during(CONTEXT, start)).map(|(text, end)| Token {
        kind: Kind::Scalar(Cow::Owned(text), Style::Quoted),
        start,
        end,
    })
}

fn read(cursor: &mut Cursor<'_>, parent: Option<u32>) -> Result<(String, Mark), Problem> {
    let folds = cursor.is(b'>');
    let Header { chomping, indented } = header(cursor)?;
    let mut text = String::new();
    let mut first_break = None;
    let mut more_breaks = String::new();
    let mut end;
    let indent = match indented {
        Some(further) => {
            let indent = parent.unwrap_or(0) + further;
            end = breaks(cursor, indent, &mut more_breaks)?.end;
            indent
        }
        None => {
            let lines = breaks(cursor, u32::MAX, &mut more_breaks)?;
            end = lines.end;
            lines.widest.max(parent.map_or(1, |it| it + 1))
        }
    };
    let mut was_blank = false;
    while cursor.mark.column == indent && !cursor.is_end() {
        let is_blank = cursor.is_blank();
        match first_break.take() {
            Some('\n') if folds && !was_blank && !is_blank => {
                if more_breaks.is_empty() {
                    text.push(' ');
                }
            }
            other => text.extend(other),
        }
        text.push_str(&more_breaks);
        more_breaks.clear();
        was_blank = is_blank;
        let line = cursor.mark;
        cursor.skip_while(|it| !it.is_break());
        text.push_str(cursor.since(line));
        first_break = cursor.skip_break();
        end = breaks(cursor, indent, &mut more_breaks)?.end;
    }
    if chomping != Chomping::Strip {
        text.extend(first_break);
    }
    if chomping == Chomping::Keep {
        text.push_str(&more_breaks);
    }
    Ok((text, end))
}

fn header(cursor: &mut Cursor<'_>) -> Result<Header, Problem> {
    cursor.skip();
    let mut chomping = read_chomping(cursor);
    let indented = read_indentation(cursor)?;
    if chomping.is_none() && indented.is_some() {
        chomping = read_chomping(cursor);
    }
    cursor.skip_blanks();
    cursor.skip_comment();
    if !cursor.is_break_or_end() {
        return Err(Problem::new("did not find expected comment or line break", cursor.mark));
    }
    cursor.skip_break();
    Ok(Header { chomping: chomping.unwrap_or(Chomping::Clip), indented })
}

fn read_chomping(cursor: &mut Cursor<'_>) -> Option<Chomping> {
    let chomping = match cursor.byte(0) {
        b'+' => Chomping::Keep,
        b'-' => Chomping::Strip,
        _ => return None,
    };
    cursor.skip();
    Some(chomping)
}

fn read_indentation(cursor: &mut Cursor<'_>) -> Result<Option<u32>, Problem> {
    let digit = cursor.byte(0);
    if digit == b'0' {
        return Err(Problem::new("found an indentation indicator equal to 0", cursor.mark));
    }
    if !digit.is_ascii_digit() {
        return Ok(None);
    }
    cursor.skip();
    Ok(Some(u32::from(digit - b'0')))
}

/// Lines with nothing but space.
struct Empty {
    end: Mark,
    /// How far the furthest of them is indented, or the line behind them.
    widest: u32,
}

fn breaks(cursor: &mut Cursor<'_>, indent: u32, breaks: &mut String) -> Result<Empty, Problem> {
    let mut lines = Empty { end: cursor.mark, widest: 0 };
    loop {
        cursor.skip_while(|it| it.mark.column < indent && it.is(b' '));
        lines.widest = lines.widest.max(cursor.mark.column);
        if cursor.mark.column < indent && cursor.is(b'\t') {
            let problem = "found a tab character where an indentation space is expected";
            return Err(Problem::new(problem, cursor.mark));
        }
        let Some(line_break) = cursor.skip_break() else { return Ok(lines) };
        breaks.push(line_break);
        lines.end = cursor.mark;
    }
}
