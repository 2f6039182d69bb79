use alloc::borrow::Cow;

/// What a text says next.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(in crate::yaml) struct Event<'a> {
    pub(in crate::yaml) what: What<'a>,
    /// Its first character.
    pub(in crate::yaml) mark: Mark,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub(in crate::yaml) enum What<'a> {
    Scalar(Cow<'a, str>, Style, Properties<'a>),
    Alias(&'a str),
    SequenceStart(Properties<'a>),
    MappingStart(Properties<'a>),
    /// Of a sequence or a mapping.
    End,
}

/// What may stand before a value.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(in crate::yaml) struct Properties<'a> {
    /// `&name`
    pub(in crate::yaml) anchor: Option<&'a str>,
    /// `!tag`, with its handle resolved.
    pub(in crate::yaml) tag: Option<Cow<'a, str>>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::yaml) enum Style {
    Plain,
    /// In quotes, or a block.
    Quoted,
}

/// A character of a text.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub(in crate::yaml) struct Mark {
    /// In bytes.
    pub(in crate::yaml) index: usize,
    /// Counted from 0.
    pub(in crate::yaml) line: u32,
    /// In characters, counted from 0.
    pub(in crate::yaml) column: u32,
}
