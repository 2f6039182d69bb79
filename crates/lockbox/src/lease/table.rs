use std::{
    collections::{BTreeMap, BTreeSet, HashMap},
    ops::Bound,
    sync::Arc,
    time::Duration,
};

use super::Lease;
use crate::{auth::token::Key, clock::Moment};

/// The leases and the ways to find them, kept in step.
#[derive(Debug, Default)]
pub(super) struct Table {
    entries: BTreeMap<String, Entry>,
    of_sessions: HashMap<Key, BTreeSet<String>>,
    /// When something has to be done about which.
    due: BTreeSet<(Moment, String)>,
}

#[derive(Debug)]
struct Entry {
    lease: Arc<Lease>,
    standing: Standing,
    due: Moment,
}

/// How a lease stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Standing {
    Alive,
    /// It has ended, and what it is of has to be ended yet.
    Ended {
        tries: u32,
        problem: Option<String>,
    },
}

/// A lease that has ended, and what it is of has not.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Owed {
    pub(crate) id: String,
    pub(crate) problem: String,
}

impl Table {
    pub(super) fn insert(&mut self, lease: Arc<Lease>) {
        let (id, due) = (lease.id.clone(), lease.ends);
        if let Some(session) = lease.session {
            self.of_sessions.entry(session).or_default().insert(id.clone());
        }
        self.due.insert((due, id.clone()));
        self.entries.insert(id, Entry { lease, standing: Standing::Alive, due });
    }

    pub(super) fn remove(&mut self, id: &str) {
        let Some(Entry { lease, due, .. }) = self.entries.remove(id) else { return };
        self.due.remove(&(due, id.to_owned()));
        if let Some(session) = lease.session
            && let Some(siblings) = self.of_sessions.get_mut(&session)
        {
            siblings.remove(id);
            if siblings.is_empty() {
                self.of_sessions.remove(&session);
            }
        }
    }

    pub(super) fn holds(&self, id: &str) -> bool {
        self.entries.contains_key(id)
    }

    pub(super) fn alive(&self, id: &str, now: Moment) -> Option<&Arc<Lease>> {
        self.entries.get(id).filter(|entry| entry.is_alive(now)).map(|entry| &entry.lease)
    }

    /// Those in a folder, which is empty or has a slash at its end.
    pub(super) fn alive_under(&self, folder: &str, now: Moment) -> impl Iterator<Item = &Arc<Lease>> {
        self.under(folder).filter(move |entry| entry.is_alive(now)).map(|entry| &entry.lease)
    }

    /// All in a folder, ended or not.
    pub(super) fn all_under(&self, folder: &str) -> impl Iterator<Item = &Arc<Lease>> {
        self.under(folder).map(|entry| &entry.lease)
    }

    /// All of them, and whether they are alive as far as anybody said.
    pub(super) fn all(&self) -> Vec<(Arc<Lease>, bool)> {
        let all = self.entries.values();
        all.map(|entry| (Arc::clone(&entry.lease), entry.standing == Standing::Alive)).collect()
    }

    fn under(&self, folder: &str) -> impl Iterator<Item = &Entry> {
        let inside = self.entries.range::<str, _>((Bound::Included(folder), Bound::Unbounded));
        inside.take_while(move |(id, _)| id.starts_with(folder)).map(|(_, entry)| entry)
    }

    /// Ends a lease now; what it is of is due until somebody says otherwise.
    pub(super) fn end(&mut self, id: &str, due: Moment) {
        self.settle(id, Standing::Ended { tries: 0, problem: None }, due);
    }

    /// The same of all of a session.
    pub(super) fn end_of(&mut self, session: Key, now: Moment) {
        for id in self.of_sessions.get(&session).cloned().unwrap_or_default() {
            if self.entries.get(&id).is_some_and(|entry| entry.standing == Standing::Alive) {
                self.end(&id, now);
            }
        }
    }

    /// One that something has to be done about, to be done within this time: nobody else gets it until then.
    pub(super) fn take_due(&mut self, now: Moment, within: Duration) -> Option<Arc<Lease>> {
        let (_, id) = self.due.first().filter(|(due, _)| *due <= now).cloned()?;
        let tries = self.tries(&id);
        self.settle(&id, Standing::Ended { tries, problem: None }, now.plus(within));
        self.entries.get(&id).map(|entry| Arc::clone(&entry.lease))
    }

    /// It was tried in vain, and is again after a pause that grows.
    pub(super) fn tried(&mut self, id: &str, now: Moment, problem: String) {
        let tries = self.tries(id);
        let pause = FIRST_PAUSE.saturating_mul(1 << tries.min(16)).min(LONGEST_PAUSE);
        self.settle(
            id,
            Standing::Ended { tries: tries.saturating_add(1), problem: Some(problem) },
            now.plus(pause),
        );
    }

    pub(super) fn owed(&self) -> Vec<Owed> {
        let owed = self.entries.iter().filter_map(|(id, entry)| match &entry.standing {
            Standing::Ended { problem: Some(problem), .. } => {
                Some(Owed { id: id.clone(), problem: problem.clone() })
            }
            Standing::Ended { .. } | Standing::Alive => None,
        });
        owed.collect()
    }

    fn tries(&self, id: &str) -> u32 {
        match self.entries.get(id).map(|entry| &entry.standing) {
            Some(Standing::Ended { tries, .. }) => *tries,
            Some(Standing::Alive) | None => 0,
        }
    }

    fn settle(&mut self, id: &str, standing: Standing, due: Moment) {
        let Some(entry) = self.entries.get_mut(id) else { return };
        self.due.remove(&(entry.due, id.to_owned()));
        (entry.standing, entry.due) = (standing, due);
        self.due.insert((due, id.to_owned()));
    }
}

impl Entry {
    fn is_alive(&self, now: Moment) -> bool {
        self.standing == Standing::Alive && self.lease.ends > now
    }
}

const FIRST_PAUSE: Duration = Duration::from_secs(1);
const LONGEST_PAUSE: Duration = Duration::from_secs(300);
