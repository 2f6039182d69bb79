use alloc::collections::BTreeMap;
use alloc::sync::Arc;
use alloc::vec::Vec;

use super::declared::{Declared, Position, declared};
use super::defaults::Defaults;
use super::draft::Draft;
use super::job::Job;
use super::kind::global;
use super::links::{Elsewhere, Links};
use super::listing::Common;
use super::presence::Verdict;
use super::scope::{Scope as Seen, Shared};
use super::shape::shapes;
use super::size::Size;
use super::spot::Spot;
use super::stages::Stages;
use super::variables::Variable;
use super::{Note, Plan, assemble, creation, strict, workflow};
use crate::answer::{Answer, Reason};
use crate::context::{Facts, Unresolved};
use crate::include::{Files, Included};
use crate::invalid::Invalid;
use crate::rules::{Cache, Decision, Diff, Scope};
use crate::yaml::{Linked, Mapping};

/// A configuration whose files are laid over each other, with `extends` and `!reference` worked out.
#[derive(Debug)]
pub(crate) struct Configuration {
    pub(crate) content: Linked,
    pub(crate) includes: Vec<Included>,
    /// The includes that nobody could read.
    pub(crate) unresolved: Vec<Reason>,
    /// The top-level keys that need a name which only such an include can define.
    pub(crate) incomplete: BTreeMap<Arc<str>, Reason>,
}

/// The plan of a configuration for one pipeline.
///
/// # Errors
/// Where GitLab would refuse the configuration.
pub(crate) fn build(
    configuration: Configuration,
    facts: &Facts,
    files: &dyn Files,
    cache: &Cache,
) -> Result<Plan, Invalid> {
    let parts = parts(&configuration, facts, files, cache)?;
    let Configuration { content, includes, unresolved, .. } = configuration;
    let Parts { created, refusal, workflow, jobs, variables } = parts;
    let mut plan = Plan { created, refusal, workflow, jobs, includes, variables, content, unresolved };
    if let (Unresolved::MayOverride, Some(reason)) = (facts.unresolved, plan.unresolved.first().cloned()) {
        strict::open(&mut plan, &reason);
    }
    Ok(plan)
}

struct Parts {
    created: Answer<bool>,
    refusal: Option<Note>,
    workflow: Decision,
    jobs: Vec<Job>,
    variables: Vec<Variable>,
}

fn parts(
    configuration: &Configuration,
    facts: &Facts,
    files: &dyn Files,
    cache: &Cache,
) -> Result<Parts, Invalid> {
    let Configuration { content, unresolved, incomplete, .. } = configuration;
    let top = content
        .node
        .mapping()
        .ok_or_else(|| Invalid::at(content.node.place, "Invalid configuration format"))?;
    let stages = Stages::of(global(top, "stages").map(|entry| Spot::top("stages", &entry.value)))?;
    let written = workflow::Written::of(top, incomplete.get("workflow"), cache)?;
    let defaults = Defaults::of(top, incomplete.get("default"))?;
    let shapes = shapes(top, &defaults, unresolved, incomplete)?;
    let mut size = Size::default();
    let mut drafts = Vec::with_capacity(shapes.len());
    for shape in &shapes {
        let draft = Draft::of(shape, written.kind(), cache)?;
        size.take(draft.tokens.len(), shape.entry.place)?;
        drafts.push(draft);
    }
    let elsewhere = match unresolved.is_empty() && !incomplete.contains_key("stages") {
        true => Elsewhere::Nothing,
        false => Elsewhere::Names,
    };
    let links = Links::of(&drafts);
    links.check(&stages, elsewhere)?;

    let predefined = facts.predefined();
    let missing = incomplete.get("variables");
    let mut shared = Shared::new(&predefined, &facts.settings, missing.cloned());
    shared.declare(root_variables(top, missing)?);
    let nothing: [(&str, &str); 0] = [];
    let around = Scope { variables: &nothing, files, diff: &Diff::of(facts), cache };
    let workflow = written.decide(&shared, &around)?;
    shared.declare(workflow.variables);

    let scopes: Vec<Seen<'_>> = drafts.iter().map(|draft| assemble::scope(draft, &shared)).collect();
    let verdicts: Vec<Verdict> = drafts
        .iter()
        .zip(&scopes)
        .map(|(draft, seen)| assemble::verdict(draft, seen, &around, facts))
        .collect();
    let of_jobs = creation::creation(&links, &verdicts, unresolved, content.node.place);
    let (created, refusal) = match (workflow.created, of_jobs.created) {
        (Answer::Known(true), created) => (created, of_jobs.refusal),
        (Answer::Unknown(_), Answer::Known(false)) => (Answer::Known(false), of_jobs.refusal),
        (created, _) => (created, workflow.refusal),
    };
    let common = Common::of(&shared);
    let mut jobs = Vec::with_capacity(drafts.len());
    for ((draft, seen), verdict) in drafts.iter().zip(scopes).zip(verdicts) {
        size.take(seen.count(), draft.shape.entry.place)?;
        jobs.push(assemble::job(draft, seen, verdict, &common, &created, unresolved)?);
    }
    let variables = common.variables();
    Ok(Parts { created, refusal, workflow: workflow.decision, jobs, variables })
}

fn root_variables(top: &Mapping, missing: Option<&Reason>) -> Result<Vec<Declared>, Invalid> {
    match global(top, "variables") {
        Some(entry) => declared(&Spot::top("variables", &entry.value), Position::Pipeline, missing),
        None => Ok(Vec::new()),
    }
}
