use alloc::format;
use alloc::string::String;
use alloc::sync::Arc;
use alloc::vec::Vec;

use super::choice::{self, Choice};
use super::header::{check_keys, not_a_hash};
use crate::context::Version;
use crate::invalid::Invalid;
use crate::yaml::{Entry, Linked, Mapping, Place};

const KEYS: [&str; 5] = ["default", "description", "options", "regex", "type"];

const MAX_OPTIONS: usize = 50;

/// An input that a header declares.
pub(super) struct Definition {
    pub(super) name: Arc<str>,
    pub(super) place: Place,
    pub(super) kind: Kind,
    pub(super) default: Option<Linked>,
    pub(super) options: Option<Vec<Linked>>,
    pub(super) regex: Option<String>,
    /// Options and default by the values of other inputs.
    pub(super) choices: Option<Vec<Choice>>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    Text,
    Array,
    Boolean,
    Number,
}

impl Kind {
    /// With its article.
    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Text => "a string",
            Self::Array => "an array",
            Self::Boolean => "a boolean",
            Self::Number => "a number",
        }
    }
}

impl Definition {
    pub(super) fn read(entry: &Entry, version: Version) -> Result<Self, Invalid> {
        let location = format!("header:spec:inputs:{}", entry.key);
        let mut definition = Self {
            name: entry.key.clone(),
            place: entry.place,
            kind: Kind::Text,
            default: None,
            options: None,
            regex: None,
            choices: None,
        };
        if entry.value.node.is_null() {
            return Ok(definition);
        }
        let place = entry.value.node.place;
        let mapping = entry.value.node.mapping().ok_or_else(|| not_a_hash(&location, place))?;
        let knows_rules = version >= choice::SINCE;
        check_keys(&location, mapping, if knows_rules { &choice::KEYS_WITH_RULES } else { &KEYS })?;
        definition.kind = kind(&location, mapping)?;
        definition.default = mapping.value("default").cloned();
        definition.options = options(&location, mapping)?;
        definition.regex = regex(&location, mapping)?;
        description(&location, mapping)?;
        definition.choices = choice::read(&location, mapping)?;
        Ok(definition)
    }
}

fn kind(location: &str, mapping: &Mapping) -> Result<Kind, Invalid> {
    let Some(value) = mapping.value("type").filter(|it| !it.node.is_null()) else { return Ok(Kind::Text) };
    match value.node.text() {
        Some("string") => Ok(Kind::Text),
        Some("array") => Ok(Kind::Array),
        Some("boolean") => Ok(Kind::Boolean),
        Some("number") => Ok(Kind::Number),
        _ => {
            let written = value.node.to_text().unwrap_or_else(|| value.node.kind().into());
            let advice = "valid types: array, boolean, number, string";
            Err(Invalid::at(value.node.place, format!("{location} input type unknown value: {written}"))
                .note(advice, None))
        }
    }
}

pub(super) fn options(location: &str, mapping: &Mapping) -> Result<Option<Vec<Linked>>, Invalid> {
    let Some(value) = mapping.value("options").filter(|it| !it.node.is_null()) else { return Ok(None) };
    let refuse = |problem: &str| Err(Invalid::at(value.node.place, format!("{location} {problem}")));
    match value.node.sequence() {
        None => refuse("input options should be an array"),
        Some(options) if options.len() > MAX_OPTIONS => {
            refuse(&format!("config cannot define more than {MAX_OPTIONS} options"))
        }
        Some(options) if options.iter().any(|it| it.node.is_null()) => {
            refuse("config options array cannot contain null values")
        }
        Some(options) => Ok(Some(options.to_vec())),
    }
}

fn regex(location: &str, mapping: &Mapping) -> Result<Option<String>, Invalid> {
    let Some(value) = mapping.value("regex").filter(|it| !it.node.is_null()) else { return Ok(None) };
    let written = value.node.text().map(String::from);
    written
        .map(Some)
        .ok_or_else(|| Invalid::at(value.node.place, format!("{location} input regex should be a string")))
}

fn description(location: &str, mapping: &Mapping) -> Result<(), Invalid> {
    match mapping.value("description") {
        Some(value) if !value.node.is_null() && value.node.to_text().is_none() => {
            let message = format!("{location} input description must be an alphanumeric string");
            Err(Invalid::at(value.node.place, message))
        }
        _ => Ok(()),
    }
}
