use std::{
    collections::{BTreeMap, BTreeSet},
    time::Duration,
};

use serde::Serialize;

use super::{
    ask::{Ask, Standing},
    grant::DEFAULT_TIMEOUT,
};
use crate::access::{Matching, ProjectRef, RefPattern, Refs, Role, SessionType};

/// The narrowest role that lets in all that ask by it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Shape {
    pub(super) projects: BTreeSet<String>,
    pub(super) branches: BTreeSet<String>,
    pub(super) tags: Tags,
    /// Any where none is named: a job that asks has none.
    pub(super) environments: BTreeSet<String>,
    pub(super) audiences: BTreeSet<String>,
    /// The longest `timeout`, and GitLab's own where a job has none; nothing where no job has one.
    pub(super) session: Option<Duration>,
    /// Whether a job has no `timeout`.
    pub(super) untimed: bool,
}

/// Whether jobs of protected tags ask: which they are, a kind of pipeline does not say.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Tags {
    All,
    None,
}

/// Where a declared role is otherwise than what asks.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub(super) struct Difference {
    pub(super) key: &'static str,
    pub(super) declared: String,
    pub(super) asks: String,
    pub(super) verdict: Verdict,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub(super) enum Verdict {
    /// It lets in more.
    Wider,
    /// Somebody who asks is not let in, or not for long enough.
    Narrower,
}

impl Shape {
    pub(super) fn of(asks: &[&Ask]) -> Self {
        let mut branches = BTreeSet::new();
        let mut tags = Tags::None;
        for ask in asks {
            match &ask.standing {
                Standing::Branch(name) => drop(branches.insert(name.clone())),
                Standing::Tag => tags = Tags::All,
                Standing::Outside(_) => {}
            }
        }
        let environments: Option<BTreeSet<String>> = asks.iter().map(|ask| ask.environment.clone()).collect();
        let untimed = asks.iter().any(|ask| ask.timeout.is_none());
        let longest = asks.iter().filter_map(|ask| ask.timeout).max();
        Self {
            projects: asks.iter().map(|ask| ask.project.clone()).collect(),
            branches,
            tags,
            environments: environments.unwrap_or_default(),
            audiences: asks.iter().flat_map(|ask| ask.audiences.clone()).collect(),
            session: longest.map(|longest| if untimed { longest.max(DEFAULT_TIMEOUT) } else { longest }),
            untimed,
        }
    }

    /// Where a declared role is wider or narrower than this.
    pub(super) fn differences(&self, role: &Role, numbers: &BTreeMap<String, u64>) -> Vec<Difference> {
        let mut all = self.refs(&role.refs);
        let mut say = |key, declared: String, asks: String, verdict| {
            all.push(Difference { key, declared, asks, verdict });
        };
        let named = |project: &&String| {
            role.projects.iter().any(|declared| match declared {
                ProjectRef::Path(path) => path.as_str() == project.as_str(),
                // Whose number it is where nobody says, GitLab alone knows.
                ProjectRef::Id(id) => numbers.get(*project).is_none_or(|number| number == id),
            })
        };
        if !self.projects.iter().all(|project| named(&project)) {
            let declared = role.projects.iter().map(ToString::to_string).collect::<Vec<_>>().join(", ");
            say("projects", declared, joined(&self.projects), Verdict::Narrower);
        }
        let (declared, asks) = (role.environments.iter().cloned().collect(), &self.environments);
        if !covers(&declared, asks) {
            say("environments", or_any(&declared), or_any(asks), Verdict::Narrower);
        } else if !covers(asks, &declared) {
            say("environments", or_any(&declared), or_any(asks), Verdict::Wider);
        }
        let (declared, asks) = (role.audiences.iter().cloned().collect(), &self.audiences);
        if !asks.is_subset(&declared) {
            say("audience", joined(&declared), joined(asks), Verdict::Narrower);
        } else if !asks.is_empty() && *asks != declared {
            say("audience", joined(&declared), joined(asks), Verdict::Wider);
        }
        if let Some(session) = self.session.filter(|session| *session != role.session_ttl) {
            let verdict = if session < role.session_ttl { Verdict::Wider } else { Verdict::Narrower };
            let text = |time| humantime::format_duration(time).to_string();
            // How long a job without a `timeout` may run, its project says.
            if verdict == Verdict::Narrower || !self.untimed {
                say("session_ttl", text(role.session_ttl), text(session), verdict);
            }
        }
        if role.session == SessionType::Batch {
            say("session", "batch".to_owned(), "service".to_owned(), Verdict::Wider);
        }
        if role.matching == Matching::Glob {
            say("glob", "true".to_owned(), "false".to_owned(), Verdict::Wider);
        }
        all
    }

    /// Those of its projects that a declared role may name by numbers that nobody knows here.
    pub(super) fn unnumbered<'a>(&'a self, role: &Role, numbers: &BTreeMap<String, u64>) -> Vec<&'a String> {
        let is_named = |project: &String| {
            let by_path = |each: &ProjectRef| matches!(each, ProjectRef::Path(path) if path.as_str() == project.as_str());
            role.projects.iter().any(by_path)
        };
        let has_number = role.projects.iter().any(|each| matches!(each, ProjectRef::Id(_)));
        let unknown = |project: &&String| has_number && !is_named(project) && !numbers.contains_key(*project);
        self.projects.iter().filter(unknown).collect()
    }

    fn refs(&self, declared: &Refs) -> Vec<Difference> {
        let mut all = Vec::new();
        let mut say = |key, declared: String, asks: String, verdict| {
            all.push(Difference { key, declared, asks, verdict });
        };
        let texts = |patterns: &[RefPattern]| patterns.iter().map(ToString::to_string).collect();
        let asked_tags = || match self.tags {
            Tags::All => "*".to_owned(),
            Tags::None => "none".to_owned(),
        };
        match declared {
            // No narrower role lets a tag in that is pushed later.
            Refs::Protected if self.tags == Tags::All => {}
            Refs::Protected => {
                say("refs", "protected".to_owned(), joined(&self.branches), Verdict::Wider);
            }
            Refs::Named { branches, tags } => {
                let missing =
                    self.branches.iter().any(|name| !branches.iter().any(|each| each.matches(name)));
                let idle = branches.iter().any(|each| !self.branches.iter().any(|name| each.matches(name)));
                if missing || idle {
                    let verdict = if missing { Verdict::Narrower } else { Verdict::Wider };
                    say("refs", or_none(&texts(branches)), or_none(&self.branches), verdict);
                }
                match (self.tags, tags.is_empty()) {
                    (Tags::All, true) => say("tags", "none".to_owned(), asked_tags(), Verdict::Narrower),
                    (Tags::None, false) => say("tags", joined(&texts(tags)), asked_tags(), Verdict::Wider),
                    (Tags::All, false) | (Tags::None, true) => {}
                }
            }
        }
        all
    }
}

/// Whether these environments let in all of those: none that is named is any.
fn covers(these: &BTreeSet<String>, those: &BTreeSet<String>) -> bool {
    these.is_empty() || !those.is_empty() && those.is_subset(these)
}

fn joined(names: &BTreeSet<String>) -> String {
    names.iter().map(String::as_str).collect::<Vec<_>>().join(", ")
}

fn or_any(names: &BTreeSet<String>) -> String {
    if names.is_empty() { "any".to_owned() } else { joined(names) }
}

fn or_none(names: &BTreeSet<String>) -> String {
    if names.is_empty() { "none".to_owned() } else { joined(names) }
}
