use std::{error::Error, process::ExitCode};

use crate::{blame::Blame, config, vault};

/// An error as a person reads it: what, the causes, and what to do.
#[derive(Debug)]
pub(super) struct Report {
    what: String,
    causes: Vec<String>,
    hint: Option<String>,
    blame: Blame,
}

impl Report {
    pub(super) fn new(error: &dyn Error, hint: Option<String>, blame: Blame) -> Self {
        let mut causes = Vec::new();
        let mut source = error.source();
        while let Some(cause) = source {
            causes.push(cause.to_string());
            source = cause.source();
        }
        Self {
            what: error.to_string(),
            causes,
            hint,
            blame,
        }
    }

    pub(super) fn usage(what: impl Into<String>, hint: impl Into<String>) -> Self {
        Self {
            what: what.into(),
            causes: Vec::new(),
            hint: Some(hint.into()),
            blame: Blame::Usage,
        }
    }

    pub(super) fn bug(what: &str, cause: &dyn Error) -> Self {
        Self {
            what: what.to_owned(),
            causes: vec![cause.to_string()],
            hint: None,
            blame: Blame::Bug,
        }
    }

    pub(super) fn print(&self) -> ExitCode {
        say(&format!("error: {}", self.what));
        for cause in &self.causes {
            say(&format!("  caused by: {cause}"));
        }
        if let Some(hint) = &self.hint {
            say(&format!("hint: {hint}"));
        }
        exit_code(self.blame)
    }
}

/// The contract of docs/exit-codes.md.
fn exit_code(blame: Blame) -> ExitCode {
    ExitCode::from(match blame {
        Blame::Bug => 1,
        Blame::Usage => 2,
        Blame::Refused => 3,
        Blame::Unreachable => 4,
    })
}

/// One line for the person who watches; data goes to stdout instead.
pub(super) fn say(line: &str) {
    use std::io::Write as _;
    // Nobody is left to tell when stderr is gone.
    let _ = writeln!(std::io::stderr(), "{line}");
}

pub(super) fn note(text: &str) {
    say(&format!("buildpass: {text}"));
}

impl From<config::Error> for Report {
    fn from(error: config::Error) -> Self {
        let hint = error.hint();
        Self::new(&error, hint, Blame::Usage)
    }
}

impl From<vault::Error> for Report {
    fn from(error: vault::Error) -> Self {
        let (hint, blame) = (error.hint(), error.blame());
        let mut report = Self::new(&error, hint, blame);
        report.causes.splice(0..0, error.explained().iter().cloned());
        report
    }
}
