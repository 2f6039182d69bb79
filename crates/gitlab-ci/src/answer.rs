use alloc::string::String;
use alloc::sync::Arc;
use core::fmt;

/// What a configuration says, or why that cannot be said here. Nothing is guessed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Answer<T> {
    /// GitLab would come to this.
    Known(T),
    /// It depends on something that was not given.
    Unknown(Reason),
}

/// Why an answer is unknown: a sentence without its full stop, in the words of GitLab's documentation.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Reason(Arc<str>);

impl Reason {
    /// A reason in these words.
    pub fn new(text: impl Into<String>) -> Self {
        Self(text.into().into())
    }
}

impl fmt::Display for Reason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl<T> Answer<T> {
    /// The answer, where there is one.
    pub fn known(&self) -> Option<&T> {
        match self {
            Self::Known(value) => Some(value),
            Self::Unknown(_) => None,
        }
    }

    /// Why there is no answer.
    pub fn reason(&self) -> Option<&Reason> {
        match self {
            Self::Known(_) => None,
            Self::Unknown(reason) => Some(reason),
        }
    }

    /// The same question asked further.
    pub fn map<U>(self, next: impl FnOnce(T) -> U) -> Answer<U> {
        match self {
            Self::Known(value) => Answer::Known(next(value)),
            Self::Unknown(reason) => Answer::Unknown(reason),
        }
    }
}
