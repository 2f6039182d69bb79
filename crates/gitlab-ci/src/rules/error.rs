use alloc::string::String;
use core::fmt;

/// GitLab would refuse the expression with "invalid expression syntax"; its author has to change it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SyntaxError {
    pub(super) column: usize,
    pub(super) expected: &'static str,
    pub(super) found: String,
}

impl SyntaxError {
    /// Where in the expression, in characters, counted from 1.
    pub fn column(&self) -> usize {
        self.column
    }

    /// What would have been right there.
    pub fn expected(&self) -> &str {
        self.expected
    }

    /// What stands there instead.
    pub fn found(&self) -> &str {
        &self.found
    }
}

impl fmt::Display for SyntaxError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { column, expected, found } = self;
        write!(f, "invalid expression syntax at column {column}: expected {expected}, found {found}")
    }
}

impl core::error::Error for SyntaxError {}
