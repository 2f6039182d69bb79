use super::place::Place;

/// What is read behind the end.
pub(super) const END: char = '\0';

/// Reads a text character by character, and can go back by one.
#[derive(Debug)]
pub(super) struct Cursor<'a> {
    text: &'a str,
    offset: usize,
    at: Place,
    before: Place,
    /// The bytes of the character that was read last.
    width: usize,
    /// The characters of the line that was left last.
    line_width: usize,
}

impl<'a> Cursor<'a> {
    pub(super) fn new(text: &'a str) -> Self {
        let at = Place { line: 1, column: 0 };
        Self { text, offset: 0, at, before: at, width: 0, line_width: 0 }
    }

    pub(super) fn next(&mut self) -> char {
        let Some(character) = self.text[self.offset..].chars().next() else {
            self.at.column += 1;
            self.width = 0;
            return END;
        };
        self.before = self.at;
        self.at.column += 1;
        self.width = character.len_utf8();
        self.offset += self.width;
        if character == '\n' {
            self.line_width = self.at.column;
            self.at = Place { line: self.at.line + 1, column: 0 };
        }
        character
    }

    pub(super) fn peek(&self) -> char {
        self.text[self.offset..].chars().next().unwrap_or(END)
    }

    /// Puts the character that was read last back; behind the end there is none.
    pub(super) fn back(&mut self) {
        self.offset -= self.width;
        self.width = 0;
        self.at = self.before;
    }

    /// Where the character that was read last begins.
    pub(super) fn start(&self) -> usize {
        self.offset - self.width
    }

    pub(super) fn since(&self, start: usize) -> &'a str {
        &self.text[start..self.offset]
    }

    /// Where reading has come to: different for every character.
    pub(super) fn at(&self) -> Place {
        self.at
    }

    /// The place of the character that was read last.
    pub(super) fn place(&self) -> Place {
        match (self.at.column, self.line_width) {
            (0, 0) => Place { line: 1, column: 1 },
            (0, width) => Place { line: self.at.line - 1, column: width },
            _ => self.at,
        }
    }
}
