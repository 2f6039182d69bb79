use super::event::Mark;

/// What libyaml would complain about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::yaml) struct Problem {
    pub(in crate::yaml) what: &'static str,
    pub(in crate::yaml) mark: Mark,
    /// What was being read, and where that started.
    pub(in crate::yaml) during: Option<(&'static str, Mark)>,
}

impl Problem {
    pub(super) fn new(what: &'static str, mark: Mark) -> Self {
        Self { what, mark, during: None }
    }

    pub(super) fn during(self, context: &'static str, start: Mark) -> Self {
        Self { during: Some((context, start)), ..self }
    }
}
