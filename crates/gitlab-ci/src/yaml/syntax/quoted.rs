use alloc::borrow::Cow;
use alloc::string::String;

use super::cursor::Cursor;
use super::escape::escape;
use super::event::Style;
use super::fold::Gap;
use super::problem::Problem;
use super::token::{Kind, Token};

const CONTEXT: &str = "while scanning a quoted scalar";

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Quote {
    Single,
    Double,
}

/// A scalar in quotes.
pub(super) fn quoted<'a>(cursor: &mut Cursor<'a>, quote: Quote) -> Result<Token<'a>, Problem> {
    let mark = match quote {
        Quote::Single => b'\'',
        Quote::Double => b'"',
    };
    let start = cursor.mark;
    let mut text = String::new();
    cursor.skip();
    loop {
        if cursor.is_document_indicator() {
            return Err(
                Problem::new("found unexpected document indicator", cursor.mark).during(CONTEXT, start)
            );
        }
        if cursor.is_end() {
            return Err(Problem::new("found unexpected end of stream", cursor.mark).during(CONTEXT, start));
        }
        let mut gap = Gap::none();
        while !cursor.is_space(0) {
            let here = cursor.mark;
            cursor
                .skip_while(|it| !(it.is_space(0) || it.is(mark) || it.is(b'\\') && quote == Quote::Double));
            text.push_str(cursor.since(here));
            if cursor.is(b'\\') && quote == Quote::Double {
                if cursor.is_escaped_break() {
                    cursor.skip();
                    cursor.skip_break();
                    gap = Gap::escaped();
                    break;
                }
                text.push(escape(cursor).map_err(|it| it.during("while parsing a quoted scalar", start))?);
            } else if quote == Quote::Single && cursor.is(mark) && cursor.byte(1) == mark {
                text.push('\'');
                cursor.skip();
                cursor.skip();
            } else if cursor.is(mark) {
                break;
            }
        }
        if cursor.is(mark) {
            break;
        }
        gap.read(cursor, |_| false)?;
        gap.write(&mut text);
    }
    cursor.skip();
    Ok(Token { kind: Kind::Scalar(Cow::Owned(text), Style::Quoted), start, end: cursor.mark })
}
