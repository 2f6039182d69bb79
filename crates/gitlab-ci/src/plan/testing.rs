use alloc::borrow::ToOwned;
use alloc::format;
use alloc::string::{String, ToString};
use alloc::vec::Vec;

use super::build::{Configuration, build};
use super::{Audience, Job, Plan};
use crate::answer::{Answer, Reason};
use crate::context::{Facts, Ref, Unresolved};
use crate::expand::{Incomplete, extend, resolve};
use crate::include::{Files, Found, Location};
use crate::invalid::Invalid;
use crate::rules::Cache;
use crate::yaml::{self, Budget, Linked, Mapping, Node, Place, Source, Sources, Value};

/// A configuration and the pipeline that it is asked about.
#[derive(Clone)]
pub(super) struct Case {
    yaml: String,
    facts: Facts,
    unresolved: Vec<Reason>,
}

struct NoFiles;

impl Files for NoFiles {
    fn read(&self, _: &Location) -> Found {
        Found::Missing
    }

    fn paths(&self) -> Option<&[String]> {
        Some(&[])
    }
}

/// The configuration on an unprotected branch of a project, pushed.
pub(super) fn case(yaml: &str) -> Case {
    let facts = Facts {
        project: Some("group/project".to_owned()),
        reference: Some(Ref::Branch("main".to_owned())),
        protected: Some(false),
        ..Facts::default()
    };
    Case { yaml: yaml.to_owned(), facts, unresolved: Vec::new() }
}

impl Case {
    pub(super) fn source(mut self, source: &str) -> Self {
        self.facts.source = Some(source.to_owned());
        self
    }

    pub(super) fn setting(mut self, name: &str, value: &str) -> Self {
        self.facts.settings.insert(name.to_owned(), value.to_owned());
        self
    }

    pub(super) fn predefined(mut self, name: &str, value: &str) -> Self {
        self.facts.predefined.insert(name.to_owned(), value.to_owned());
        self
    }

    /// There is an include that nobody could read.
    pub(super) fn unresolved(mut self) -> Self {
        self.unresolved.push(Reason::new("`template: Gone.gitlab-ci.yml` could not be read"));
        self
    }

    pub(super) fn strict(mut self) -> Self {
        self.facts.unresolved = Unresolved::MayOverride;
        self
    }

    pub(super) fn plan(&self) -> Result<Plan, Invalid> {
        let mut sources = Sources::new();
        let file = sources.add(Source {
            name: ".gitlab-ci.yml".to_owned(),
            text: self.yaml.as_str().into(),
            included_by: None,
        });
        let content = yaml::parse(&self.yaml, file, 0)?;
        match content.node.mapping() {
            Some(top) => self.plan_of(top, content.node.place),
            None => self.built(content, Incomplete::default()),
        }
    }

    /// The plan of what several files come to.
    pub(super) fn plan_of(&self, top: &Mapping, place: Place) -> Result<Plan, Invalid> {
        let mut incomplete = Incomplete::default();
        let elsewhere = self.unresolved.first();
        let extended = extend(top, elsewhere, &mut Budget::default(), &mut incomplete)?;
        let resolved = resolve(&extended, elsewhere, &mut incomplete)?;
        self.built(Linked::here(Node { value: Value::Mapping(resolved), place }), incomplete)
    }

    fn built(&self, content: Linked, Incomplete(incomplete): Incomplete) -> Result<Plan, Invalid> {
        let unresolved = self.unresolved.clone();
        let configuration = Configuration { content, includes: Vec::new(), unresolved, incomplete };
        build(configuration, &self.facts, &NoFiles, &Cache::default())
    }

    /// The plan, of a configuration that is valid.
    pub(super) fn planned(&self) -> Plan {
        self.plan().unwrap_or_else(|invalid| panic!("{invalid} at {:?}\n{}", invalid.place, self.yaml))
    }

    /// What GitLab would say against it, with the line.
    pub(super) fn refused(&self) -> String {
        let invalid = self.plan().map(|_| ()).expect_err(&self.yaml);
        let line = invalid.place.map_or(0, |place| place.line);
        format!("{line}: {invalid}")
    }

    pub(super) fn job(&self, name: &str) -> Job {
        let jobs = self.planned().jobs;
        jobs.into_iter().find(|job| &*job.name == name).unwrap_or_else(|| panic!("no job {name}"))
    }

    /// `on_success`, `never`, …, or `unknown`.
    pub(super) fn when(&self, name: &str) -> String {
        let job = self.job(name);
        let when = said(&job.when, |when| when.keyword().to_owned());
        match (&job.included, when.as_str()) {
            (Answer::Known(false), "never") | (Answer::Unknown(_), _) | (Answer::Known(true), _) => when,
            (included, when) => panic!("{included:?} and {when}"),
        }
    }

    /// The value that the Runner gets for a variable.
    pub(super) fn value(&self, job: &str, variable: &str) -> String {
        let job = self.job(job);
        let found = job.variables.iter().find(|it| &*it.name == variable);
        found.map_or_else(|| "unset".to_owned(), |it| said(&it.value, ToString::to_string))
    }

    /// `NAME=audience` of each token.
    pub(super) fn tokens(&self, job: &str) -> String {
        said(&self.job(job).id_tokens, |tokens| {
            let one = |it: &super::Expanded| said(&it.value, Clone::clone);
            let audience = |audience: &Audience| match audience {
                Audience::One(it) => one(it),
                Audience::Several(all) => format!("[{}]", all.iter().map(one).collect::<Vec<_>>().join(", ")),
            };
            tokens
                .iter()
                .map(|it| format!("{}={}", it.name, audience(&it.audience)))
                .collect::<Vec<_>>()
                .join(" ")
        })
    }
}

pub(super) fn said<T>(answer: &Answer<T>, say: impl FnOnce(&T) -> String) -> String {
    answer.known().map_or_else(|| "unknown".to_owned(), say)
}
