use std::{
    collections::BTreeMap,
    sync::{Arc, PoisonError, RwLock},
};

use super::{
    PolicyError,
    document::{self, Rule},
};
use crate::clock::Moment;

/// The policies by name.
#[derive(Debug)]
pub(crate) struct Policies(RwLock<BTreeMap<String, Arc<Policy>>>);

/// One policy as it was written.
#[derive(Debug)]
pub(crate) struct Policy {
    pub(crate) name: String,
    pub(crate) text: String,
    pub(crate) version: u64,
    pub(crate) modified: Option<Moment>,
    pub(super) rules: Vec<Rule>,
}

impl Policies {
    /// The built-in policies alone.
    ///
    /// # Errors
    /// Never, unless the built-in text is broken.
    pub(crate) fn built_in(now: Moment) -> Result<Self, PolicyError> {
        let policies = Self(RwLock::default());
        policies.write("default", DEFAULT, now)?;
        Ok(policies)
    }

    /// Every name in order, `root` included.
    pub(crate) fn names(&self) -> Vec<String> {
        let policies = self.0.read().unwrap_or_else(PoisonError::into_inner);
        let mut names: Vec<String> = policies.keys().cloned().chain(["root".to_owned()]).collect();
        names.sort_unstable();
        names
    }

    pub(crate) fn read(&self, name: &str) -> Option<Arc<Policy>> {
        if name == "root" {
            let (name, text) = ("root".to_owned(), String::new());
            return Some(Arc::new(Policy { name, text, version: 0, modified: None, rules: Vec::new() }));
        }
        self.0.read().unwrap_or_else(PoisonError::into_inner).get(name).cloned()
    }

    /// # Errors
    /// When the text is not a policy, or the policy is `root`.
    pub(crate) fn write(&self, name: &str, text: &str, now: Moment) -> Result<(), PolicyError> {
        if name == "root" {
            return Err(PolicyError::RootIsFixed);
        }
        let rules = document::parse(text)?;
        let mut policies = self.0.write().unwrap_or_else(PoisonError::into_inner);
        let version = policies.get(name).map_or(1, |policy| policy.version + 1);
        let (name, text) = (name.to_owned(), text.to_owned());
        policies.insert(name.clone(), Arc::new(Policy { name, text, version, modified: Some(now), rules }));
        Ok(())
    }

    /// # Errors
    /// When the policy is built in.
    pub(crate) fn delete(&self, name: &str) -> Result<(), PolicyError> {
        match name {
            "root" => Err(PolicyError::RootStays),
            "default" => Err(PolicyError::DefaultStays),
            _ => {
                self.0.write().unwrap_or_else(PoisonError::into_inner).remove(name);
                Ok(())
            }
        }
    }

    /// Those of these policies that are there.
    pub(super) fn of<'a>(&self, names: impl Iterator<Item = &'a str>) -> Vec<Arc<Policy>> {
        let policies = self.0.read().unwrap_or_else(PoisonError::into_inner);
        names.filter_map(|name| policies.get(name).cloned()).collect()
    }
}

/// What OpenBao gives to every token that does not refuse it.
const DEFAULT: &str = include_str!("default.hcl");
