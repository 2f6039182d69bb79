use super::pattern::Pattern;

/// An operand, or what an operator made of two.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Value<'a> {
    /// `null`, or a variable that is not set.
    Nil,
    Text(&'a str),
    Flag(bool),
    Pattern(&'a Pattern),
}

impl<'a> Value<'a> {
    /// Ruby's truth, which `&&` and `||` go by: the empty string is true.
    pub(super) fn is_truthy(self) -> bool {
        !matches!(self, Self::Nil | Self::Flag(false))
    }

    /// Rails' `present?`, which decides what the whole expression comes to: the empty and the blank string are false.
    pub(super) fn is_present(self) -> bool {
        match self {
            Self::Nil => false,
            Self::Flag(flag) => flag,
            Self::Text(text) => !text.trim().is_empty(),
            Self::Pattern(_) => true,
        }
    }

    /// Ruby's `to_s`, for the left side of a match.
    pub(super) fn as_text(self) -> &'a str {
        match self {
            Self::Nil | Self::Pattern(_) => "",
            Self::Flag(true) => "true",
            Self::Flag(false) => "false",
            Self::Text(text) => text,
        }
    }
}
