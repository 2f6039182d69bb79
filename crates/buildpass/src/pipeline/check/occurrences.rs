use std::collections::{BTreeMap, BTreeSet};

use gitlab_ci::yaml::Place;

use super::Evaluated;

/// One thing that several jobs of several pipelines have: it is said once, with their names.
#[derive(Debug)]
pub(super) struct Occurrences<T> {
    all: BTreeMap<(Place, String), Occurrence<T>>,
}

/// The thing, and who has it.
#[derive(Debug)]
pub(super) struct Occurrence<T> {
    pub(super) what: T,
    jobs: Names,
    pipelines: Names,
}

/// Each once, in the order in which they came.
#[derive(Debug, Default)]
struct Names {
    ordered: Vec<String>,
    seen: BTreeSet<String>,
}

/// So many names are listed.
const LISTED: usize = 4;

impl<T> Occurrences<T> {
    pub(super) fn new() -> Self {
        Self { all: BTreeMap::new() }
    }

    /// `key` tells things at one place apart.
    pub(super) fn add(
        &mut self,
        (place, key): (Place, &str),
        job: &str,
        pipeline: &Evaluated,
        what: impl FnOnce() -> T,
    ) {
        let known = self.all.entry((place, key.to_owned())).or_insert_with(|| Occurrence {
            what: what(),
            jobs: Names::default(),
            pipelines: Names::default(),
        });
        known.jobs.add(job);
        known.pipelines.add(&pipeline.name);
    }

    pub(super) fn into_iter(self) -> impl Iterator<Item = (Place, Occurrence<T>)> {
        self.all.into_iter().map(|((place, _), occurrence)| (place, occurrence))
    }
}

impl<T> Occurrence<T> {
    /// "job `a`", "jobs `a` and `b`"
    pub(super) fn jobs(&self) -> String {
        let word = if self.jobs.ordered.len() == 1 { "job" } else { "jobs" };
        let quoted: Vec<String> = self.jobs.ordered.iter().map(|job| format!("`{job}`")).collect();
        format!("{word} {}", listed(&quoted))
    }

    /// "a merge request and an unprotected branch"
    pub(super) fn pipelines(&self) -> String {
        listed(&self.pipelines.ordered)
    }
}

impl Names {
    fn add(&mut self, name: &str) {
        if !self.seen.contains(name) {
            self.seen.insert(name.to_owned());
            self.ordered.push(name.to_owned());
        }
    }
}

/// "a", "a and b", "a, b, c, d and 3 more"
pub(super) fn listed(names: &[String]) -> String {
    match names {
        [] => String::new(),
        [one] => one.clone(),
        _ if names.len() > LISTED + 1 => {
            format!("{} and {} more", names[..LISTED].join(", "), names.len() - LISTED)
        }
        [first @ .., last] => format!("{} and {last}", first.join(", ")),
    }
}
