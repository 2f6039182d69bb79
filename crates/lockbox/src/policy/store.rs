use std::{
    cmp::Ordering,
    collections::BTreeMap,
    sync::{Arc, PoisonError, RwLock},
};

use serde::{Deserialize, Serialize};

use super::{PolicyError, document, draft::Draft, rule::Rule};
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
    pub(crate) written: Draft,
    pub(crate) version: u64,
    pub(crate) modified: Option<Moment>,
    pub(super) rules: Vec<Rule>,
}

/// A policy as the store holds it.
#[derive(Serialize, Deserialize)]
struct Written {
    draft: Draft,
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
        let mut folders = vec![String::new()];
        while let Some(folder) = folders.pop() {
            for name in policies.shelf.children(&folder)? {
                let name = format!("{folder}{name}");
                if name.ends_with('/') {
                    folders.push(name);
                } else if let Some(Written { draft, version, modified }) = policies.shelf.read_json(&name)? {
                    let rules = document::parse(&draft.text, now)?;
                    policies.insert(Policy { name, written: draft, version, modified, rules });
                }
            }
        }
        for (name, text) in [("default", DEFAULT), (RESPONSE_WRAPPING, UNWRAP)] {
            if policies.read(name).is_none() {
                policies.keep(name, Draft::of(text), now).await?;
            }
        }
        Ok(policies)
    }

    /// Every name that can be given to a token, in the order in which OpenBao finds them, and `root` at the end.
    pub(crate) fn names(&self) -> Vec<String> {
        let policies = self.known.read().unwrap_or_else(PoisonError::into_inner);
        let mut names: Vec<String> =
            policies.keys().filter(|name| *name != RESPONSE_WRAPPING).cloned().collect();
        names.sort_by(|one, other| in_order_of_scan(one, other));
        names.push("root".to_owned());
        names
    }

    /// The policy as it is kept, whether it has ended or not.
    pub(crate) fn read(&self, name: &str) -> Option<Arc<Policy>> {
        if name == "root" {
            let (name, written) = ("root".to_owned(), Draft::default());
            return Some(Arc::new(Policy { name, written, version: 0, modified: None, rules: Vec::new() }));
        }
        self.known.read().unwrap_or_else(PoisonError::into_inner).get(name).cloned()
    }

    /// The policy, unless it has ended: then this forgets it.
    pub(crate) fn current(&self, name: &str, now: Moment) -> Option<Arc<Policy>> {
        let policy = self.read(name)?;
        if policy.counts_at(now) {
            return Some(policy);
        }
        let mut policies = self.known.write().unwrap_or_else(PoisonError::into_inner);
        if policies.get(name).is_some_and(|kept| !kept.counts_at(now)) {
            policies.remove(name);
        }
        None
    }

    /// # Errors
    /// When the text is not a policy, the policy cannot be written, or it is not the one that is to be replaced.
    pub(crate) async fn write(&self, name: &str, draft: Draft, now: Moment) -> Result<(), PolicyError> {
        document::parse(&draft.text, now)?;
        match name {
            "root" => Err(PolicyError::Fixed("root")),
            RESPONSE_WRAPPING => Err(PolicyError::Fixed(RESPONSE_WRAPPING)),
            _ => self.keep(name, draft, now).await,
        }
    }

    async fn keep(&self, name: &str, draft: Draft, now: Moment) -> Result<(), PolicyError> {
        let rules = document::parse(&draft.text, now)?;
        let _turn = self.shelf.turn(name).await;
        let kept = self.read(name);
        draft.check(kept.as_ref().map(|policy| (policy.version, policy.written.needs_cas)))?;
        let version = kept.map_or(0, |policy| policy.version) + 1;
        let written = Written { draft, version, modified: Some(now) };
        let mut batch = Batch::default();
        batch.put(self.shelf.path(name), json(&written)?);
        self.shelf.commit(batch).await?;
        let Written { draft, modified, .. } = written;
        self.insert(Policy { name: name.to_owned(), written: draft, version, modified, rules });
        Ok(())
    }

    /// # Errors
    /// When the policy is built in, or the disk refuses.
    pub(crate) async fn delete(&self, name: &str) -> Result<(), PolicyError> {
        match name {
            "root" => Err(PolicyError::Stays("root")),
            RESPONSE_WRAPPING => Err(PolicyError::Stays(RESPONSE_WRAPPING)),
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

/// In every folder its own names come first, and then what is in the folders in it, the last of them first.
fn in_order_of_scan(one: &str, other: &str) -> Ordering {
    let (mut one, mut other) = (one.split('/').peekable(), other.split('/').peekable());
    loop {
        match (one.next(), other.next()) {
            (Some(left), Some(right)) => match (one.peek(), other.peek()) {
                (None, None) => return left.cmp(right),
                (None, Some(_)) => return Ordering::Less,
                (Some(_), None) => return Ordering::Greater,
                (Some(_), Some(_)) if left == right => {}
                (Some(_), Some(_)) => return right.cmp(left),
            },
            (left, right) => return left.cmp(&right),
        }
    }
}

impl Policy {
    pub(super) fn counts_at(&self, now: Moment) -> bool {
        self.written.ends.is_none_or(|ends| now <= ends)
    }
}

/// What OpenBao gives to every token that does not refuse it.
const DEFAULT: &str = include_str!("default.hcl");

/// The policy of the tokens that answers are wrapped in.
const RESPONSE_WRAPPING: &str = "response-wrapping";

const UNWRAP: &str = include_str!("response-wrapping.hcl");

/// Policies of their own for tests, which need no runtime.
#[cfg(test)]
pub(super) mod testing {
    use super::*;

    pub(in crate::policy) fn built_in() -> Policies {
        now(async { Policies::load(Arc::new(Store::in_memory().await), Moment::at_second(0)).await.unwrap() })
    }

    pub(in crate::policy) fn write(policies: &Policies, name: &str, draft: Draft) -> Result<(), PolicyError> {
        now(policies.write(name, draft, Moment::at_second(0)))
    }

    pub(in crate::policy) fn delete(policies: &Policies, name: &str) -> Result<(), PolicyError> {
        now(policies.delete(name))
    }

    fn now<T>(future: impl Future<Output = T>) -> T {
        tokio::runtime::Builder::new_current_thread().build().unwrap().block_on(future)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_listed_in_openbaos_order() {
        let policies = testing::built_in();
        for name in ["b/a", "dir/two/x", "zed", "dir/one"] {
            testing::write(&policies, name, Draft::of("path \"a\" {}")).unwrap();
        }
        assert_eq!(policies.names(), ["default", "zed", "dir/one", "dir/two/x", "b/a", "root"]);
    }

    #[test]
    fn what_is_built_in_stays() {
        let policies = testing::built_in();
        let write = |name| testing::write(&policies, name, Draft::of("name = 1")).map_err(|e| e.to_string());
        let delete = |name| testing::delete(&policies, name).map_err(|error| error.to_string());
        assert_eq!(write("response-wrapping"), Err("cannot update \"response-wrapping\" policy".to_owned()));
        assert_eq!(write("root"), Err("cannot update \"root\" policy".to_owned()));
        assert_eq!(delete("response-wrapping"), Err("cannot delete \"response-wrapping\" policy".to_owned()));
        assert_eq!(delete("root"), Err("cannot delete \"root\" policy".to_owned()));
        assert_eq!(delete("default"), Err("cannot delete default policy".to_owned()));
        assert_eq!(write("default"), Ok(()));
    }
}
