use std::{
    collections::{BTreeSet, HashMap, HashSet, hash_set},
    sync::Arc,
};

use super::{Naming, Session, Token, key::Key, owners::Owners, shared::Shared};
use crate::clock::Moment;

/// The live tokens and the ways to find them, kept in step.
#[derive(Debug, Default)]
pub(super) struct Tables {
    sessions: HashMap<Key, Session>,
    accessors: HashMap<Arc<str>, Key>,
    children: HashMap<Key, HashSet<Key>>,
    endings: BTreeSet<(Moment, Key)>,
    /// Those whose ids were chosen.
    chosen: HashSet<Key>,
    last_record: u64,
    /// Children of tokens that have ended, which are let go of a few at a time.
    lost: Vec<hash_set::IntoIter<Key>>,
    pub(super) owners: Owners,
    shared: Shared,
}

impl Tables {
    pub(super) fn count(&self) -> usize {
        self.sessions.len()
    }

    pub(super) fn sessions(&self) -> impl Iterator<Item = &Session> {
        self.sessions.values()
    }

    pub(super) fn session(&self, key: &Key) -> Option<&Session> {
        self.sessions.get(key)
    }

    pub(super) fn session_mut(&mut self, key: &Key) -> Option<&mut Session> {
        self.sessions.get_mut(key)
    }

    pub(super) fn key_of(&self, accessor: &str) -> Option<Key> {
        self.accessors.get(accessor).copied()
    }

    pub(super) fn accessors(&self) -> impl Iterator<Item = &str> {
        self.accessors.keys().map(AsRef::as_ref)
    }

    /// The number for a new record.
    pub(super) fn next_record(&mut self) -> u64 {
        self.last_record += 1;
        self.last_record
    }

    pub(super) fn insert(&mut self, mut session: Session) {
        let key = session.key;
        if let Some(token) = Arc::get_mut(&mut session.token) {
            self.shared.share(token);
        }
        self.last_record = self.last_record.max(session.record);
        self.accessors.insert(Arc::clone(&session.token.accessor), key);
        if let Some(parent) = session.token.parent {
            self.children.entry(parent).or_default().insert(key);
        }
        if session.token.naming == Naming::Chosen {
            self.chosen.insert(key);
        }
        if let Some(ends) = session.ends {
            self.endings.insert((ends, key));
        }
        self.sessions.insert(key, session);
    }

    pub(super) fn chosen(&self) -> impl Iterator<Item = Key> {
        self.chosen.iter().copied()
    }

    /// The session of a token that has not ended, and whose parents have not.
    pub(super) fn alive(&self, key: Key, now: Moment) -> Option<&Session> {
        let alive = |key| self.session(&key).filter(|session| session.ends.is_none_or(|ends| ends > now));
        let session = alive(key)?;
        // A parent that has ended takes its children along, purged or not.
        let mut parent = session.token.parent;
        while let Some(key) = parent {
            parent = alive(key)?.token.parent;
        }
        Some(session)
    }

    /// The tokens that were issued by a path under this one, which ends in a slash.
    pub(super) fn issued_under(&self, folder: &str) -> impl Iterator<Item = &Session> {
        let is_under = move |session: &&Session| {
            let path = &session.token.path;
            path.starts_with(folder) || folder.strip_suffix('/').is_some_and(|folder| **path == *folder)
        };
        self.sessions.values().filter(is_under)
    }

    /// Puts a token's new state in the place of its old one.
    pub(super) fn replace(&mut self, session: Session) {
        let (key, ends) = (session.key, session.ends);
        if let Some(before) = self.sessions.insert(key, session)
            && let Some(before) = before.ends
        {
            self.endings.remove(&(before, key));
        }
        if let Some(ends) = ends {
            self.endings.insert((ends, key));
        }
    }

    /// Whether there is something to let go of.
    pub(super) fn hold_ended(&self, now: Moment) -> bool {
        !self.lost.is_empty() || self.endings.first().is_some_and(|(ends, _)| *ends <= now)
    }

    /// Takes a token away, which ends its children and theirs: those are let go of too as far as they are not too many.
    /// Says which records are for nothing now.
    pub(super) fn remove(&mut self, key: Key) -> Vec<u64> {
        self.leave_parent(key);
        let mut records: Vec<u64> = self.end(key).into_iter().collect();
        self.let_go(&mut records);
        records
    }

    /// What is left in a store of a family that was being let go of.
    pub(super) fn find_lost(&mut self) {
        let keys = self.sessions.keys().copied().filter(|key| self.is_lost(*key));
        let lost: HashSet<Key> = keys.collect();
        self.lost.push(lost.into_iter());
    }

    /// Takes a token away and leaves its children without a parent; says which record is for nothing, and who they are.
    pub(super) fn remove_alone(&mut self, key: Key) -> (Option<u64>, Vec<Session>) {
        self.leave_parent(key);
        let mut orphans = Vec::new();
        for child in self.children.remove(&key).unwrap_or_default() {
            if let Some(session) = self.sessions.get_mut(&child) {
                session.token = Arc::new(Token { parent: None, ..(*session.token).clone() });
                orphans.push(session.clone());
            }
        }
        (self.forget(key), orphans)
    }

    /// Takes away what has ended by now, as far as it is not too much for one step, and looks at nothing else.
    pub(super) fn purge(&mut self, now: Moment) -> Vec<u64> {
        let mut records = Vec::new();
        while records.len() < AT_A_TIME
            && let Some((_, key)) = self.endings.first().copied().filter(|(ends, _)| *ends <= now)
        {
            self.leave_parent(key);
            records.extend(self.end(key));
        }
        self.let_go(&mut records);
        records
    }

    /// Takes away lost children, and loses theirs, while the records are not too many for one step.
    fn let_go(&mut self, records: &mut Vec<u64>) {
        while records.len() < AT_A_TIME
            && let Some(family) = self.lost.last_mut()
        {
            match family.next() {
                None => drop(self.lost.pop()),
                // Another token may have its id meanwhile.
                Some(key) if self.is_lost(key) => records.extend(self.end(key)),
                Some(_) => {}
            }
        }
    }

    fn is_lost(&self, key: Key) -> bool {
        let parent = self.sessions.get(&key).and_then(|session| session.token.parent);
        parent.is_some_and(|parent| !self.sessions.contains_key(&parent))
    }

    fn end(&mut self, key: Key) -> Option<u64> {
        self.lost.extend(self.children.remove(&key).map(HashSet::into_iter));
        self.forget(key)
    }

    fn leave_parent(&mut self, key: Key) {
        let parent = self.sessions.get(&key).and_then(|session| session.token.parent);
        if let Some(parent) = parent
            && let Some(siblings) = self.children.get_mut(&parent)
        {
            siblings.remove(&key);
            if siblings.is_empty() {
                self.children.remove(&parent);
            }
        }
    }

    fn forget(&mut self, key: Key) -> Option<u64> {
        self.owners.end(key);
        let session = self.sessions.remove(&key)?;
        self.accessors.remove(&session.token.accessor);
        self.chosen.remove(&key);
        if let Some(ends) = session.ends {
            self.endings.remove(&(ends, key));
        }
        Some(session.record)
    }
}

/// Whoever holds the tables for longer than this takes keeps everybody waiting.
pub(super) const AT_A_TIME: usize = 1000;
