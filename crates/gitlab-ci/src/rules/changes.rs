use alloc::string::String;
use alloc::vec::Vec;

use super::decision::Clause;
use super::list::Scope;
use super::paths::Paths;
use crate::answer::{Answer, Reason};
use crate::context::{self, Facts};
use crate::invalid::Invalid;
use crate::yaml::Linked;

/// What `changes` compares with.
#[derive(Clone, Debug)]
pub(crate) enum Diff {
    /// There is none: GitLab takes every `changes` for true.
    None,
    /// These files.
    Files(Vec<String>),
    /// There is one in which nothing matches.
    Matchless,
    /// Nobody said which files.
    Unknown(Reason),
}

impl Diff {
    pub(crate) fn of(facts: &Facts) -> Self {
        match (&facts.changes, facts.has_diff()) {
            (context::Changes::AssumeMatch, _) | (_, Answer::Known(false)) => Self::None,
            (context::Changes::Files(files), _) => Self::Files(files.clone()),
            (context::Changes::AssumeNoMatch, _) => Self::Matchless,
            (context::Changes::NotGiven, Answer::Unknown(reason)) => Self::Unknown(reason),
            (context::Changes::NotGiven, Answer::Known(true)) => {
                Self::Unknown(Reason::new("which files were changed was not given"))
            }
        }
    }
}

/// `changes` of a rule, or of `only`.
#[derive(Clone, Debug)]
pub(super) struct Changes {
    paths: Paths,
}

impl Changes {
    /// # Errors
    /// Where GitLab would refuse it.
    pub(super) fn parse(value: &Linked) -> Result<Self, Invalid> {
        let Some(keys) = value.node.mapping() else {
            return Ok(Self { paths: Paths::parse(value, "changes")? });
        };
        if let Some(unknown) =
            keys.entries().iter().find(|entry| !["paths", "compare_to"].contains(&&*entry.key))
        {
            let message = alloc::format!("changes config contains unknown keys: {}", unknown.key);
            return Err(Invalid::at(unknown.place, message));
        }
        match keys.value("paths") {
            Some(paths) => Ok(Self { paths: Paths::parse(paths, "changes:paths")? }),
            None => Err(Invalid::at(value.node.place, "changes config missing required keys: paths")),
        }
    }

    pub(super) fn clause(&self, scope: &Scope<'_>) -> Clause {
        Clause {
            keyword: "changes",
            written: self.paths.written(),
            place: self.paths.place,
            holds: self.holds(scope),
            variables: self.paths.variables(scope),
        }
    }

    pub(super) fn holds(&self, scope: &Scope<'_>) -> Answer<bool> {
        let files = match scope.diff {
            Diff::None => return Answer::Known(true),
            Diff::Matchless => return Answer::Known(false),
            Diff::Unknown(reason) => return Answer::Unknown(reason.clone()),
            Diff::Files(files) => files,
        };
        let patterns = match self.paths.replaced(scope) {
            Ok(patterns) => patterns,
            Err(reason) => return Answer::Unknown(reason),
        };
        let globs = patterns.iter().map(|pattern| scope.cache.glob(pattern));
        Answer::Known(globs.into_iter().any(|glob| files.iter().any(|file| glob.matches(file))))
    }
}
