use alloc::format;
use alloc::string::{String, ToString};
use alloc::sync::Arc;
use alloc::vec::Vec;

use super::cache::Cache;
use super::changes::Changes;
use super::decision::{Clause, Decision, Tried};
use super::expression::Expression;
use super::list::{Scope, read};
use super::pattern::Pattern;
use super::variables::Lookup;
use crate::answer::{Answer, Reason};
use crate::context::{Facts, Ref};
use crate::invalid::Invalid;
use crate::yaml::{Linked, Place};

/// [`only` and `except`](https://docs.gitlab.com/ci/yaml/deprecated_keywords/#only--except) of a job.
#[derive(Clone, Debug)]
pub(crate) struct Policy {
    only: Option<Terms>,
    except: Option<Terms>,
}

/// What GitLab takes for the `only` of a job that says nothing.
const BY_DEFAULT: [&str; 2] = ["branches", "tags"];

#[derive(Clone, Debug)]
struct Terms {
    /// `None` where GitLab put it in.
    written: Option<Linked>,
    refs: Option<Vec<String>>,
    variables: Option<(Vec<Arc<Expression>>, Place)>,
    changes: Option<Changes>,
    kubernetes: bool,
}

/// What a policy came to.
#[derive(Clone, Debug)]
pub(crate) struct PolicyDecided {
    pub(crate) included: Answer<bool>,
    pub(crate) decision: Decision,
}

impl Policy {
    /// `default`: whether a job that says nothing is for branches and tags alone.
    ///
    /// # Errors
    /// Where GitLab would refuse one of them.
    pub(crate) fn parse(
        only: Option<&Linked>,
        except: Option<&Linked>,
        default: Default,
        cache: &Cache,
    ) -> Result<Self, Invalid> {
        let parse = |terms: Option<&Linked>, whose| {
            terms.map(|terms| Terms::parse(terms, cache).map_err(|invalid| invalid.of(whose))).transpose()
        };
        let mut only = parse(only, "only")?;
        if only.is_none() && default == Default::BranchesAndTags {
            only = Some(Terms::of_refs(BY_DEFAULT.map(String::from).into()));
        }
        Ok(Self { only, except: parse(except, "except")? })
    }

    pub(crate) fn decide(&self, scope: &Scope<'_>, facts: &Facts) -> PolicyDecided {
        let mut decision = Decision::default();
        let mut included = Answer::Known(true);
        let only = self.only.as_ref().map(|terms| terms.decide("only", scope, facts, &mut decision));
        if let Some(only) = only {
            included = both(included, only);
        }
        let except = self.except.as_ref().map(|terms| terms.decide("except", scope, facts, &mut decision));
        if let Some(except) = except {
            included = both(included, except.map(|excepted| !excepted));
        }
        PolicyDecided { included, decision }
    }
}

/// What a job without `only` is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Default {
    BranchesAndTags,
    Everything,
}

impl Terms {
    fn of_refs(refs: Vec<String>) -> Self {
        Self { written: None, refs: Some(refs), variables: None, changes: None, kubernetes: false }
    }

    fn parse(value: &Linked, cache: &Cache) -> Result<Self, Invalid> {
        let Some(keys) = value.node.mapping() else {
            return Ok(Self { written: Some(value.clone()), ..Self::of_refs(refs(value)?) });
        };
        let known = ["refs", "variables", "changes", "kubernetes"];
        if let Some(unknown) = keys.entries().iter().find(|entry| !known.contains(&&*entry.key)) {
            let message = format!("config contains unknown keys: {}", unknown.key);
            return Err(Invalid::at(unknown.place, message));
        }
        let key = |key: &str| keys.value(key).filter(|value| !value.node.is_null());
        Ok(Self {
            refs: key("refs").map(refs).transpose()?,
            variables: key("variables").map(|value| expressions(value, cache)).transpose()?,
            changes: key("changes").map(Changes::parse).transpose()?,
            kubernetes: key("kubernetes").is_some(),
            written: Some(value.clone()),
        })
    }

    /// `only` wants all of its keys to hold, `except` any one.
    fn decide(
        &self,
        keyword: &'static str,
        scope: &Scope<'_>,
        facts: &Facts,
        decision: &mut Decision,
    ) -> Answer<bool> {
        let mut clauses = Vec::new();
        let place = self.written.as_ref().map(|written| written.node.place);
        let clause = |written: String, holds| {
            Some(Clause { keyword, written, place: place?, holds, variables: Vec::new() })
        };
        if let Some(refs) = &self.refs {
            let any = refs.iter().map(|each| matches(each, scope, facts)).fold(Answer::Known(false), either);
            clauses.push((any.clone(), clause(refs.join(", "), any)));
        }
        if let Some((expressions, place)) = &self.variables {
            let evaluated = expressions.iter().map(|each| each.evaluate(scope.variables, scope.cache));
            let any = evaluated.fold(Answer::Known(false), either);
            let written: Vec<String> = expressions.iter().map(ToString::to_string).collect();
            let names = expressions.iter().flat_map(|each| each.variables());
            let variables = names.map(|name| read(name, scope)).collect();
            let clause =
                Clause { keyword, written: written.join(", "), place: *place, holds: any.clone(), variables };
            clauses.push((any, Some(clause)));
        }
        if let Some(changes) = &self.changes {
            let clause = changes.clause(scope);
            clauses.push((clause.holds.clone(), Some(clause)));
        }
        if self.kubernetes {
            let reason = Reason::new("whether the project has a Kubernetes cluster is not known");
            let unknown = Answer::Unknown(reason);
            clauses.push((unknown.clone(), clause("kubernetes".to_string(), unknown)));
        }
        let answers = clauses.iter().map(|(answer, _)| answer.clone());
        let answer = match keyword {
            "only" => answers.fold(Answer::Known(true), both),
            _ => answers.fold(Answer::Known(false), either),
        };
        if let Some(written) = &self.written {
            decision.place = decision.place.or(place);
            let clauses = clauses.into_iter().filter_map(|(_, clause)| clause).collect();
            decision.tried.push(Tried { rule: written.clone(), matches: answer.clone(), clauses });
        }
        answer
    }
}

/// # Errors
/// Where it is no list of names and regular expressions.
fn refs(value: &Linked) -> Result<Vec<String>, Invalid> {
    let place = value.node.place;
    let no_texts = || Invalid::at(place, "config should be an array of strings or regular expressions");
    let items = match value.node.text() {
        Some(text) => return Ok([text.to_string()].into()),
        None => value.node.sequence().ok_or_else(no_texts)?,
    };
    let text = |item: &Linked| item.node.text().map(ToString::to_string).ok_or_else(no_texts);
    items.iter().map(text).collect()
}

fn expressions(value: &Linked, cache: &Cache) -> Result<(Vec<Arc<Expression>>, Place), Invalid> {
    let place = value.node.place;
    let no_texts = || Invalid::at(place, "variables should be an array of strings");
    let items = value.node.sequence().ok_or_else(no_texts)?;
    let mut expressions = Vec::with_capacity(items.len());
    for item in items {
        let text = item.node.text().ok_or_else(no_texts)?;
        let expression = cache.expression(text).map_err(|error| {
            let what = format!("expected {}, found {}", error.expected(), error.found());
            Invalid::at(item.node.place, "invalid expression syntax").in_text(text, error.column(), what)
        })?;
        expressions.push(expression);
    }
    Ok((expressions, place))
}

/// Is the pipeline what one of `refs` names: a kind of ref, a source in the singular or plural, a name, a pattern?
fn matches(written: &str, scope: &Scope<'_>, facts: &Facts) -> Answer<bool> {
    let (pattern, path) = match written.split_once('@') {
        Some((pattern, path)) => (pattern, Some(path)),
        None => (written, None),
    };
    let of_path = match path.map(|path| (path, scope.variables.lookup("CI_PROJECT_PATH"))) {
        None => Answer::Known(true),
        Some((path, Lookup::Is(project))) => Answer::Known(path == project),
        Some((_, Lookup::Unset)) => Answer::Known(false),
        Some((_, Lookup::Unknown(reason))) => Answer::Unknown(reason.clone()),
    };
    both(of_path, is_named(pattern, scope, facts))
}

fn is_named(pattern: &str, scope: &Scope<'_>, facts: &Facts) -> Answer<bool> {
    let source = facts.pipeline_source();
    let source = source.strip_suffix("_event").unwrap_or(source);
    let plural = if source == "push" { "es" } else { "s" };
    if pattern == source || pattern.strip_suffix(plural) == Some(source) {
        return Answer::Known(true);
    }
    if facts.is_merge_request() {
        return Answer::Known(false);
    }
    let (name, kind) = match facts.commit_reference() {
        Some(Ref::Branch(name)) => (name, "branches"),
        Some(Ref::Tag(name)) => (name, "tags"),
        None => {
            return Answer::Unknown(Reason::new("which branch or tag the pipeline runs on was not given"));
        }
    };
    let is_pattern = |pattern: &Pattern| pattern.is_found_in(&name);
    let found = scope.cache.pattern(pattern).is_some_and(|pattern| is_pattern(&pattern));
    Answer::Known(pattern == kind || pattern == name || found)
}

fn both(one: Answer<bool>, other: Answer<bool>) -> Answer<bool> {
    match (one, other) {
        (Answer::Known(true), other) => other,
        (Answer::Known(false), _) | (_, Answer::Known(false)) => Answer::Known(false),
        (Answer::Unknown(reason), _) => Answer::Unknown(reason),
    }
}

fn either(one: Answer<bool>, other: Answer<bool>) -> Answer<bool> {
    both(one.map(|one| !one), other.map(|other| !other)).map(|neither| !neither)
}
