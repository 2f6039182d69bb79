use std::{
    collections::{BTreeSet, HashMap},
    sync::Arc,
};

use super::{Session, key::Key};
use crate::clock::Moment;

/// The live tokens and the ways to find them, kept in step.
#[derive(Debug, Default)]
pub(super) struct Tables {
    sessions: HashMap<Key, Session>,
    accessors: HashMap<Arc<str>, Key>,
    children: HashMap<Key, Vec<Key>>,
    endings: BTreeSet<(Moment, Key)>,
    last_record: u64,
}

impl Tables {
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
            self.children.entry(parent).or_default().push(key);
        }
        if let Some(ends) = session.ends {
            self.endings.insert((ends, key));
        }
        self.sessions.insert(key, session);
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
        let parent = self.sessions.get(&key).and_then(|session| session.token.parent);
        if let Some(siblings) = parent.and_then(|parent| self.children.get_mut(&parent)) {
            siblings.retain(|sibling| *sibling != key);
        }
        let mut doomed = vec![key];
        while let Some(key) = doomed.pop() {
            doomed.extend(self.children.remove(&key).unwrap_or_default());
            if let Some(session) = self.sessions.remove(&key) {
                self.accessors.remove(session.token.accessor.as_str());
                if let Some(ends) = session.ends {
                    self.endings.remove(&(ends, key));
                }
                records.push(session.record);
            }
        }
        records
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

    /// Takes away every token that was issued under this path.
    pub(super) fn remove_issued_under(&mut self, path: &str) -> Vec<u64> {
        let issued = |session: &&Session| session.token.path.starts_with(path);
        let doomed: Vec<Key> = self.sessions.values().filter(issued).map(|session| session.key).collect();
        doomed.into_iter().flat_map(|key| self.remove(key)).collect()
    }
}
