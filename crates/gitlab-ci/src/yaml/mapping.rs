use alloc::collections::BTreeMap;
use alloc::sync::Arc;
use alloc::vec::Vec;

use super::node::{Linked, Step, Value};
use super::place::Place;

/// From so many entries on a mapping is searched by an index.
const INDEXED: usize = 16;

/// Keys and values in the order in which the keys first came; every key is there once.
#[derive(Clone, Debug, Default)]
pub struct Mapping {
    entries: Vec<Entry>,
    index: BTreeMap<Arc<str>, usize>,
}

/// A key with its value.
#[derive(Clone, Debug)]
pub struct Entry {
    /// As text: GitLab takes `1:` and `"1":` for one key.
    pub key: Arc<str>,
    /// Where the key is written.
    pub place: Place,
    /// Its value.
    pub value: Linked,
}

impl Mapping {
    pub(crate) fn new() -> Self {
        Self::default()
    }

    /// How many keys there are.
    pub fn len(&self) -> usize {
        self.entries.len()
    }

    /// Is there no key?
    pub fn is_empty(&self) -> bool {
        self.entries.is_empty()
    }

    /// The entry of a key.
    pub fn entry(&self, key: &str) -> Option<&Entry> {
        self.position(key).map(|at| &self.entries[at])
    }

    /// The value of a key.
    pub fn value(&self, key: &str) -> Option<&Linked> {
        self.entry(key).map(|entry| &entry.value)
    }

    /// The entries in their order.
    pub fn entries(&self) -> &[Entry] {
        &self.entries
    }

    /// A new key goes to the end; one that is there keeps its turn and gets the new value and place.
    pub(crate) fn put(&mut self, entry: Entry) {
        match self.position(&entry.key) {
            Some(at) => self.entries[at] = entry,
            None => self.push(entry),
        }
    }

    pub(crate) fn remove(&mut self, key: &str) -> Option<Entry> {
        let at = self.position(key)?;
        let entry = self.entries.remove(at);
        let kept = core::mem::take(&mut self.entries);
        self.index.clear();
        kept.into_iter().for_each(|entry| self.push(entry));
        Some(entry)
    }

    /// Lays `over` on top, as GitLab merges: maps under one key are merged at every depth, everything else is replaced.
    /// A key that was there keeps its turn.
    ///
    /// # Errors
    /// Where more is copied than `budget` allows.
    pub(crate) fn overlay(&mut self, over: Self, budget: &mut Budget) -> Result<(), TooBig> {
        budget.spend(over.len())?;
        for entry in over.entries {
            match self.position(&entry.key) {
                Some(at) => self.entries[at].overlay(entry, budget)?,
                None => self.push(entry),
            }
        }
        Ok(())
    }

    /// The entries as seen by who takes this mapping over in these steps.
    pub(crate) fn beneath(&self, outer: Option<&Arc<Step>>) -> Self {
        let mut inner = self.clone();
        if outer.is_some() {
            inner.entries.iter_mut().for_each(|entry| entry.value = entry.value.beneath(outer));
        }
        inner
    }

    fn position(&self, key: &str) -> Option<usize> {
        if self.entries.len() < INDEXED {
            return self.entries.iter().position(|entry| &*entry.key == key);
        }
        self.index.get(key).copied()
    }

    fn push(&mut self, entry: Entry) {
        self.entries.push(entry);
        match self.entries.len() {
            ..INDEXED => {}
            INDEXED => self.index = self.entries.iter().map(|it| it.key.clone()).zip(0..).collect(),
            length => {
                self.index.insert(self.entries[length - 1].key.clone(), length - 1);
            }
        }
    }
}

impl Entry {
    fn overlay(&mut self, over: Self, budget: &mut Budget) -> Result<(), TooBig> {
        let (Value::Mapping(under), Value::Mapping(upper)) = (&self.value.node.value, &over.value.node.value)
        else {
            *self = over;
            return Ok(());
        };
        if Arc::strong_count(&self.value.node) > 1 {
            budget.spend(under.len())?;
        }
        let upper = upper.beneath(over.value.via.as_ref());
        let via = self.value.via.take();
        let node = Arc::make_mut(&mut self.value.node);
        if let Value::Mapping(under) = &mut node.value {
            if via.is_some() {
                *under = under.beneath(via.as_ref());
            }
            under.overlay(upper, budget)?;
        }
        node.place = over.value.node.place;
        self.place = over.place;
        Ok(())
    }
}

/// How many entries may be copied while maps are merged: without a bound, a file of 1 MB could ask for billions.
#[derive(Debug)]
pub(crate) struct Budget(usize);

/// The budget is spent.
#[derive(Debug)]
pub(crate) struct TooBig;

impl Default for Budget {
    fn default() -> Self {
        Self(2_000_000)
    }
}

impl Budget {
    fn spend(&mut self, entries: usize) -> Result<(), TooBig> {
        self.0 = self.0.checked_sub(entries).ok_or(TooBig)?;
        Ok(())
    }
}
