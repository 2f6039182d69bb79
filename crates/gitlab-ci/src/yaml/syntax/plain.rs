use alloc::borrow::Cow;
use alloc::string::String;

use super::cursor::Cursor;
use super::event::Style;
use super::fold::Gap;
use super::problem::Problem;
use super::token::{Kind, Token};

const CONTEXT: &str = "while scanning a plain scalar";

/// Where a scalar stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Surroundings {
    /// Between brackets.
    Flow,
    /// Lines after the first have to be indented so far.
    Block(u32),
}

/// What comes behind a scalar.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Behind {
    SameLine,
    NewLine,
}

/// A scalar without quotes.
pub(super) fn plain<'a>(
    cursor: &mut Cursor<'a>,
    place: Surroundings,
) -> Result<(Token<'a>, Behind), Problem> {
    let indent = match place {
        Surroundings::Flow => 0,
        Surroundings::Block(indent) => indent,
    };
    let start = cursor.mark;
    let mut text = String::new();
    let (mut piece_start, mut piece_end) = (start, start);
    let mut gap = Gap::none();
    while !cursor.is_document_indicator() && !cursor.is(b'#') {
        let here = cursor.mark;
        read_piece(cursor, place).map_err(|it| it.during(CONTEXT, start))?;
        if cursor.mark > here {
            if gap.is_broken() {
                text.push_str(cursor.between(piece_start, piece_end));
                gap.write(&mut text);
                piece_start = here;
            }
            piece_end = cursor.mark;
            gap = Gap::none();
        }
        if !cursor.is_blank() && !cursor.is_break() {
            break;
        }
        gap.read(cursor, |column| column < indent).map_err(|it| it.during(CONTEXT, start))?;
        if place != Surroundings::Flow && cursor.mark.column < indent {
            break;
        }
    }
    let last = cursor.between(piece_start, piece_end);
    let text = if piece_start == start { Cow::Borrowed(last) } else { Cow::Owned(text + last) };
    let behind = if gap.is_broken() { Behind::NewLine } else { Behind::SameLine };
    Ok((Token { kind: Kind::Scalar(text, Style::Plain), start, end: piece_end }, behind))
}

fn read_piece(cursor: &mut Cursor<'_>, place: Surroundings) -> Result<(), Problem> {
    let in_flow = place == Surroundings::Flow;
    while !cursor.is_space(0) {
        match (cursor.byte(0), cursor.byte(1)) {
            (b':', b',' | b'?' | b'[' | b']' | b'{' | b'}') if in_flow => {
                return Err(Problem::new("found unexpected ':'", cursor.mark));
            }
            (b':', _) if cursor.is_space(1) => break,
            (b',' | b'[' | b']' | b'{' | b'}', _) if in_flow => break,
            _ => cursor.skip(),
        }
    }
    Ok(())
}
