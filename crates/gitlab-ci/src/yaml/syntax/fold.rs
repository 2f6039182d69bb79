use alloc::string::String;

use super::cursor::Cursor;
use super::problem::Problem;

/// The space between two pieces of a scalar, which line breaks turn into something else.
pub(super) struct Gap<'a> {
    /// Spaces and tabs on the first line.
    blanks: &'a str,
    broken: bool,
    first_break: Option<char>,
    more_breaks: String,
}

impl<'a> Gap<'a> {
    /// Behind a line break that was escaped, and is therefore none.
    pub(super) fn escaped() -> Self {
        Self { blanks: "", broken: true, first_break: None, more_breaks: String::new() }
    }

    pub(super) fn none() -> Self {
        Self { broken: false, ..Self::escaped() }
    }

    /// Reads space, in which a tab at the start of a line may be refused, depending on its column.
    pub(super) fn read(
        &mut self,
        cursor: &mut Cursor<'a>,
        refuses_tab: impl Fn(u32) -> bool,
    ) -> Result<(), Problem> {
        let start = cursor.mark;
        while cursor.is_blank() || cursor.is_break() {
            if self.broken && cursor.is(b'\t') && refuses_tab(cursor.mark.column) {
                return Err(Problem::new("found a tab character that violates indentation", cursor.mark));
            }
            if cursor.is_blank() {
                cursor.skip();
                continue;
            }
            if !self.broken {
                self.broken = true;
                self.first_break = cursor.skip_break();
            } else {
                self.more_breaks.extend(cursor.skip_break());
            }
        }
        if !self.broken {
            self.blanks = cursor.since(start);
        }
        Ok(())
    }

    pub(super) fn is_broken(&self) -> bool {
        self.broken
    }

    /// What it comes to between two pieces.
    pub(super) fn write(&self, text: &mut String) {
        match self.first_break {
            _ if !self.broken => text.push_str(self.blanks),
            Some('\n') if self.more_breaks.is_empty() => text.push(' '),
            Some('\n') | None => text.push_str(&self.more_breaks),
            Some(other) => {
                text.push(other);
                text.push_str(&self.more_breaks);
            }
        }
    }
}
