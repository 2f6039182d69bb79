use super::pattern::Pattern;
use crate::answer::{Answer, Reason};

/// An operand, or what an operator made of two.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Value<'a> {
    /// `null`, or a variable that is not set.
    Nil,
    Text(&'a str),
    Flag(bool),
    Pattern(&'a Pattern),
    Unknown(Unknown<'a>),
}

/// A value that depends on something unknown.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Unknown<'a> {
    pub(super) reason: &'a Reason,
    /// Is it true or false, and nothing else?
    pub(super) is_flag: bool,
    /// Whether it is [`Value::is_present`], where that can be told of it all the same.
    pub(super) present: Option<bool>,
}

impl<'a> Value<'a> {
    /// Ruby's truth, which `&&` and `||` go by: the empty string is true.
    pub(super) fn is_truthy(self) -> bool {
        !matches!(self, Self::Nil | Self::Flag(false))
    }

    /// Rails' `present?`, which decides what the whole expression comes to: the empty and the blank string are false.
    pub(super) fn is_present(self) -> Option<bool> {
        match self {
            Self::Nil => Some(false),
            Self::Flag(flag) => Some(flag),
            Self::Text(text) => Some(!text.trim().is_empty()),
            Self::Pattern(_) => Some(true),
            Self::Unknown(unknown) => unknown.present,
        }
    }

    /// What an expression that comes to this says.
    pub(super) fn answer(self) -> Answer<bool> {
        match (self.is_present(), self) {
            (Some(present), _) => Answer::Known(present),
            (None, Self::Unknown(unknown)) => Answer::Unknown(unknown.reason.clone()),
            (None, _) => Answer::Known(false),
        }
    }

    /// Can it be nothing but true or false?
    pub(super) fn is_flag(self) -> bool {
        matches!(self, Self::Flag(_) | Self::Unknown(Unknown { is_flag: true, .. }))
    }

    /// Ruby's `to_s`, for the left side of a match.
    pub(super) fn as_text(self) -> &'a str {
        match self {
            Self::Nil | Self::Pattern(_) | Self::Unknown(_) => "",
            Self::Flag(true) => "true",
            Self::Flag(false) => "false",
            Self::Text(text) => text,
        }
    }
}
