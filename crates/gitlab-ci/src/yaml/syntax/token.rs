use alloc::borrow::Cow;

use super::event::{Mark, Style};

#[derive(Clone, Debug)]
pub(super) struct Token<'a> {
    pub(super) kind: Kind<'a>,
    pub(super) start: Mark,
    pub(super) end: Mark,
}

#[derive(Clone, Debug)]
pub(super) enum Kind<'a> {
    /// `%YAML 1.1`
    Version(u32, u32),
    /// `%TAG !handle! prefix`
    TagDirective(&'a str, Cow<'a, str>),
    DocumentStart,
    DocumentEnd,
    BlockSequenceStart,
    BlockMappingStart,
    BlockEnd,
    FlowSequenceStart,
    FlowSequenceEnd,
    FlowMappingStart,
    FlowMappingEnd,
    BlockEntry,
    FlowEntry,
    Key,
    Value,
    Alias(&'a str),
    Anchor(&'a str),
    /// With its handle, which is empty where the tag is complete.
    Tag(&'a str, Cow<'a, str>),
    Scalar(Cow<'a, str>, Style),
    StreamEnd,
}
