use std::fmt;

/// A line and a column, counted from one; the default is the place of what has none, as everything in JSON.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Place {
    pub(super) line: usize,
    pub(super) column: usize,
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.line {
            0 => f.write_str("-"),
            line => write!(f, "{line}:{}", self.column),
        }
    }
}
