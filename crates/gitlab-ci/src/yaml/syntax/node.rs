use alloc::borrow::Cow;

use super::event::{Event, Mark, Properties, Style, What};
use super::parser::{Next, Parser};
use super::problem::Problem;
use super::token::Kind;

/// Which values may stand somewhere.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Allowed {
    Flow,
    Block,
    /// Also a sequence that is not indented.
    BlockOrIndentless,
}

impl<'a> Parser<'a> {
    pub(super) fn block_node(&mut self) -> Result<Event<'a>, Problem> {
        self.node(Allowed::Block)
    }

    pub(super) fn block_node_or_indentless_sequence(&mut self) -> Result<Event<'a>, Problem> {
        self.node(Allowed::BlockOrIndentless)
    }

    pub(super) fn flow_node(&mut self) -> Result<Event<'a>, Problem> {
        self.node(Allowed::Flow)
    }

    fn node(&mut self, allowed: Allowed) -> Result<Event<'a>, Problem> {
        let token = self.scanner.peek()?;
        let mark = token.start;
        if let Kind::Alias(name) = token.kind {
            self.scanner.take()?;
            self.leave();
            return Ok(Event { what: What::Alias(name), mark });
        }
        let properties = self.properties(mark)?;
        let token = self.scanner.peek()?;
        let found = token.start;
        let what = match token.kind {
            Kind::BlockEntry if allowed == Allowed::BlockOrIndentless => {
                self.next = Next::IndentlessSequenceEntry;
                What::SequenceStart(properties)
            }
            Kind::Scalar(..) => self.scalar(properties)?,
            Kind::FlowSequenceStart => {
                self.next = Next::FlowSequenceFirstEntry;
                What::SequenceStart(properties)
            }
            Kind::FlowMappingStart => {
                self.next = Next::FlowMappingFirstKey;
                What::MappingStart(properties)
            }
            Kind::BlockSequenceStart if allowed != Allowed::Flow => {
                self.open(Next::BlockSequenceEntry)?;
                What::SequenceStart(properties)
            }
            Kind::BlockMappingStart if allowed != Allowed::Flow => {
                self.open(Next::BlockMappingKey)?;
                What::MappingStart(properties)
            }
            _ if properties != Properties::default() => {
                self.leave();
                What::Scalar(Cow::Borrowed(""), Style::Plain, properties)
            }
            _ => {
                let context = match allowed {
                    Allowed::Flow => "while parsing a flow node",
                    Allowed::Block | Allowed::BlockOrIndentless => "while parsing a block node",
                };
                return Err(Problem::new("did not find expected node content", found).during(context, mark));
            }
        };
        Ok(Event { what, mark })
    }

    fn scalar(&mut self, properties: Properties<'a>) -> Result<What<'a>, Problem> {
        let token = self.scanner.take()?;
        self.leave();
        match token.kind {
            Kind::Scalar(text, style) => Ok(What::Scalar(text, style, properties)),
            _ => Err(Problem::new("did not find expected node content", token.start)),
        }
    }

    /// Takes the token that opens something, and keeps its place.
    pub(super) fn open(&mut self, next: Next) -> Result<(), Problem> {
        let start = self.scanner.take()?.start;
        self.starts.push(start);
        self.next = next;
        Ok(())
    }

    /// An anchor and a tag, in either order.
    fn properties(&mut self, start: Mark) -> Result<Properties<'a>, Problem> {
        let mut properties = Properties::default();
        loop {
            match &self.scanner.peek()?.kind {
                Kind::Anchor(name) if properties.anchor.is_none() => {
                    properties.anchor = Some(name);
                    self.scanner.take()?;
                }
                Kind::Tag(..) if properties.tag.is_none() => properties.tag = Some(self.tag(start)?),
                _ => return Ok(properties),
            }
        }
    }

    fn tag(&mut self, start: Mark) -> Result<Cow<'a, str>, Problem> {
        let token = self.scanner.take()?;
        let Kind::Tag(handle, name) = token.kind else {
            return Err(Problem::new("did not find expected node content", token.start));
        };
        if handle.is_empty() {
            return Ok(name);
        }
        match self.handles.get(handle) {
            Some(prefix) => Ok(prefix.clone() + name),
            None => {
                Err(Problem::new("found undefined tag handle", token.start)
                    .during("while parsing a node", start))
            }
        }
    }
}
