use super::event::{Event, Mark, Properties, What};
use super::parser::{Next, Parser, nothing};
use super::problem::Problem;
use super::token::Kind;

impl<'a> Parser<'a> {
    pub(super) fn block_sequence_entry(&mut self) -> Result<Event<'a>, Problem> {
        let token = self.scanner.peek()?;
        match token.kind {
            Kind::BlockEntry => {
                self.entry(Next::BlockSequenceEntry, |it| matches!(it, Kind::BlockEntry | Kind::BlockEnd))
            }
            Kind::BlockEnd => self.close(),
            _ => {
                let found = token.start;
                Err(self.missing(
                    "did not find expected '-' indicator",
                    found,
                    "while parsing a block collection",
                ))
            }
        }
    }

    pub(super) fn indentless_sequence_entry(&mut self) -> Result<Event<'a>, Problem> {
        let token = self.scanner.peek()?;
        if matches!(token.kind, Kind::BlockEntry) {
            return self.entry(Next::IndentlessSequenceEntry, |it| {
                matches!(it, Kind::BlockEntry | Kind::Key | Kind::Value | Kind::BlockEnd)
            });
        }
        let mark = token.start;
        self.leave();
        Ok(Event { what: What::End, mark })
    }

    fn entry(&mut self, next: Next, is_empty: impl Fn(&Kind<'_>) -> bool) -> Result<Event<'a>, Problem> {
        let end = self.scanner.take()?.end;
        if is_empty(&self.scanner.peek()?.kind) {
            self.next = next;
            return Ok(nothing(end));
        }
        self.later.push(next);
        self.block_node()
    }

    pub(super) fn block_mapping_key(&mut self) -> Result<Event<'a>, Problem> {
        let token = self.scanner.peek()?;
        match token.kind {
            Kind::Key => self.block_mapping_part(Next::BlockMappingValue),
            Kind::BlockEnd => self.close(),
            _ => {
                let found = token.start;
                Err(self.missing("did not find expected key", found, "while parsing a block mapping"))
            }
        }
    }

    pub(super) fn block_mapping_value(&mut self) -> Result<Event<'a>, Problem> {
        let token = self.scanner.peek()?;
        if matches!(token.kind, Kind::Value) {
            return self.block_mapping_part(Next::BlockMappingKey);
        }
        let mark = token.start;
        self.next = Next::BlockMappingKey;
        Ok(nothing(mark))
    }

    fn block_mapping_part(&mut self, next: Next) -> Result<Event<'a>, Problem> {
        let end = self.scanner.take()?.end;
        if matches!(self.scanner.peek()?.kind, Kind::Key | Kind::Value | Kind::BlockEnd) {
            self.next = next;
            return Ok(nothing(end));
        }
        self.later.push(next);
        self.block_node_or_indentless_sequence()
    }

    pub(super) fn flow_sequence_first_entry(&mut self) -> Result<Event<'a>, Problem> {
        self.open(Next::FlowSequenceEntry)?;
        self.flow_sequence_item()
    }

    pub(super) fn flow_sequence_entry(&mut self) -> Result<Event<'a>, Problem> {
        let token = self.scanner.peek()?;
        match token.kind {
            Kind::FlowSequenceEnd => self.close(),
            Kind::FlowEntry => {
                self.scanner.take()?;
                self.flow_sequence_item()
            }
            _ => {
                let found = token.start;
                Err(self.missing("did not find expected ',' or ']'", found, "while parsing a flow sequence"))
            }
        }
    }

    fn flow_sequence_item(&mut self) -> Result<Event<'a>, Problem> {
        let token = self.scanner.peek()?;
        match token.kind {
            Kind::FlowSequenceEnd => self.close(),
            Kind::Key => {
                let mark = self.scanner.take()?.start;
                self.next = Next::FlowPairKey;
                Ok(Event { what: What::MappingStart(Properties::default()), mark })
            }
            _ => self.flow_node_then(Next::FlowSequenceEntry),
        }
    }

    pub(super) fn flow_pair_key(&mut self) -> Result<Event<'a>, Problem> {
        let token = self.scanner.peek()?;
        if matches!(token.kind, Kind::Value | Kind::FlowEntry | Kind::FlowSequenceEnd) {
            // libyaml takes the token away here, be it a `:`, a `,` or a `]`.
            let end = self.scanner.take()?.end;
            self.next = Next::FlowPairValue;
            return Ok(nothing(end));
        }
        self.flow_node_then(Next::FlowPairValue)
    }

    pub(super) fn flow_pair_value(&mut self) -> Result<Event<'a>, Problem> {
        if matches!(self.scanner.peek()?.kind, Kind::Value) {
            self.scanner.take()?;
            if !matches!(self.scanner.peek()?.kind, Kind::FlowEntry | Kind::FlowSequenceEnd) {
                return self.flow_node_then(Next::FlowPairEnd);
            }
        }
        self.next = Next::FlowPairEnd;
        Ok(nothing(self.scanner.peek()?.start))
    }

    pub(super) fn flow_pair_end(&mut self) -> Result<Event<'a>, Problem> {
        self.next = Next::FlowSequenceEntry;
        Ok(Event { what: What::End, mark: self.scanner.peek()?.start })
    }

    pub(super) fn flow_mapping_first_key(&mut self) -> Result<Event<'a>, Problem> {
        self.open(Next::FlowMappingKey)?;
        self.flow_mapping_item()
    }

    pub(super) fn flow_mapping_key(&mut self) -> Result<Event<'a>, Problem> {
        let token = self.scanner.peek()?;
        match token.kind {
            Kind::FlowMappingEnd => self.close(),
            Kind::FlowEntry => {
                self.scanner.take()?;
                self.flow_mapping_item()
            }
            _ => {
                let found = token.start;
                Err(self.missing("did not find expected ',' or '}'", found, "while parsing a flow mapping"))
            }
        }
    }

    fn flow_mapping_item(&mut self) -> Result<Event<'a>, Problem> {
        match self.scanner.peek()?.kind {
            Kind::FlowMappingEnd => self.close(),
            Kind::Key => {
                self.scanner.take()?;
                self.flow_mapping_part(Next::FlowMappingValue, |it| {
                    matches!(it, Kind::Value | Kind::FlowEntry | Kind::FlowMappingEnd)
                })
            }
            _ => self.flow_node_then(Next::FlowMappingNoValue),
        }
    }

    pub(super) fn flow_mapping_value(&mut self) -> Result<Event<'a>, Problem> {
        if !matches!(self.scanner.peek()?.kind, Kind::Value) {
            return self.flow_mapping_no_value();
        }
        self.scanner.take()?;
        self.flow_mapping_part(Next::FlowMappingKey, |it| {
            matches!(it, Kind::FlowEntry | Kind::FlowMappingEnd)
        })
    }

    pub(super) fn flow_mapping_no_value(&mut self) -> Result<Event<'a>, Problem> {
        self.next = Next::FlowMappingKey;
        Ok(nothing(self.scanner.peek()?.start))
    }

    fn flow_mapping_part(
        &mut self,
        next: Next,
        is_empty: impl Fn(&Kind<'_>) -> bool,
    ) -> Result<Event<'a>, Problem> {
        let token = self.scanner.peek()?;
        if is_empty(&token.kind) {
            let mark = token.start;
            self.next = next;
            return Ok(nothing(mark));
        }
        self.flow_node_then(next)
    }

    fn flow_node_then(&mut self, next: Next) -> Result<Event<'a>, Problem> {
        self.later.push(next);
        self.flow_node()
    }

    fn close(&mut self) -> Result<Event<'a>, Problem> {
        let mark = self.scanner.take()?.start;
        self.starts.pop();
        self.leave();
        Ok(Event { what: What::End, mark })
    }

    fn missing(&self, what: &'static str, found: Mark, context: &'static str) -> Problem {
        Problem::new(what, found).during(context, self.starts.last().copied().unwrap_or_default())
    }
}
