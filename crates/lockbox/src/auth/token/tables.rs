use std::{
    collections::{BTreeSet, HashMap, HashSet},
    sync::Arc,
};

use super::{Naming, Session, Token, key::Key, owners::Owners};
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
    pub(super) owners: Owners,
}

impl Tables {
    pub(super) fn count(&self) -> usize {
        self.sessions.len()
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

    pub(super) fn insert(&mut self, session: Session) {
        let key = session.key;
        self.last_record = self.last_record.max(session.record);
        self.accessors.insert(session.token.accessor.as_str().into(), key);
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
            path.starts_with(folder) || folder.strip_suffix('/').is_some_and(|folder| path == folder)
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

    /// When the next token ends.
    pub(super) fn first_ending(&self) -> Option<Moment> {
        self.endings.first().map(|(ends, _)| *ends)
    }

    /// Takes a token away with all its children, and theirs; says which records are for nothing now.
    pub(super) fn remove(&mut self, key: Key) -> Vec<u64> {
        let mut records = Vec::new();
        self.leave_parent(key);
        let mut doomed = vec![key];
        while let Some(key) = doomed.pop() {
            doomed.extend(self.children.remove(&key).unwrap_or_default());
            records.extend(self.forget(key));
        }
        records
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

    /// Takes away what has ended by now, and looks at nothing else.
    pub(super) fn purge(&mut self, now: Moment) -> Vec<u64> {
        let mut records = Vec::new();
        while let Some((ends, key)) = self.endings.first().copied() {
            if ends > now {
                break;
            }
            records.append(&mut self.remove(key));
        }
        records
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
        self.accessors.remove(session.token.accessor.as_str());
        self.chosen.remove(&key);
        if let Some(ends) = session.ends {
            self.endings.remove(&(ends, key));
        }
        Some(session.record)
    }
}
