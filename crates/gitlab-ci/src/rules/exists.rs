use alloc::borrow::Cow;
use alloc::format;
use alloc::string::String;

use super::decision::Clause;
use super::list::Scope;
use super::paths::Paths;
use crate::answer::{Answer, Reason};
use crate::invalid::Invalid;
use crate::yaml::Linked;

/// So many comparisons of paths with patterns, and GitLab takes the files for there.
const MAX_COMPARISONS: usize = 50_000;

/// `exists` of a rule.
#[derive(Clone, Debug)]
pub(super) struct Exists {
    paths: Paths,
    /// The project whose files are meant, where it is another one.
    elsewhere: Option<String>,
}

impl Exists {
    /// # Errors
    /// Where GitLab would refuse it.
    pub(super) fn parse(value: &Linked) -> Result<Self, Invalid> {
        let Some(keys) = value.node.mapping() else {
            return Ok(Self { paths: Paths::parse(value, "exists")?, elsewhere: None });
        };
        let known = ["paths", "project", "ref"];
        if let Some(unknown) = keys.entries().iter().find(|entry| !known.contains(&&*entry.key)) {
            let message = format!("exists config contains unknown keys: {}", unknown.key);
            return Err(Invalid::at(unknown.place, message));
        }
        let Some(paths) = keys.value("paths") else {
            return Err(Invalid::at(value.node.place, "exists config missing required keys: paths"));
        };
        let elsewhere = keys.value("project").and_then(|project| project.node.to_text());
        if let (Some(reference), None) = (keys.entry("ref"), &elsewhere) {
            return Err(Invalid::at(reference.place, "exists config missing required keys: project"));
        }
        Ok(Self { paths: Paths::parse(paths, "exists:paths")?, elsewhere })
    }

    pub(super) fn clause(&self, scope: &Scope<'_>) -> Clause {
        Clause {
            keyword: "exists",
            written: self.paths.written(),
            place: self.paths.place,
            holds: self.holds(scope),
            variables: self.paths.variables(scope),
        }
    }

    fn holds(&self, scope: &Scope<'_>) -> Answer<bool> {
        if let Some(project) = &self.elsewhere {
            return Answer::Unknown(Reason::new(format!("the files of `{project}` are not known")));
        }
        let patterns = match self.paths.replaced(scope) {
            Ok(patterns) => patterns,
            Err(reason) => return Answer::Unknown(reason),
        };
        let Some(files) = scope.files.paths() else {
            return Answer::Unknown(Reason::new("which files the project has is not known"));
        };
        Answer::Known(exist(files, &patterns, scope))
    }
}

fn exist(files: &[String], patterns: &[Cow<'_, str>], scope: &Scope<'_>) -> bool {
    let is_exact = |pattern: &str| !pattern.contains(['*', '?', '[', '{']);
    let exact = |pattern: &str| match pattern.strip_suffix('/') {
        Some(_) => files.iter().any(|file| file.starts_with(pattern)),
        None => files.iter().any(|file| file == pattern),
    };
    if patterns.iter().any(|pattern| is_exact(pattern) && exact(pattern)) {
        return true;
    }
    let globs: alloc::vec::Vec<_> = patterns
        .iter()
        .filter(|pattern| !is_exact(pattern))
        .map(|pattern| scope.cache.glob(pattern))
        .collect();
    // A pattern without a folder is only ever compared with what lies at the top.
    let at_top = patterns.iter().all(|pattern| !pattern.contains('/') && !pattern.contains("**"));
    let compared = files.iter().filter(|file| !at_top || !file.contains('/'));
    if !globs.is_empty() && compared.clone().count().saturating_mul(globs.len()) > MAX_COMPARISONS {
        return true;
    }
    globs.iter().any(|glob| compared.clone().any(|file| glob.matches(file)))
}
