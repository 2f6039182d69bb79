use gitlab_ci::yaml::Place;

use super::rule::Rule;

/// How bad it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Severity {
    /// Worth knowing; does not fail the check.
    Note,
    /// Likely a mistake, or a risk that somebody has to accept.
    Warning,
    /// Does not work, or gives a secret away.
    Error,
}

/// One thing that a rule found.
#[derive(Clone, Debug)]
pub struct Finding {
    /// The rule's name.
    pub rule: &'static str,
    /// How bad it is.
    pub severity: Severity,
    /// One line, without its full stop.
    pub message: String,
    /// Where; `None` where there is no line to point at.
    pub place: Option<Place>,
    /// What is at the place.
    pub label: String,
    /// What to do.
    pub help: String,
    /// What else to know.
    pub notes: Vec<Note>,
}

/// Something to know about a finding.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Note {
    /// What it says.
    pub text: String,
    /// What it is about.
    pub place: Option<Place>,
}

impl Severity {
    /// As rustc says it.
    pub fn word(self) -> &'static str {
        match self {
            Self::Note => "note",
            Self::Warning => "warning",
            Self::Error => "error",
        }
    }

    /// Does a finding of this severity fail the check?
    pub fn fails(self) -> bool {
        self >= Self::Warning
    }
}

impl Finding {
    /// Of a rule, with the rule's own advice.
    pub(super) fn of(
        rule: &Rule,
        place: Place,
        message: impl Into<String>,
        label: impl Into<String>,
    ) -> Self {
        Self {
            rule: rule.name,
            severity: rule.severity,
            message: message.into(),
            place: Some(place),
            label: label.into(),
            help: rule.help.to_owned(),
            notes: Vec::new(),
        }
    }

    pub(super) fn help(mut self, help: impl Into<String>) -> Self {
        self.help = help.into();
        self
    }

    pub(super) fn note(mut self, text: impl Into<String>, place: Option<Place>) -> Self {
        self.notes.push(Note { text: text.into(), place });
        self
    }
}
