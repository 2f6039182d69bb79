//! [`spec:inputs:rules`](https://docs.gitlab.com/ci/yaml/#specinputsrules).

use alloc::collections::BTreeMap;
use alloc::format;
use alloc::string::{String, ToString};
use alloc::vec::Vec;

use super::definition::{Kind, options};
use super::header::{check_keys, not_a_hash};
use crate::context::Version;
use crate::invalid::Invalid;
use crate::rules::Expression;
use crate::yaml::{Linked, Mapping, Place};

/// The version that brought them.
pub(super) const SINCE: Version = Version { major: 18, minor: 7 };

pub(super) const KEYS_WITH_RULES: [&str; 6] = ["default", "description", "options", "regex", "type", "rules"];

/// One rule: options and default for the case that a condition on other inputs holds.
pub(super) struct Choice {
    condition: Option<Condition>,
    pub(super) options: Option<Vec<Linked>>,
    pub(super) default: Option<Linked>,
}

struct Condition {
    expression: Expression,
    /// The variable of the expression that stands for an input.
    inputs: BTreeMap<String, String>,
    place: Place,
}

/// The values of other inputs, as far as they are known.
pub(super) struct Known<'a> {
    /// With the kind that is declared.
    pub(super) values: &'a BTreeMap<&'a str, (Kind, Linked)>,
}

pub(super) fn read(location: &str, mapping: &Mapping) -> Result<Option<Vec<Choice>>, Invalid> {
    let Some(rules) = mapping.entry("rules").filter(|it| !it.value.node.is_null()) else { return Ok(None) };
    for other in ["options", "default"] {
        if mapping.value(other).is_some() {
            let message = format!("{location} config these keys cannot be used together: rules, {other}");
            return Err(Invalid::at(rules.place, message));
        }
    }
    let place = rules.value.node.place;
    let items = rules
        .value
        .node
        .sequence()
        .ok_or_else(|| Invalid::at(place, format!("{location}:rules config should be a array")))?;
    let rules = items.iter().map(|item| choice(&format!("{location}:rules:rule"), item));
    rules.collect::<Result<Vec<_>, _>>().map(Some)
}

fn choice(location: &str, rule: &Linked) -> Result<Choice, Invalid> {
    let place = rule.node.place;
    let mapping = rule.node.mapping().ok_or_else(|| not_a_hash(location, place))?;
    check_keys(location, mapping, &["if", "options", "default"])?;
    let condition = match mapping.value("if").filter(|it| !it.node.is_null()) {
        Some(written) => Some(condition(location, written)?),
        None => None,
    };
    let choice = Choice {
        condition,
        options: options(location, mapping)?,
        default: mapping.value("default").cloned(),
    };
    match (&choice.condition, &choice.options, &choice.default) {
        (Some(_), None, None) => {
            let problem = "config rule with 'if' must define 'options' or 'default'";
            Err(Invalid::at(place, format!("{location} {problem}")))
        }
        (None, None, _) => {
            let problem = "config fallback rule must define 'options'";
            Err(Invalid::at(place, format!("{location} {problem}")))
        }
        _ => Ok(choice),
    }
}

fn condition(location: &str, written: &Linked) -> Result<Condition, Invalid> {
    let place = written.node.place;
    let text =
        written.node.text().ok_or_else(|| Invalid::at(place, format!("{location} if should be a string")))?;
    let mut inputs = BTreeMap::new();
    let mut expression = String::new();
    let mut rest = text;
    while let Some((before, behind)) = rest.split_once("$[[") {
        let Some((access, behind)) = behind.split_once("]]") else { break };
        let Some(name) = access.trim().strip_prefix("inputs.") else { break };
        let variable = format!("INPUT_{}", inputs.len());
        expression.push_str(&format!("{before}${variable}"));
        inputs.insert(variable, name.to_string());
        rest = behind;
    }
    expression.push_str(rest);
    match expression.parse() {
        Ok(expression) => Ok(Condition { expression, inputs, place }),
        Err(_) => Err(Invalid::at(place, format!("{location} if invalid expression syntax")).note(
            "conditions on inputs that are not text, and the words true and false, are not supported",
            None,
        )),
    }
}

/// The first rule whose condition holds.
pub(super) fn chosen<'a>(choices: &'a [Choice], known: &Known<'_>) -> Result<Option<&'a Choice>, Invalid> {
    for choice in choices {
        if choice.condition.as_ref().map_or(Ok(true), |it| it.holds(known))? {
            return Ok(Some(choice));
        }
    }
    Ok(None)
}

impl Condition {
    fn holds(&self, known: &Known<'_>) -> Result<bool, Invalid> {
        let mut values = BTreeMap::new();
        for (variable, name) in &self.inputs {
            match known.values.get(name.as_str()) {
                Some((Kind::Text, value)) => {
                    values.insert(variable.as_str(), value.node.to_text().unwrap_or_default());
                }
                Some(_) => {
                    let message =
                        format!("`{name}` input: conditions on inputs that are not text are not supported");
                    return Err(Invalid::at(self.place, message));
                }
                None => {
                    let message =
                        format!("`{name}` input: a rule refers to it, and it is not declared before");
                    return Err(Invalid::at(self.place, message));
                }
            }
        }
        Ok(self.expression.holds(&values))
    }
}
