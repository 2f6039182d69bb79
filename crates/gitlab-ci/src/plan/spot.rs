use alloc::format;
use alloc::string::{String, ToString};
use alloc::vec::Vec;

use crate::invalid::Invalid;
use crate::yaml::{Entry, How, Linked, Mapping, Place, Value};

/// A value and its way from the top of the configuration, which is what GitLab's messages call it by.
#[derive(Clone, Copy)]
pub(super) struct Spot<'around, 'a> {
    parent: Option<&'around Spot<'around, 'a>>,
    key: &'a str,
    pub(super) value: &'a Linked,
}

impl<'around, 'a> Spot<'around, 'a> {
    pub(super) fn top(key: &'a str, value: &'a Linked) -> Self {
        Self { parent: None, key, value }
    }

    /// The spot around all jobs; what it holds does not matter.
    pub(super) fn jobs(value: &'a Linked) -> Self {
        Self::top("jobs", value)
    }

    pub(super) fn below<'this>(&'this self, key: &'a str, value: &'a Linked) -> Spot<'this, 'a> {
        Spot { parent: Some(self), key, value }
    }

    /// A key of the mapping that this is, unless it is not there or null, which GitLab takes for the same.
    pub(super) fn key<'this>(&'this self, key: &'a str) -> Option<Spot<'this, 'a>> {
        let value = self.value.node.mapping()?.value(key)?;
        (!value.node.is_null()).then(|| self.below(key, value))
    }

    /// The mapping that this is.
    ///
    /// # Errors
    /// Where it is none.
    pub(super) fn hash(&self) -> Result<&'a Mapping, Invalid> {
        self.value.node.mapping().ok_or_else(|| self.invalid("config should be a hash"))
    }

    /// The entries of the mapping that this is, each with its spot.
    ///
    /// # Errors
    /// Where it is none.
    pub(super) fn entries<'this>(
        &'this self,
    ) -> Result<impl Iterator<Item = (&'a Entry, Spot<'this, 'a>)>, Invalid> {
        Ok(self.hash()?.entries().iter().map(|entry| (entry, self.below(&entry.key, &entry.value))))
    }

    /// The text that this is.
    ///
    /// # Errors
    /// Where it is none, or empty.
    pub(super) fn filled_text(&self) -> Result<&'a str, Invalid> {
        match self.value.node.text() {
            Some(text) if text.trim().is_empty() => Err(self.attribute("can't be blank")),
            Some(text) => Ok(text),
            None => Err(self.attribute("should be a string")),
        }
    }

    /// # Errors
    /// Where a key is none of `allowed`.
    pub(super) fn allow_keys(&self, allowed: &[&[&str]]) -> Result<(), Invalid> {
        let mapping = self.hash()?;
        let unknown: Vec<&Entry> = mapping
            .entries()
            .iter()
            .filter(|entry| !allowed.iter().any(|keys| keys.contains(&&*entry.key)))
            .collect();
        let Some(first) = unknown.first() else { return Ok(()) };
        let names: Vec<&str> = unknown.iter().map(|entry| &*entry.key).collect();
        let spot = self.below(&first.key, &first.value);
        let message = format!("{} config contains unknown keys: {}", self.location(), names.join(", "));
        Err(spot.trail(Invalid::at(first.place, message)))
    }

    /// What is wrong here, in the way GitLab says it of a whole entry.
    pub(super) fn invalid(&self, message: &str) -> Invalid {
        self.trail(Invalid::at(self.value.node.place, format!("{} {message}", self.location())))
    }

    /// What is wrong here, in the way GitLab says it of an attribute of the entry around.
    pub(super) fn attribute(&self, message: &str) -> Invalid {
        let around = self.parent.map_or_else(String::new, Spot::location);
        self.trail(Invalid::at(self.value.node.place, format!("{around} {} {message}", self.key)))
    }

    /// What is wrong with a part of this, of which the message names the part alone.
    pub(super) fn around(&self, invalid: Invalid) -> Invalid {
        let message = format!("{}:{}", self.location(), invalid.message);
        Invalid { message, ..invalid }
    }

    /// What is wrong here, in words of its own.
    pub(super) fn plain(&self, message: impl Into<String>) -> Invalid {
        self.trail(Invalid::at(self.value.node.place, message))
    }

    pub(super) fn place(&self) -> Place {
        self.value.node.place
    }

    /// `jobs:test:id_tokens`
    pub(super) fn location(&self) -> String {
        match self.parent {
            Some(around) => format!("{}:{}", around.location(), self.key),
            None => self.key.to_string(),
        }
    }

    /// How the value came here: its own steps, then those of all that is around it.
    pub(super) fn trail(&self, invalid: Invalid) -> Invalid {
        let own = self.value.steps().fold(invalid, |invalid, step| {
            let text = match &step.how {
                How::Extends(base) => format!("taken over by `extends: {base}`"),
                How::Reference(path) => format!("taken over by `!reference [{}]`", path.join(", ")),
                How::Default => "taken over from the defaults".to_string(),
            };
            invalid.note(text, Some(step.place))
        });
        match self.parent {
            Some(parent) => parent.trail(own),
            None => own,
        }
    }
}

/// The texts of a list of nothing but texts.
pub(super) fn texts(value: &Linked) -> Option<Vec<(&str, Place)>> {
    let mut texts = Vec::new();
    for item in value.node.sequence()? {
        texts.push((item.node.text()?, item.node.place));
    }
    Some(texts)
}

/// Ruby's `true` or `false`.
pub(super) fn boolean(value: &Linked) -> Option<bool> {
    match value.node.value {
        Value::Boolean(boolean) => Some(boolean),
        _ => None,
    }
}
