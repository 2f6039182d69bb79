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
    /// In the place of one of the same name.
    pub(super) fn insert(&mut self, lease: Arc<Lease>) {
        let (id, due) = (lease.id.clone(), lease.ends);
        self.remove(&id);
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

    pub(super) fn named(&self, id: &str) -> Option<&Arc<Lease>> {
        self.entries.get(id).map(|entry| &entry.lease)
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::gitlab::{Asked, Minted};

    fn at(second: u64) -> Moment {
        Moment::at_second(second)
    }

    /// A table with leases of this many seconds each, all of one session.
    fn table(leases: &[(&str, u64)]) -> (Table, Vec<String>) {
        let mut table = Table::default();
        let ids = leases.iter().map(|(path, seconds)| {
            let times = (at(0), Duration::from_secs(*seconds));
            let asked = Lease::asked(path, Some(Key::of("session")), times, Asked::made_up());
            let lease = asked.made(Minted::made_up());
            let id = lease.id.clone();
            table.insert(Arc::new(lease));
            id
        });
        let ids = ids.collect();
        (table, ids)
    }

    #[test]
    fn what_is_due_is_given_to_one_at_a_time() {
        let (mut table, ids) = table(&[("a", 10), ("a", 20)]);
        let within = Duration::from_secs(100);
        assert!(table.take_due(at(9), within).is_none());
        assert_eq!(table.take_due(at(10), within).unwrap().id, ids[0]);
        assert!(table.take_due(at(10), within).is_none() && table.alive(&ids[0], at(0)).is_none());
        assert_eq!(table.take_due(at(20), within).unwrap().id, ids[1]);
        // Who had it did not come back.
        assert_eq!(table.take_due(at(110), within).unwrap().id, ids[0]);
        table.remove(&ids[0]);
        table.remove(&ids[1]);
        assert!(table.take_due(at(1000), within).is_none() && table.of_sessions.is_empty());
    }

    #[test]
    fn what_is_not_taken_is_owed_and_tried_after_longer_and_longer_pauses() {
        let (mut table, ids) = table(&[("a", 10)]);
        let (mut now, mut pauses) = (at(10), Vec::new());
        for _ in 0..12 {
            table.take_due(now, Duration::from_secs(1)).unwrap();
            assert!(table.owed().is_empty());
            table.tried(&ids[0], now, "no".to_owned());
            assert_eq!(table.owed(), [Owed { id: ids[0].clone(), problem: "no".to_owned() }]);
            let due = table.due.first().unwrap().0;
            pauses.push(now.until(due).as_secs());
            now = due;
        }
        assert_eq!(pauses, [1, 2, 4, 8, 16, 32, 64, 128, 256, 300, 300, 300]);
    }

    #[test]
    fn leases_are_found_by_folder_and_end_with_their_session() {
        let (mut table, ids) = table(&[("a/b", 10), ("a/bc", 10), ("b", 30)]);
        let under = |table: &Table, folder: &str| table.alive_under(folder, at(0)).count();
        assert_eq!(
            [under(&table, ""), under(&table, "a/"), under(&table, "a/b/"), under(&table, "c/")],
            [3, 2, 1, 0]
        );
        assert!(table.alive(&ids[2], at(29)).is_some() && table.alive(&ids[2], at(30)).is_none());
        table.end_of(Key::of("another"), at(5));
        assert_eq!(under(&table, ""), 3);
        table.end_of(Key::of("session"), at(5));
        assert_eq!((under(&table, ""), table.all_under("").count()), (0, 3));
        assert!(table.take_due(at(5), Duration::from_secs(1)).is_some());
    }
}
