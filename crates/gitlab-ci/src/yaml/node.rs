use alloc::string::String;
use alloc::sync::Arc;
use alloc::vec::Vec;

use super::mapping::Mapping;
use super::place::Place;

/// A value and where it is written.
#[derive(Clone, Debug)]
pub struct Node {
    /// What it is.
    pub value: Value,
    /// Its first character.
    pub place: Place,
}

/// What YAML 1.1 makes of a piece of text, as Ruby's Psych reads it.
#[derive(Clone, Debug)]
pub enum Value {
    /// `~`, `null` or nothing.
    Null,
    /// `yes`, `off`, `true`, …
    Boolean(bool),
    /// `12`, `0755`, `0x1F`, `1_000`, `1:30`
    Integer(i128),
    /// `1.5`, `.inf`
    Float(f64),
    /// Everything else.
    Text(Arc<str>),
    /// `[a, b]`
    Sequence(Vec<Linked>),
    /// `{a: b}`
    Mapping(Mapping),
    /// `!reference [job, script]`: never empty.
    Reference(Vec<Arc<str>>),
}

/// A value that is part of another, and how it came there.
#[derive(Clone, Debug)]
pub struct Linked {
    /// The value; shared with the place that it was taken from.
    pub node: Arc<Node>,
    /// `None` where it stands there itself.
    pub via: Option<Arc<Step>>,
}

/// One step on the way of a value from where it is written to where it is used: the last step first.
#[derive(Debug)]
pub struct Step {
    /// What took it over.
    pub how: How,
    /// Where that is written.
    pub place: Place,
    /// The steps before.
    pub before: Option<Arc<Step>>,
}

/// What takes values over from elsewhere.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum How {
    /// `extends: base`
    Extends(Arc<str>),
    /// `!reference [a, b]`
    Reference(Vec<Arc<str>>),
    /// `default:` of the pipeline
    Default,
}

impl Linked {
    pub(crate) fn here(node: Node) -> Self {
        Self { node: Arc::new(node), via: None }
    }

    /// The same value, one step further on.
    pub(crate) fn through(&self, how: How, place: Place) -> Self {
        let step = Step { how, place, before: self.via.clone() };
        Self { node: Arc::clone(&self.node), via: Some(Arc::new(step)) }
    }

    /// The same value as a part of one that took the steps `outer`.
    pub(crate) fn beneath(&self, outer: Option<&Arc<Step>>) -> Self {
        let steps: Vec<&Step> =
            core::iter::successors(outer.map(Arc::as_ref), |step| step.before.as_deref()).collect();
        let via = steps.into_iter().rev().fold(self.via.clone(), |before, step| {
            Some(Arc::new(Step { how: step.how.clone(), place: step.place, before }))
        });
        Self { node: Arc::clone(&self.node), via }
    }

    /// The value of a key of the mapping that this is, with the steps that both took.
    pub fn member(&self, key: &str) -> Option<Self> {
        Some(self.node.mapping()?.value(key)?.beneath(self.via.as_ref()))
    }

    /// The steps that it took, the last first.
    pub fn steps(&self) -> impl Iterator<Item = &Step> {
        core::iter::successors(self.via.as_deref(), |step| step.before.as_deref())
    }
}

impl Node {
    /// The mapping that this is.
    pub fn mapping(&self) -> Option<&Mapping> {
        match &self.value {
            Value::Mapping(mapping) => Some(mapping),
            _ => None,
        }
    }

    /// The items of the sequence that this is.
    pub fn sequence(&self) -> Option<&[Linked]> {
        match &self.value {
            Value::Sequence(items) => Some(items),
            _ => None,
        }
    }

    /// The text that this is. Numbers and booleans are none: see [`Node::to_text`].
    pub fn text(&self) -> Option<&str> {
        match &self.value {
            Value::Text(text) => Some(text),
            _ => None,
        }
    }

    /// Ruby's `to_s` of a scalar: `true` for `yes`, `493` for `0755`, empty for null; `None` for what is no scalar.
    pub fn to_text(&self) -> Option<String> {
        super::scalar::to_text(&self.value)
    }

    /// Is it `null`, written out or not?
    pub fn is_null(&self) -> bool {
        matches!(self.value, Value::Null)
    }

    /// What it is, for a message: "a list", "text".
    pub fn kind(&self) -> &'static str {
        match self.value {
            Value::Null => "nothing",
            Value::Boolean(_) => "a boolean",
            Value::Integer(_) | Value::Float(_) => "a number",
            Value::Text(_) => "text",
            Value::Sequence(_) => "a list",
            Value::Mapping(_) => "a map",
            Value::Reference(_) => "a !reference",
        }
    }
}
