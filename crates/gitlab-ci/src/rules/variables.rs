use alloc::collections::BTreeMap;
use core::borrow::Borrow;

use crate::answer::Reason;
use crate::plan::Origin;

/// The variables that an expression sees, with their values as they were written (not expanded).
pub trait Variables {
    /// The value of `name`; `None` where it is not set, which is not the same as set to the empty string.
    fn value(&self, name: &str) -> Option<&str>;

    /// What is known of `name`.
    fn lookup(&self, name: &str) -> Lookup<'_> {
        self.value(name).map_or(Lookup::Unset, Lookup::Is)
    }

    /// Who set `name`.
    fn origin(&self, name: &str) -> Origin {
        match self.lookup(name) {
            Lookup::Unset => Origin::Unset,
            Lookup::Is(_) | Lookup::Unknown(_) => Origin::Predefined,
        }
    }
}

/// What is known of a variable.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Lookup<'a> {
    /// It is not set.
    Unset,
    /// It has this value.
    Is(&'a str),
    /// It may have any value, or none.
    Unknown(&'a Reason),
}
impl<K: Borrow<str> + Ord, V: AsRef<str>> Variables for BTreeMap<K, V> {
    fn value(&self, name: &str) -> Option<&str> {
        self.get(name).map(AsRef::as_ref)
    }
}

/// The last of several pairs with one name counts, as in GitLab's own collections.
impl<K: AsRef<str>, V: AsRef<str>> Variables for [(K, V)] {
    fn value(&self, name: &str) -> Option<&str> {
        self.iter().rev().find(|(key, _)| key.as_ref() == name).map(|(_, value)| value.as_ref())
    }
}

impl<K: AsRef<str>, V: AsRef<str>, const N: usize> Variables for [(K, V); N] {
    fn value(&self, name: &str) -> Option<&str> {
        self.as_slice().value(name)
    }
}
