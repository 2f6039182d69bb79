//! A failure as a person reads it, and whose turn it is after it; `cli::report` prints it and turns it into an exit code.

use std::error::Error;

use serde::{Deserialize, Serialize};

/// What failed, why, and what to do: an error of any stage, in words, so that it can cross from the guardian.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Failure {
    /// One line.
    pub what: String,
    /// A line each, the nearest cause first.
    pub causes: Vec<String>,
    /// What to do.
    pub hint: Option<String>,
    /// Whose turn it is.
    pub blame: Blame,
}

/// What an error asks of its reader.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Blame {
    /// buildpass broke one of its own rules.
    Bug,
    /// What the user wrote cannot be carried out: arguments, configuration, the ID token's place.
    Usage,
    /// The vault, GitLab or a policy said no.
    Refused,
    /// Nobody answered in time.
    Unreachable,
    /// Somebody asked us to end, by this signal.
    Signal(i32),
}

impl Failure {
    /// An error with its causes.
    pub fn of(error: &dyn Error, hint: Option<String>, blame: Blame) -> Self {
        let mut causes = Vec::new();
        let mut source = error.source();
        while let Some(cause) = source {
            causes.push(cause.to_string());
            source = cause.source();
        }
        Self { what: error.to_string(), causes, hint, blame }
    }

    /// What the user can mend.
    pub fn usage(what: impl Into<String>, hint: impl Into<String>) -> Self {
        Self { what: what.into(), causes: Vec::new(), hint: Some(hint.into()), blame: Blame::Usage }
    }

    /// What only we can mend.
    pub fn bug(what: &str, cause: &dyn Error) -> Self {
        Self { what: what.to_owned(), causes: vec![cause.to_string()], hint: None, blame: Blame::Bug }
    }
}
