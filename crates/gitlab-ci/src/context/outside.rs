use alloc::collections::BTreeMap;
use alloc::string::String;

use super::facts::Facts;
use crate::answer::Answer;
use crate::plan::Origin;
use crate::rules::{Lookup, Variables};

/// The variables that come from outside of the YAML: all that `include` sees.
#[derive(Debug)]
pub(crate) struct Outside<'a> {
    predefined: BTreeMap<String, Answer<String>>,
    settings: &'a BTreeMap<String, String>,
}

impl<'a> Outside<'a> {
    pub(crate) fn of(facts: &'a Facts) -> Self {
        Self { predefined: facts.predefined(), settings: &facts.settings }
    }
}

impl Variables for Outside<'_> {
    fn value(&self, name: &str) -> Option<&str> {
        let predefined = || self.predefined.get(name)?.known();
        self.settings.get(name).or_else(predefined).map(String::as_str)
    }

    fn lookup(&self, name: &str) -> Lookup<'_> {
        match (self.settings.get(name), self.predefined.get(name)) {
            (Some(value), _) | (None, Some(Answer::Known(value))) => Lookup::Is(value),
            (None, Some(Answer::Unknown(reason))) => Lookup::Unknown(reason),
            (None, None) => Lookup::Unset,
        }
    }

    fn origin(&self, name: &str) -> Origin {
        match self.settings.contains_key(name) {
            true => Origin::Setting,
            false if self.predefined.contains_key(name) => Origin::Predefined,
            false => Origin::Unset,
        }
    }
}
