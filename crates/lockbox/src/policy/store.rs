use std::{
    collections::BTreeMap,
    sync::{Arc, PoisonError, RwLock},
};

use serde::{Deserialize, Serialize};

use super::{
    PolicyError,
    document::{self, Rule},
};
use crate::{
    clock::{Moment, nanos},
    storage::{Batch, Shelf, Store, json},
};

/// The policies by name.
#[derive(Debug)]
pub(crate) struct Policies {
    shelf: Shelf,
    known: RwLock<BTreeMap<String, Arc<Policy>>>,
}

/// One policy as it was written.
#[derive(Debug)]
pub(crate) struct Policy {
    pub(crate) name: String,
    pub(crate) text: String,
    pub(crate) version: u64,
    pub(crate) modified: Option<Moment>,
    pub(super) rules: Vec<Rule>,
}

/// A policy as the store holds it.
#[derive(Serialize, Deserialize)]
struct Written {
    text: String,
    version: u64,
    #[serde(with = "nanos::option")]
    modified: Option<Moment>,
}

impl Policies {
    /// The policies that are in the store; an empty store gets the built-in ones.
    ///
    /// # Errors
    /// When the store cannot be read or written.
    pub(crate) async fn load(store: Arc<Store>, now: Moment) -> Result<Self, PolicyError> {
        let policies = Self { shelf: Shelf::new(store, "policy/".to_owned()), known: RwLock::default() };
        for name in policies.shelf.children("")? {
            if let Some(Written { text, version, modified }) = policies.shelf.read_json(&name)? {
                let rules = document::parse(&text)?;
                policies.insert(Policy { name, text, version, modified, rules });
            }
        }
        if policies.read("default").is_none() {
            policies.write("default", DEFAULT, now).await?;
        }
        Ok(policies)
    }

    /// Every name in order, `root` included.
    pub(crate) fn names(&self) -> Vec<String> {
        let policies = self.known.read().unwrap_or_else(PoisonError::into_inner);
        let mut names: Vec<String> = policies.keys().cloned().chain(["root".to_owned()]).collect();
        names.sort_unstable();
        names
    }

    pub(crate) fn read(&self, name: &str) -> Option<Arc<Policy>> {
        if name == "root" {
            let (name, text) = ("root".to_owned(), String::new());
            return Some(Arc::new(Policy { name, text, version: 0, modified: None, rules: Vec::new() }));
        }
        self.known.read().unwrap_or_else(PoisonError::into_inner).get(name).cloned()
    }

    /// # Errors
    /// When the text is not a policy, the policy is `root`, or the disk refuses.
    pub(crate) async fn write(&self, name: &str, text: &str, now: Moment) -> Result<(), PolicyError> {
        if name == "root" {
            return Err(PolicyError::RootIsFixed);
        }
        let rules = document::parse(text)?;
        let _turn = self.shelf.turn(name).await;
        let version = self.read(name).map_or(1, |policy| policy.version + 1);
        let modified = Some(now);
        let mut batch = Batch::default();
        batch.put(self.shelf.path(name), json(&Written { text: text.to_owned(), version, modified })?);
        self.shelf.commit(batch).await?;
        let (name, text) = (name.to_owned(), text.to_owned());
        self.insert(Policy { name, text, version, modified, rules });
        Ok(())
    }

    /// # Errors
    /// When the policy is built in, or the disk refuses.
    pub(crate) async fn delete(&self, name: &str) -> Result<(), PolicyError> {
        match name {
            "root" => Err(PolicyError::RootStays),
            "default" => Err(PolicyError::DefaultStays),
            _ => {
                let _turn = self.shelf.turn(name).await;
                let mut batch = Batch::default();
                batch.delete(self.shelf.path(name));
                self.shelf.commit(batch).await?;
                self.known.write().unwrap_or_else(PoisonError::into_inner).remove(name);
                Ok(())
            }
        }
    }

    fn insert(&self, policy: Policy) {
        let mut known = self.known.write().unwrap_or_else(PoisonError::into_inner);
        known.insert(policy.name.clone(), Arc::new(policy));
    }

    /// Those of these policies that are there.
    pub(super) fn of<'a>(&self, names: impl Iterator<Item = &'a str>) -> Vec<Arc<Policy>> {
        let policies = self.known.read().unwrap_or_else(PoisonError::into_inner);
        names.filter_map(|name| policies.get(name).cloned()).collect()
    }
}

/// What OpenBao gives to every token that does not refuse it.
const DEFAULT: &str = include_str!("default.hcl");
