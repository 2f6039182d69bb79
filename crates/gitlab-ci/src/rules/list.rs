use alloc::format;
use alloc::string::{String, ToString};
use alloc::sync::Arc;
use alloc::vec::Vec;

use super::cache::Cache;
use super::changes::{Changes, Diff};
use super::decision::{Clause, Decision, Read, Tried};
use super::exists::Exists;
use super::expression::Expression;
use super::variables::{Lookup, Variables};
use crate::answer::Answer;
use crate::include::Files;
use crate::invalid::Invalid;
use crate::yaml::{Linked, Mapping, Place};

/// `!reference` nests lists; GitLab flattens so many levels.
const MAX_LEVELS: usize = 10;

/// More rules than anybody writes: nested lists that refer to each other come to billions.
const MAX_RULES: usize = 10_000;

/// Whose rules they are, which decides on what they may say.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Keyword {
    Job,
    Workflow,
    Include,
}

/// What rules are decided by.
#[derive(Clone, Copy)]
pub(crate) struct Scope<'a> {
    pub(crate) variables: &'a dyn Variables,
    pub(crate) files: &'a dyn Files,
    pub(crate) diff: &'a Diff,
    pub(crate) cache: &'a Cache,
}

/// A list of rules that GitLab would take.
#[derive(Clone, Debug)]
pub(crate) struct RuleList {
    place: Place,
    rules: Vec<Rule>,
}

#[derive(Clone, Debug)]
struct Rule {
    written: Linked,
    condition: Option<Condition>,
    changes: Option<Changes>,
    exists: Option<Exists>,
}

#[derive(Clone, Debug)]
struct Condition {
    expression: Arc<Expression>,
    place: Place,
}

impl Keyword {
    fn keys(self) -> &'static [&'static str] {
        match self {
            Self::Job => &[
                "if",
                "changes",
                "exists",
                "when",
                "start_in",
                "allow_failure",
                "variables",
                "needs",
                "auto_cancel",
                "interruptible",
            ],
            Self::Workflow => &["if", "changes", "exists", "when", "variables", "auto_cancel"],
            Self::Include => &["if", "changes", "exists", "when"],
        }
    }

    fn whens(self) -> &'static [&'static str] {
        match self {
            Self::Job => &["on_success", "on_failure", "always", "never", "manual", "delayed"],
            Self::Workflow | Self::Include => &["always", "never"],
        }
    }
}

impl RuleList {
    /// # Errors
    /// Where GitLab would refuse the list; the message goes on behind the keyword's own name.
    pub(crate) fn parse(list: &Linked, keyword: Keyword, cache: &Cache) -> Result<Self, Invalid> {
        let place = list.node.place;
        let Some(items) = list.node.sequence() else {
            return Err(Invalid::at(place, "config should be an array of hashes").of("rules"));
        };
        if items.is_empty() && keyword != Keyword::Include {
            return Err(Invalid::at(place, "config can't be blank").of("rules"));
        }
        let mut rules = Vec::with_capacity(items.len());
        flatten(list, 0, &mut |item| {
            if rules.len() == MAX_RULES {
                return Err(Invalid::at(place, format!("config has more than {MAX_RULES} rules")).of("rules"));
            }
            rules.push(Rule::parse(item, keyword, cache).map_err(|invalid| invalid.of("rules:rule"))?);
            Ok(())
        })?;
        Ok(Self { place, rules })
    }

    /// Looks at one rule after the other, up to the first that surely matches.
    pub(crate) fn decide(&self, scope: &Scope<'_>) -> Decision {
        let mut tried = Vec::new();
        for rule in &self.rules {
            let it = rule.tried(scope);
            let settled = it.matches == Answer::Known(true);
            tried.push(it);
            if settled {
                break;
            }
        }
        Decision { place: Some(self.place), tried }
    }
}

fn flatten(
    list: &Linked,
    level: usize,
    each: &mut dyn FnMut(&Linked) -> Result<(), Invalid>,
) -> Result<(), Invalid> {
    for item in list.node.sequence().unwrap_or_default() {
        let item = item.beneath(list.via.as_ref());
        match item.node.sequence() {
            Some(_) if level == MAX_LEVELS => {
                let message = format!("config is nested more than {MAX_LEVELS} levels deep");
                return Err(Invalid::at(item.node.place, message).of("rules"));
            }
            Some(_) => flatten(&item, level + 1, each)?,
            None => each(&item)?,
        }
    }
    Ok(())
}

impl Rule {
    fn parse(written: &Linked, keyword: Keyword, cache: &Cache) -> Result<Self, Invalid> {
        let Some(keys) = written.node.mapping() else {
            return Err(Invalid::at(written.node.place, "config should be a hash"));
        };
        if keys.is_empty() {
            return Err(Invalid::at(written.node.place, "config can't be blank"));
        }
        // What a rule brings along from a map that extends something is no key of its own.
        let allowed = |key: &str| keyword.keys().contains(&key);
        let unknown: Vec<_> = keys.entries().iter().filter(|entry| !allowed(&entry.key)).collect();
        if let Some(first) = unknown.first() {
            let names: Vec<&str> = unknown.iter().map(|entry| &*entry.key).collect();
            return Err(Invalid::at(
                first.place,
                format!("config contains unknown keys: {}", names.join(", ")),
            ));
        }
        when(keys, keyword)?;
        Ok(Self {
            condition: value(keys, "if").map(|value| Condition::parse(value, cache)).transpose()?,
            changes: value(keys, "changes").map(Changes::parse).transpose()?,
            exists: value(keys, "exists").map(Exists::parse).transpose()?,
            written: written.clone(),
        })
    }

    fn tried(&self, scope: &Scope<'_>) -> Tried {
        let mut clauses = Vec::new();
        let questions: [&dyn Fn() -> Option<Clause>; 3] = [
            &|| self.condition.as_ref().map(|condition| condition.clause(scope)),
            &|| self.changes.as_ref().map(|changes| changes.clause(scope)),
            &|| self.exists.as_ref().map(|exists| exists.clause(scope)),
        ];
        let mut matches = Answer::Known(true);
        for clause in questions {
            let Some(clause) = clause() else { continue };
            let holds = clause.holds.clone();
            clauses.push(clause);
            match holds {
                Answer::Known(true) => {}
                Answer::Known(false) => {
                    matches = holds;
                    break;
                }
                Answer::Unknown(_) => matches = holds,
            }
        }
        Tried { rule: self.written.clone(), matches, clauses }
    }
}

/// A key that says something: null says nothing.
fn value<'a>(keys: &'a Mapping, key: &str) -> Option<&'a Linked> {
    keys.value(key).filter(|value| !value.node.is_null())
}

fn when(keys: &Mapping, keyword: Keyword) -> Result<(), Invalid> {
    let Some(when) = value(keys, "when") else { return Ok(()) };
    let place = when.node.place;
    let text = when.node.to_text().unwrap_or_default();
    if !keyword.whens().contains(&text.as_str()) {
        let message = match keyword {
            Keyword::Include => format!("when unknown value: {text}"),
            Keyword::Job | Keyword::Workflow => {
                format!("when should be one of: {}", keyword.whens().join(", "))
            }
        };
        return Err(Invalid::at(place, message));
    }
    match (text.as_str(), value(keys, "start_in")) {
        ("delayed", None) => Err(Invalid::at(place, "start_in should be a duration")),
        ("delayed", Some(_)) | (_, None) => Ok(()),
        (_, Some(start_in)) => Err(Invalid::at(start_in.node.place, "start_in must be blank")),
    }
}

impl Condition {
    fn parse(value: &Linked, cache: &Cache) -> Result<Self, Invalid> {
        let place = value.node.place;
        let Some(text) = value.node.text() else {
            return Err(Invalid::at(place, "if invalid expression syntax"));
        };
        let expression = cache.expression(text).map_err(|error| {
            let what = format!("expected {}, found {}", error.expected(), error.found());
            Invalid::at(place, "if invalid expression syntax").in_text(text, error.column(), what)
        })?;
        Ok(Self { expression, place })
    }

    fn clause(&self, scope: &Scope<'_>) -> Clause {
        Clause {
            keyword: "if",
            written: self.expression.to_string(),
            place: self.place,
            holds: self.expression.evaluate(scope.variables, scope.cache),
            variables: self.expression.variables().into_iter().map(|name| read(name, scope)).collect(),
        }
    }
}

/// What a variable is when a condition reads it.
pub(super) fn read(name: &str, scope: &Scope<'_>) -> Read {
    let value = match scope.variables.lookup(name) {
        Lookup::Unset => Answer::Known(None),
        Lookup::Is(value) => Answer::Known(Some(value.to_string())),
        Lookup::Unknown(reason) => Answer::Unknown(reason.clone()),
    };
    Read { name: String::from(name), value, origin: scope.variables.origin(name) }
}
