use alloc::vec::Vec;

use super::block::block;
use super::cursor::Cursor;
use super::directive::directive;
use super::event::Mark;
use super::lookahead::Lookahead;
use super::plain::{Behind, Surroundings, plain};
use super::problem::Problem;
use super::property::{anchor, tag};
use super::quoted::{Quote, quoted};
use super::token::{Kind, Token};

/// Makes tokens of a text, among them those that indentation stands for.
pub(super) struct Scanner<'a> {
    cursor: Cursor<'a>,
    ahead: Lookahead<'a>,
    /// How far the blocks are indented in which the cursor stands, the outermost first.
    indents: Vec<u32>,
    /// May a key start here?
    key_allowed: bool,
}

impl<'a> Scanner<'a> {
    pub(super) fn new(text: &'a str) -> Self {
        Self { cursor: Cursor::new(text), ahead: Lookahead::new(), indents: Vec::new(), key_allowed: true }
    }

    /// The next token, which stays the next.
    pub(super) fn peek(&mut self) -> Result<&Token<'a>, Problem> {
        while !self.ahead.is_decided(self.cursor.mark)? {
            self.read()?;
        }
        self.ahead.first().ok_or_else(|| Problem::new("found unexpected end of stream", self.cursor.mark))
    }

    /// The next token.
    pub(super) fn take(&mut self) -> Result<Token<'a>, Problem> {
        self.peek()?;
        let end = self.cursor.mark;
        self.ahead.take().ok_or_else(|| Problem::new("found unexpected end of stream", end))
    }

    fn read(&mut self) -> Result<(), Problem> {
        self.skip_space();
        self.ahead.forget_old_keys(self.cursor.mark)?;
        self.close_blocks(Some(self.cursor.mark.column));
        let in_brackets = self.ahead.is_in_brackets();
        let cursor = &self.cursor;
        match cursor.byte(0) {
            0 => self.end(),
            b'%' if cursor.mark.column == 0 => self.directive(),
            b'-' if cursor.is_document_indicator() => self.document(Kind::DocumentStart),
            b'.' if cursor.is_document_indicator() => self.document(Kind::DocumentEnd),
            b'[' => self.open_bracket(Kind::FlowSequenceStart),
            b'{' => self.open_bracket(Kind::FlowMappingStart),
            b']' => self.close_bracket(Kind::FlowSequenceEnd),
            b'}' => self.close_bracket(Kind::FlowMappingEnd),
            b',' => self.comma(),
            b'-' if cursor.is_space(1) => self.dash(),
            b'?' if in_brackets || cursor.is_space(1) => self.question_mark(),
            b':' if in_brackets || cursor.is_space(1) => self.colon(),
            b'*' | b'&' => self.content(anchor),
            b'!' => self.content(|cursor| tag(cursor, |it| it.is_space(0) || in_brackets && it.is(b','))),
            b'|' | b'>' if !in_brackets => self.block(),
            b'\'' => self.content(|cursor| quoted(cursor, Quote::Single)),
            b'"' => self.content(|cursor| quoted(cursor, Quote::Double)),
            b'|' | b'>' | b'%' | b'@' | b'`' | b'\t' => {
                Err(Problem::new("found character that cannot start any token", cursor.mark)
                    .during("while scanning for the next token", cursor.mark))
            }
            _ => self.plain(),
        }
    }

    fn skip_space(&mut self) {
        loop {
            // Psych counts the byte order mark as a column, so what follows on its line is indented by one.
            if self.cursor.mark.column == 0 && self.cursor.rest().starts_with('\u{FEFF}') {
                self.cursor.skip();
            }
            // A tab where a key may start would be indentation.
            let skips_tabs = self.ahead.is_in_brackets() || !self.key_allowed;
            self.cursor.skip_while(|it| it.is(b' ') || skips_tabs && it.is(b'\t'));
            self.cursor.skip_comment();
            if self.cursor.skip_break().is_none() {
                return;
            }
            if !self.ahead.is_in_brackets() {
                self.key_allowed = true;
            }
        }
    }

    fn end(&mut self) -> Result<(), Problem> {
        let mut mark = self.cursor.mark;
        if mark.column != 0 {
            mark = Mark { line: mark.line + 1, column: 0, ..mark };
        }
        self.cursor.mark = mark;
        self.leave_document()?;
        self.ahead.push(Token { kind: Kind::StreamEnd, start: mark, end: mark });
        Ok(())
    }

    fn directive(&mut self) -> Result<(), Problem> {
        self.leave_document()?;
        let token = directive(&mut self.cursor)?;
        self.ahead.push(token);
        Ok(())
    }

    fn document(&mut self, kind: Kind<'a>) -> Result<(), Problem> {
        self.leave_document()?;
        self.indicator(kind, 3);
        Ok(())
    }

    fn leave_document(&mut self) -> Result<(), Problem> {
        self.close_blocks(None);
        self.ahead.forget_key(self.cursor.mark)?;
        self.key_allowed = false;
        Ok(())
    }

    fn open_bracket(&mut self, kind: Kind<'a>) -> Result<(), Problem> {
        self.expect_key()?;
        self.ahead.open_bracket();
        self.key_allowed = true;
        self.indicator(kind, 1);
        Ok(())
    }

    fn close_bracket(&mut self, kind: Kind<'a>) -> Result<(), Problem> {
        self.ahead.forget_key(self.cursor.mark)?;
        self.ahead.close_bracket();
        self.key_allowed = false;
        self.indicator(kind, 1);
        Ok(())
    }

    fn comma(&mut self) -> Result<(), Problem> {
        self.ahead.forget_key(self.cursor.mark)?;
        self.key_allowed = true;
        self.indicator(Kind::FlowEntry, 1);
        Ok(())
    }

    fn dash(&mut self) -> Result<(), Problem> {
        self.open_block(Kind::BlockSequenceStart, "block sequence entries are not allowed in this context")?;
        self.ahead.forget_key(self.cursor.mark)?;
        self.key_allowed = true;
        self.indicator(Kind::BlockEntry, 1);
        Ok(())
    }

    fn question_mark(&mut self) -> Result<(), Problem> {
        self.open_block(Kind::BlockMappingStart, "mapping keys are not allowed in this context")?;
        self.ahead.forget_key(self.cursor.mark)?;
        self.key_allowed = !self.ahead.is_in_brackets();
        self.indicator(Kind::Key, 1);
        Ok(())
    }

    fn colon(&mut self) -> Result<(), Problem> {
        if let Some((number, mark)) = self.ahead.take_key() {
            if self.opens_block(mark.column) {
                self.ahead.insert(number, Token { kind: Kind::BlockMappingStart, start: mark, end: mark });
            }
            self.key_allowed = false;
        } else {
            self.open_block(Kind::BlockMappingStart, "mapping values are not allowed in this context")?;
            self.key_allowed = !self.ahead.is_in_brackets();
        }
        self.indicator(Kind::Value, 1);
        Ok(())
    }

    fn block(&mut self) -> Result<(), Problem> {
        self.ahead.forget_key(self.cursor.mark)?;
        self.key_allowed = true;
        let token = block(&mut self.cursor, self.indents.last().copied())?;
        self.ahead.push(token);
        Ok(())
    }

    fn plain(&mut self) -> Result<(), Problem> {
        self.expect_key()?;
        self.key_allowed = false;
        let place = match self.indents.last() {
            _ if self.ahead.is_in_brackets() => Surroundings::Flow,
            indent => Surroundings::Block(indent.map_or(0, |it| it + 1)),
        };
        let (token, behind) = plain(&mut self.cursor, place)?;
        self.ahead.push(token);
        if behind == Behind::NewLine {
            self.key_allowed = true;
        }
        Ok(())
    }

    fn content(
        &mut self,
        scan: impl FnOnce(&mut Cursor<'a>) -> Result<Token<'a>, Problem>,
    ) -> Result<(), Problem> {
        self.expect_key()?;
        self.key_allowed = false;
        let token = scan(&mut self.cursor)?;
        self.ahead.push(token);
        Ok(())
    }

    fn indicator(&mut self, kind: Kind<'a>, length: usize) {
        let start = self.cursor.mark;
        (0..length).for_each(|_| self.cursor.skip());
        self.ahead.push(Token { kind, start, end: self.cursor.mark });
    }

    fn expect_key(&mut self) -> Result<(), Problem> {
        if !self.key_allowed {
            return Ok(());
        }
        let mark = self.cursor.mark;
        let required = !self.ahead.is_in_brackets() && self.indents.last() == Some(&mark.column);
        self.ahead.expect_key(mark, required)
    }

    /// Opens a block at the cursor, where it is indented further than the one around it.
    fn open_block(&mut self, kind: Kind<'a>, refusal: &'static str) -> Result<(), Problem> {
        let mark = self.cursor.mark;
        if self.ahead.is_in_brackets() {
            return Ok(());
        }
        if !self.key_allowed {
            return Err(Problem::new(refusal, mark));
        }
        if self.opens_block(mark.column) {
            self.ahead.push(Token { kind, start: mark, end: mark });
        }
        Ok(())
    }

    fn opens_block(&mut self, column: u32) -> bool {
        let opens = !self.ahead.is_in_brackets() && self.indents.last().is_none_or(|it| *it < column);
        if opens {
            self.indents.push(column);
        }
        opens
    }

    /// Closes all blocks that are indented further than `column`; all of them where there is none.
    fn close_blocks(&mut self, column: Option<u32>) {
        if self.ahead.is_in_brackets() {
            return;
        }
        let mark = self.cursor.mark;
        while self.indents.pop_if(|it| column.is_none_or(|column| *it > column)).is_some() {
            self.ahead.push(Token { kind: Kind::BlockEnd, start: mark, end: mark });
        }
    }
}
