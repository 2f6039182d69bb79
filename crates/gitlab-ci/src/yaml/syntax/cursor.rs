use super::event::Mark;

/// A text and how far it has been read. At its end there is a zero, which no text that libyaml takes contains.
#[derive(Clone, Copy, Debug)]
pub(super) struct Cursor<'a> {
    text: &'a str,
    pub(super) mark: Mark,
}

impl<'a> Cursor<'a> {
    pub(super) fn new(text: &'a str) -> Self {
        Self { text, mark: Mark::default() }
    }

    pub(super) fn rest(&self) -> &'a str {
        self.text.get(self.mark.index..).unwrap_or_default()
    }

    /// What was read from `start` on.
    pub(super) fn since(&self, start: Mark) -> &'a str {
        self.between(start, self.mark)
    }

    pub(super) fn between(&self, start: Mark, end: Mark) -> &'a str {
        self.text.get(start.index..end.index).unwrap_or_default()
    }

    /// A byte ahead.
    pub(super) fn byte(&self, ahead: usize) -> u8 {
        self.text.as_bytes().get(self.mark.index + ahead).copied().unwrap_or(0)
    }

    pub(super) fn is(&self, byte: u8) -> bool {
        self.byte(0) == byte
    }

    pub(super) fn is_end(&self) -> bool {
        self.byte(0) == 0
    }

    pub(super) fn is_blank(&self) -> bool {
        matches!(self.byte(0), b' ' | b'\t')
    }

    pub(super) fn is_break(&self) -> bool {
        self.break_at(0).is_some()
    }

    pub(super) fn is_break_or_end(&self) -> bool {
        self.is_end() || self.is_break()
    }

    /// Is there space, a line break or the end so far ahead?
    pub(super) fn is_space(&self, ahead: usize) -> bool {
        matches!(self.byte(ahead), b' ' | b'\t' | 0) || self.break_at(ahead).is_some()
    }

    /// A backslash at the end of a line.
    pub(super) fn is_escaped_break(&self) -> bool {
        self.is(b'\\') && self.break_at(1).is_some()
    }

    /// `---` or `...` at the start of a line.
    pub(super) fn is_document_indicator(&self) -> bool {
        self.mark.column == 0
            && (self.rest().starts_with("---") || self.rest().starts_with("..."))
            && self.is_space(3)
    }

    /// One character.
    pub(super) fn skip(&mut self) {
        if let Some(character) = self.rest().chars().next() {
            self.mark.index += character.len_utf8();
            self.mark.column += 1;
        }
    }

    pub(super) fn skip_while(&mut self, wanted: impl Fn(&Self) -> bool) {
        while !self.is_end() && wanted(self) {
            self.skip();
        }
    }

    pub(super) fn skip_blanks(&mut self) {
        self.skip_while(Self::is_blank);
    }

    pub(super) fn skip_comment(&mut self) {
        if self.is(b'#') {
            self.skip_while(|it| !it.is_break());
        }
    }

    /// The line break that was there, as it is taken over into a scalar.
    pub(super) fn skip_break(&mut self) -> Option<char> {
        let (length, character) = self.break_at(0)?;
        self.mark.index += length;
        self.mark.line += 1;
        self.mark.column = 0;
        Some(character)
    }

    /// Letters, digits, `_` and `-`.
    pub(super) fn word(&mut self) -> &'a str {
        let start = self.mark;
        self.skip_while(|it| it.byte(0).is_ascii_alphanumeric() || matches!(it.byte(0), b'_' | b'-'));
        self.since(start)
    }

    fn break_at(&self, ahead: usize) -> Option<(usize, char)> {
        match (self.byte(ahead), self.byte(ahead + 1), self.byte(ahead + 2)) {
            (b'\r', b'\n', _) => Some((2, '\n')),
            (b'\r' | b'\n', ..) => Some((1, '\n')),
            (0xC2, 0x85, _) => Some((2, '\n')),
            (0xE2, 0x80, 0xA8) => Some((3, '\u{2028}')),
            (0xE2, 0x80, 0xA9) => Some((3, '\u{2029}')),
            _ => None,
        }
    }
}
