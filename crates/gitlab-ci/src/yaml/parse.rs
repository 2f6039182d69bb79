use alloc::format;
use alloc::string::String;

use saphyr_parser::{Event as Parsed, Marker, Parser, ScalarStyle, ScanError, Tag};

use super::build::Builder;
use super::event::{Event, Mark, Properties, Style, What};
use super::node::{Linked, Node, Value};
use super::place::FileId;
use crate::invalid::Invalid;

/// No file of a configuration may be larger.
pub const MAX_BYTES: usize = 1024 * 1024;

const UNKNOWN_ANCHOR: &str = "while parsing node, found unknown anchor";

/// Reads one document, which starts behind `lines_before` lines of its file. Nothing but space is `null`.
///
/// # Errors
/// Where Psych would refuse the text.
pub fn parse(text: &str, file: FileId, lines_before: u32) -> Result<Linked, Invalid> {
    let mut builder = Builder::new(text, file, lines_before);
    let start = builder.place(Mark::default());
    if text.len() > MAX_BYTES {
        return Err(Invalid::at(start, format!("the file has more than {MAX_BYTES} bytes")));
    }
    if let Some(mark) = control_character(text) {
        return Err(Invalid::at(builder.place(mark), "control characters are not allowed"));
    }
    let unfinished_end = (!text.ends_with(['\n', '\r'])).then(|| text.chars().count());
    for parsed in Parser::new_from_str(text) {
        let (parsed, span) = parsed.map_err(|it| refusal(&it, &builder))?;
        let what = match parsed {
            Parsed::Scalar(mut text, style, anchor, tag) => {
                // Where the text ends without a line break, so does a block for Psych.
                let is_block = matches!(style, ScalarStyle::Literal | ScalarStyle::Folded);
                if is_block && unfinished_end == Some(span.end.index()) && text.ends_with('\n') {
                    text.to_mut().pop();
                }
                What::Scalar(text, written(style), properties(anchor, tag.as_deref()))
            }
            Parsed::Alias(anchor) => What::Alias(anchor),
            Parsed::SequenceStart(anchor, tag) => What::SequenceStart(properties(anchor, tag.as_deref())),
            Parsed::MappingStart(anchor, tag) => What::MappingStart(properties(anchor, tag.as_deref())),
            Parsed::SequenceEnd | Parsed::MappingEnd => What::End,
            // Psych looks at the first document alone.
            Parsed::DocumentEnd => break,
            Parsed::Nothing | Parsed::StreamStart | Parsed::StreamEnd | Parsed::DocumentStart(_) => continue,
        };
        builder.add(Event { what, mark: mark(span.start) })?;
    }
    Ok(builder.root().unwrap_or_else(|| Linked::here(Node { value: Value::Null, place: start })))
}

fn properties(anchor: usize, tag: Option<&Tag>) -> Properties {
    let tag = tag.map(|it| String::from(&*it.handle) + &it.suffix);
    Properties { anchor: Some(anchor).filter(|it| *it > 0), tag }
}

fn written(style: ScalarStyle) -> Style {
    match style {
        ScalarStyle::Plain => Style::Plain,
        ScalarStyle::SingleQuoted
        | ScalarStyle::DoubleQuoted
        | ScalarStyle::Literal
        | ScalarStyle::Folded => Style::Quoted,
    }
}

fn mark(marker: Marker) -> Mark {
    let [line, column] = [marker.line().saturating_sub(1), marker.col()].map(number);
    Mark { index: marker.index(), line, column }
}

fn number(number: usize) -> u32 {
    u32::try_from(number).unwrap_or(u32::MAX)
}

fn refusal(error: &ScanError, builder: &Builder<'_>) -> Invalid {
    let mark = mark(*error.marker());
    match error.info() {
        UNKNOWN_ANCHOR => builder.unknown_alias(mark),
        what => Invalid::at(builder.place(mark), what),
    }
}

/// The first character that libyaml takes in no text.
fn control_character(text: &str) -> Option<Mark> {
    let is_allowed = |it: char| matches!(it, '\t' | '\n' | '\r' | ' '..='~' | '\u{85}' | '\u{A0}'..='\u{FFFD}' | '\u{10000}'..);
    let before = text.get(..text.find(|it| !is_allowed(it))?)?;
    let line = before.rsplit('\n').next()?;
    Some(Mark {
        index: before.chars().count(),
        line: number(before.matches('\n').count()),
        column: number(line.chars().count()),
    })
}
