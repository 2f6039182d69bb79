use alloc::format;

use super::build::Builder;
use super::node::{Linked, Node, Value};
use super::place::FileId;
use super::syntax::{Event, Mark, Parser, Problem};
use crate::invalid::Invalid;

/// No file of a configuration may be larger.
pub const MAX_BYTES: usize = 1024 * 1024;

/// Reads one document, which starts behind `lines_before` lines of its file. Nothing but space is `null`.
///
/// # Errors
/// Where Psych would refuse the text.
pub fn parse(text: &str, file: FileId, lines_before: u32) -> Result<Linked, Invalid> {
    let mut builder = Builder::new(file, lines_before);
    let start = builder.place(Mark::default());
    if text.len() > MAX_BYTES {
        return Err(Invalid::at(start, format!("the file has more than {MAX_BYTES} bytes")));
    }
    if let Some(mark) = control_character(text) {
        return Err(Invalid::at(builder.place(mark), "control characters are not allowed"));
    }
    let mut parser = Parser::new(text);
    let end = end(text);
    let inside = |mark: Mark| if mark.index < text.len() { mark } else { end };
    while let Some(event) = parser.event().map_err(|problem| refusal(problem, &builder, inside))? {
        builder.add(Event { mark: inside(event.mark), ..event })?;
    }
    Ok(builder.root().unwrap_or_else(|| Linked::here(Node { value: Value::Null, place: start })))
}

/// Behind the last character, on the last line that there is.
fn end(text: &str) -> Mark {
    let lines = text.trim_end_matches(['\n', '\r']);
    let last = lines.rsplit('\n').next().unwrap_or_default();
    let count = |it: usize| u32::try_from(it).unwrap_or(u32::MAX);
    Mark { index: text.len(), line: count(lines.matches('\n').count()), column: count(last.chars().count()) }
}

fn refusal(
    Problem { what, mark, during }: Problem,
    builder: &Builder<'_>,
    inside: impl Fn(Mark) -> Mark,
) -> Invalid {
    let mark = inside(mark);
    match during {
        None => Invalid::at(builder.place(mark), what),
        Some((context, start)) => {
            let message = format!("{what} {context}");
            Invalid::at(builder.place(mark), message).note(context, Some(builder.place(start)))
        }
    }
}

fn control_character(text: &str) -> Option<Mark> {
    let is_allowed = |it: char| matches!(it, '\t' | '\n' | '\r' | ' '..='~' | '\u{85}' | '\u{A0}'..='\u{FFFD}' | '\u{10000}'..);
    let index = text.find(|it| !is_allowed(it))?;
    let before = text.get(..index)?;
    let line_start = before.rfind('\n').map_or(0, |it| it + 1);
    let count = |it: usize| u32::try_from(it).unwrap_or(u32::MAX);
    Some(Mark {
        index,
        line: count(before.matches('\n').count()),
        column: count(before.get(line_start..)?.chars().count()),
    })
}
