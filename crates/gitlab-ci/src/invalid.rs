use alloc::string::String;
use alloc::vec::Vec;
use core::fmt;

use crate::yaml::Place;

/// GitLab would refuse the configuration; its author has to change it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Invalid {
    /// What is wrong, in GitLab's words where it has some.
    pub message: String,
    /// Where; `None` where there is no file to point into.
    pub place: Option<Place>,
    /// The way there: who included, extended or referred to what, and what to do.
    pub notes: Vec<Note>,
    /// Where in a longer text, for what is wrong within a single value.
    pub within: Option<Within>,
}

/// A place in a text that is one value of the YAML.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Within {
    /// The whole text.
    pub text: String,
    /// In characters, counted from 1.
    pub column: usize,
    /// What is wrong there.
    pub what: String,
}

/// One step of the way to an error, or advice.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Note {
    /// What it says.
    pub text: String,
    /// What it is about.
    pub place: Option<Place>,
}

impl Invalid {
    pub(crate) fn at(place: Place, message: impl Into<String>) -> Self {
        Self { message: message.into(), place: Some(place), notes: Vec::new(), within: None }
    }

    /// Without a place, for want of a file.
    pub(crate) fn nowhere(message: impl Into<String>) -> Self {
        Self { message: message.into(), place: None, notes: Vec::new(), within: None }
    }

    /// What is wrong with a value of `whose`.
    pub(crate) fn of(mut self, whose: &str) -> Self {
        let joint = if whose.ends_with(|it: char| it.is_alphanumeric()) && self.message.starts_with("rule") {
            ":"
        } else {
            " "
        };
        self.message = alloc::format!("{whose}{joint}{}", self.message);
        self
    }

    pub(crate) fn in_text(mut self, text: &str, column: usize, what: String) -> Self {
        self.within = Some(Within { text: text.into(), column, what });
        self
    }

    pub(crate) fn note(mut self, text: impl Into<String>, place: Option<Place>) -> Self {
        self.notes.push(Note { text: text.into(), place });
        self
    }
}

impl fmt::Display for Invalid {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}

impl core::error::Error for Invalid {}
