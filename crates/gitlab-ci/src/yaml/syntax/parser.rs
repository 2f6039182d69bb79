use alloc::borrow::Cow;
use alloc::collections::BTreeMap;
use alloc::vec::Vec;

use super::event::{Event, Mark, Properties, Style, What};
use super::problem::Problem;
use super::scanner::Scanner;
use super::token::Kind;

/// Makes events of tokens, without recursion: what is open waits on a stack.
pub(in crate::yaml) struct Parser<'a> {
    pub(super) scanner: Scanner<'a>,
    pub(super) next: Next,
    /// Where to go on once what is open ends.
    pub(super) later: Vec<Next>,
    /// Where what is open started.
    pub(super) starts: Vec<Mark>,
    /// The handles of tags and what they stand for.
    pub(super) handles: BTreeMap<&'a str, Cow<'a, str>>,
}

/// What is expected next.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Next {
    DocumentStart,
    DocumentContent,
    BlockNode,
    BlockSequenceEntry,
    /// An entry of a sequence that is not indented further than the key it belongs to.
    IndentlessSequenceEntry,
    BlockMappingKey,
    BlockMappingValue,
    FlowSequenceFirstEntry,
    FlowSequenceEntry,
    /// A mapping of one key without braces.
    FlowPairKey,
    FlowPairValue,
    FlowPairEnd,
    FlowMappingFirstKey,
    FlowMappingKey,
    FlowMappingValue,
    FlowMappingNoValue,
    End,
}

impl<'a> Parser<'a> {
    pub(in crate::yaml) fn new(text: &'a str) -> Self {
        let handles = [("!", "!"), ("!!", "tag:yaml.org,2002:")];
        let handles = handles.map(|(handle, prefix)| (handle, Cow::Borrowed(prefix))).into();
        let scanner = Scanner::new(text);
        Self { scanner, next: Next::DocumentStart, later: Vec::new(), starts: Vec::new(), handles }
    }

    /// The next event of the first document, `None` at its end.
    pub(in crate::yaml) fn event(&mut self) -> Result<Option<Event<'a>>, Problem> {
        if self.next == Next::DocumentStart {
            self.document_start()?;
        }
        match self.next {
            Next::DocumentStart | Next::End => {
                self.scanner.peek()?;
                return Ok(None);
            }
            Next::DocumentContent => self.document_content(),
            Next::BlockNode => self.block_node(),
            Next::BlockSequenceEntry => self.block_sequence_entry(),
            Next::IndentlessSequenceEntry => self.indentless_sequence_entry(),
            Next::BlockMappingKey => self.block_mapping_key(),
            Next::BlockMappingValue => self.block_mapping_value(),
            Next::FlowSequenceFirstEntry => self.flow_sequence_first_entry(),
            Next::FlowSequenceEntry => self.flow_sequence_entry(),
            Next::FlowPairKey => self.flow_pair_key(),
            Next::FlowPairValue => self.flow_pair_value(),
            Next::FlowPairEnd => self.flow_pair_end(),
            Next::FlowMappingFirstKey => self.flow_mapping_first_key(),
            Next::FlowMappingKey => self.flow_mapping_key(),
            Next::FlowMappingValue => self.flow_mapping_value(),
            Next::FlowMappingNoValue => self.flow_mapping_no_value(),
        }
        .map(Some)
    }

    fn document_start(&mut self) -> Result<(), Problem> {
        if !matches!(
            self.scanner.peek()?.kind,
            Kind::Version(..) | Kind::TagDirective(..) | Kind::DocumentStart | Kind::StreamEnd
        ) {
            self.next = Next::BlockNode;
            return Ok(());
        }
        if matches!(self.scanner.peek()?.kind, Kind::StreamEnd) {
            self.next = Next::End;
            return Ok(());
        }
        self.directives()?;
        let token = self.scanner.take()?;
        if !matches!(token.kind, Kind::DocumentStart) {
            return Err(Problem::new("did not find expected <document start>", token.start));
        }
        self.next = Next::DocumentContent;
        Ok(())
    }

    fn directives(&mut self) -> Result<(), Problem> {
        let mut version_seen = false;
        let mut own = BTreeMap::new();
        loop {
            let mark = self.scanner.peek()?.start;
            match &self.scanner.peek()?.kind {
                Kind::Version(..) if version_seen => {
                    return Err(Problem::new("found duplicate %YAML directive", mark));
                }
                Kind::Version(1, 1 | 2) => version_seen = true,
                Kind::Version(..) => return Err(Problem::new("found incompatible YAML document", mark)),
                Kind::TagDirective(handle, prefix) => {
                    if own.insert(*handle, prefix.clone()).is_some() {
                        return Err(Problem::new("found duplicate %TAG directive", mark));
                    }
                }
                _ => break,
            }
            self.scanner.take()?;
        }
        self.handles.append(&mut own);
        Ok(())
    }

    fn document_content(&mut self) -> Result<Event<'a>, Problem> {
        let token = self.scanner.peek()?;
        if matches!(
            token.kind,
            Kind::Version(..)
                | Kind::TagDirective(..)
                | Kind::DocumentStart
                | Kind::DocumentEnd
                | Kind::StreamEnd
        ) {
            let mark = token.start;
            self.leave();
            return Ok(nothing(mark));
        }
        self.block_node()
    }

    /// What was open has ended, or a value is complete.
    pub(super) fn leave(&mut self) {
        self.next = self.later.pop().unwrap_or(Next::End);
    }
}

/// A value that is not written at all.
pub(super) fn nothing<'a>(mark: Mark) -> Event<'a> {
    let what = What::Scalar(Cow::Borrowed(""), Style::Plain, Properties::default());
    Event { what, mark }
}
