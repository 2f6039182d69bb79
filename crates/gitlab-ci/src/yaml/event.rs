use alloc::borrow::Cow;
use alloc::string::String;

/// What a text says next.
pub(super) struct Event<'a> {
    pub(super) what: What<'a>,
    /// Its first character.
    pub(super) mark: Mark,
}

pub(super) enum What<'a> {
    Scalar(Cow<'a, str>, Style, Properties),
    Alias(usize),
    SequenceStart(Properties),
    MappingStart(Properties),
    /// Of a sequence or a mapping.
    End,
}

/// What may stand before a value.
#[derive(Default)]
pub(super) struct Properties {
    /// `&name`, by its number: a name that is given again gets another.
    pub(super) anchor: Option<usize>,
    /// `!tag`, with its handle resolved.
    pub(super) tag: Option<String>,
}

#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Style {
    Plain,
    /// In quotes, or a block.
    Quoted,
}

/// A character of a text.
#[derive(Clone, Copy, Default)]
pub(super) struct Mark {
    /// In characters.
    pub(super) index: usize,
    /// Counted from 0.
    pub(super) line: u32,
    /// In characters, counted from 0.
    pub(super) column: u32,
}
