use std::{
    cmp::Ordering,
    collections::BTreeMap,
    sync::{Arc, PoisonError, RwLock},
};

use super::{PolicyError, document, draft::Draft, rule::Rule};
use crate::clock::Moment;

/// The policies by name.
#[derive(Debug)]
pub(crate) struct Policies(RwLock<BTreeMap<String, Arc<Policy>>>);

/// One policy as it was written.
#[derive(Debug)]
pub(crate) struct Policy {
    pub(crate) name: String,
    pub(crate) written: Draft,
    pub(crate) version: u64,
    pub(crate) modified: Option<Moment>,
    pub(super) rules: Vec<Rule>,
}

impl Policies {
    /// The built-in policies alone.
    ///
    /// # Errors
    /// Never, unless a built-in text is broken.
    pub(crate) fn built_in(now: Moment) -> Result<Self, PolicyError> {
        let mut policies = BTreeMap::new();
        for (name, text) in [("default", DEFAULT), (RESPONSE_WRAPPING, UNWRAP)] {
            let written = Draft::of(text);
            let (name, rules) = (name.to_owned(), document::parse(text, now)?);
            let policy = Policy { name: name.clone(), written, version: 1, modified: Some(now), rules };
            policies.insert(name, Arc::new(policy));
        }
        Ok(Self(RwLock::new(policies)))
    }

    /// Every name that can be given to a token, in the order in which OpenBao finds them, and `root` at the end.
    pub(crate) fn names(&self) -> Vec<String> {
        let policies = self.0.read().unwrap_or_else(PoisonError::into_inner);
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
        self.0.read().unwrap_or_else(PoisonError::into_inner).get(name).cloned()
    }

    /// The policy, unless it has ended: then this forgets it.
    pub(crate) fn current(&self, name: &str, now: Moment) -> Option<Arc<Policy>> {
        let policy = self.read(name)?;
        if policy.counts_at(now) {
            return Some(policy);
        }
        let mut policies = self.0.write().unwrap_or_else(PoisonError::into_inner);
        if policies.get(name).is_some_and(|kept| !kept.counts_at(now)) {
            policies.remove(name);
        }
        None
    }

    /// # Errors
    /// When the text is not a policy, the policy cannot be written, or it is not the one that is to be replaced.
    pub(crate) fn write(&self, name: &str, draft: Draft, now: Moment) -> Result<(), PolicyError> {
        let rules = document::parse(&draft.text, now)?;
        match name {
            "root" => return Err(PolicyError::Fixed("root")),
            RESPONSE_WRAPPING => return Err(PolicyError::Fixed(RESPONSE_WRAPPING)),
            _ => {}
        }
        let mut policies = self.0.write().unwrap_or_else(PoisonError::into_inner);
        let kept = policies.get(name);
        draft.check(kept.map(|policy| (policy.version, policy.written.needs_cas)))?;
        let version = kept.map_or(0, |policy| policy.version) + 1;
        let policy = Policy { name: name.to_owned(), written: draft, version, modified: Some(now), rules };
        policies.insert(name.to_owned(), Arc::new(policy));
        Ok(())
    }

    /// # Errors
    /// When the policy is built in.
    pub(crate) fn delete(&self, name: &str) -> Result<(), PolicyError> {
        match name {
            "root" => Err(PolicyError::Stays("root")),
            RESPONSE_WRAPPING => Err(PolicyError::Stays(RESPONSE_WRAPPING)),
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_listed_in_openbaos_order() {
        let policies = Policies::built_in(Moment::at_second(0)).unwrap();
        for name in ["b/a", "dir/two/x", "zed", "dir/one"] {
            policies.write(name, Draft::of("path \"a\" {}"), Moment::at_second(0)).unwrap();
        }
        assert_eq!(policies.names(), ["default", "zed", "dir/one", "dir/two/x", "b/a", "root"]);
    }

    #[test]
    fn what_is_built_in_stays() {
        let policies = Policies::built_in(Moment::at_second(0)).unwrap();
        let write = |name| {
            policies.write(name, Draft::of("name = 1"), Moment::at_second(0)).map_err(|e| e.to_string())
        };
        let delete = |name| policies.delete(name).map_err(|error| error.to_string());
        assert_eq!(write("response-wrapping"), Err("cannot update \"response-wrapping\" policy".to_owned()));
        assert_eq!(write("root"), Err("cannot update \"root\" policy".to_owned()));
        assert_eq!(delete("response-wrapping"), Err("cannot delete \"response-wrapping\" policy".to_owned()));
        assert_eq!(delete("root"), Err("cannot delete \"root\" policy".to_owned()));
        assert_eq!(delete("default"), Err("cannot delete default policy".to_owned()));
        assert_eq!(write("default"), Ok(()));
    }
}
