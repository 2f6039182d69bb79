use super::{Finding, Severity, Subject};

/// Something that can be wrong with a pipeline.
#[derive(Clone, Copy)]
pub struct Rule {
    /// Its name: in code, tests, documentation and comments that allow it.
    pub name: &'static str,
    /// How bad its findings are.
    pub severity: Severity,
    /// What it finds, in one line.
    pub summary: &'static str,
    /// What to do.
    pub help: &'static str,
    /// Finds it.
    pub(super) find: fn(&Subject<'_>) -> Vec<Finding>,
}

impl Rule {
    /// The rule of this name.
    pub fn named(name: &str) -> Option<&'static Self> {
        super::RULES.iter().find(|rule| rule.name == name)
    }

    /// Its page in the documentation, by its path in the repository.
    pub fn page(&self) -> String {
        format!("docs/checks.md#{}", self.name)
    }
}

impl std::fmt::Debug for Rule {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Rule")
            .field("name", &self.name)
            .field("severity", &self.severity)
            .finish_non_exhaustive()
    }
}
