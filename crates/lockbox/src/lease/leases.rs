use std::{
    collections::BTreeSet,
    fmt,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use super::{Lease, Owed, Untold, table::Table, untold::WhenTold};
use crate::{
    auth::token::{Key, Tokens},
    clock::Moment,
    gitlab::GitlabError,
    outward::Clients,
    storage::{Batch, Shelf, StorageError, Store, json},
};

/// All leases, and those who end what they are of.
pub(crate) struct Leases {
    table: Mutex<Table>,
    pub(super) store: Arc<Store>,
    shelf: Shelf,
    clients: Arc<Clients>,
    hands: Arc<Semaphore>,
    time: Time,
}

/// What time it is.
pub(crate) type Time = Box<dyn Fn() -> Moment + Send + Sync>;

impl Leases {
    /// The leases that were alive when the store was closed, and what was owed.
    ///
    /// # Errors
    /// When the store cannot be read, or holds what is no lease.
    pub(crate) fn load(
        store: Arc<Store>,
        clients: Arc<Clients>,
        (tokens, time): (&Tokens, Time),
    ) -> Result<Self, StorageError> {
        let shelf = Shelf::new(Arc::clone(&store), SHELF.to_owned());
        let (mut table, now) = (Table::default(), time());
        for name in shelf.children("")? {
            let Some(lease) = shelf.read_json::<Lease>(&name)? else { continue };
            // The clock may have been ahead when it got its time: it has no more of it for that.
            let ends = lease.ends.min(now.plus(lease.granted));
            let id = lease.id.clone();
            // Whose session ended while nobody looked has ended with it.
            let is_orphan = lease.session.is_some_and(|session| tokens.own(session).is_err());
            let is_made = lease.is_made();
            table.insert(Arc::new(Lease { ends, ..lease }));
            if is_orphan || !is_made || ends <= now {
                table.end(&id, now);
            }
        }
        let hands = Arc::new(Semaphore::new(HANDS));
        Ok(Self { table: Mutex::new(table), store, shelf, clients, hands, time })
    }

    pub(crate) fn clients(&self) -> &Clients {
        &self.clients
    }

    /// Keeps what is going to be asked for, so that it is ended when nobody hears what came of it.
    ///
    /// # Errors
    /// When the disk refuses: then it must not be asked for.
    pub(crate) async fn ask(&self, lease: Lease) -> Result<Arc<Lease>, StorageError> {
        let lease = Arc::new(lease);
        {
            let mut table = self.table();
            table.insert(Arc::clone(&lease));
            table.end(&lease.id, lease.issued.plus(WITHIN));
        }
        let written = self.write(&[Arc::clone(&lease)]).await;
        written.inspect_err(|_| self.table().remove(&lease.id))?;
        Ok(lease)
    }

    /// Nobody heard what came of it: it is looked for at once.
    pub(crate) fn doubt(self: &Arc<Self>, lease: &Lease, now: Moment) {
        self.table().end(&lease.id, now);
        self.work(now);
    }

    /// Keeps a lease of what came of it; one that does not get to the disk has ended, and so has one that nobody is told of.
    ///
    /// # Errors
    /// When the disk refuses.
    pub(crate) async fn keep(self: &Arc<Self>, lease: Lease) -> Result<Untold, StorageError> {
        let (lease, untold) = self.take(lease, WhenTold::Stays);
        self.write(&[lease]).await?;
        Ok(untold)
    }

    /// The same of what has no lease: it is kept in memory until its asker is told of it.
    ///
    /// # Errors
    /// When the disk refuses.
    pub(crate) async fn hold(self: &Arc<Self>, lease: Lease) -> Result<Untold, StorageError> {
        let (lease, untold) = self.take(lease, WhenTold::Goes);
        let mut batch = Batch::default();
        batch.delete(self.shelf.path(lease.name()));
        self.store.commit(batch).await?;
        Ok(untold)
    }

    fn take(self: &Arc<Self>, lease: Lease, told: WhenTold) -> (Arc<Lease>, Untold) {
        let lease = Arc::new(lease);
        self.table().insert(Arc::clone(&lease));
        (Arc::clone(&lease), Untold::new(Arc::clone(self), lease, told))
    }

    pub(crate) fn find(&self, id: &str, now: Moment) -> Option<Arc<Lease>> {
        self.table().alive(id, now).cloned()
    }

    /// The lease of this name, alive or not.
    pub(crate) fn named(&self, id: &str) -> Option<Arc<Lease>> {
        self.table().named(id).filter(|lease| lease.is_made()).cloned()
    }

    /// The names directly in a folder (empty, or with a slash at its end), and of its folders, in order.
    pub(crate) fn names_in(&self, folder: &str, now: Moment) -> BTreeSet<String> {
        let table = self.table();
        let inside = table.alive_under(folder, now).map(|lease| &lease.id[folder.len()..]);
        let name = |inside: &str| match inside.split_once('/') {
            Some((inner, _)) => format!("{inner}/"),
            None => inside.to_owned(),
        };
        inside.map(name).collect()
    }

    /// What was tried and not taken.
    pub(crate) fn owed(&self) -> Vec<Owed> {
        self.table().owed()
    }

    /// A session has ended.
    pub(crate) fn end_of(&self, session: Key, now: Moment) {
        self.table().end_of(session, now);
    }

    /// Does what is due, behind everybody's back. What is left for want of hands is for the next time.
    pub(crate) fn work(self: &Arc<Self>, now: Moment) {
        while let Ok(hand) = Arc::clone(&self.hands).try_acquire_owned() {
            let Some(first) = self.table().take_due(now, WITHIN) else { return };
            let leases = Arc::clone(self);
            tokio::spawn(async move {
                let mut next = Some(first);
                while let Some(lease) = next {
                    // What is owed is kept in the table.
                    let _ = leases.finish(&lease).await;
                    let now = (leases.time)();
                    next = leases.table().take_due(now, WITHIN);
                }
                drop(hand);
            });
        }
    }

    /// Ends what a lease is of, and forgets it.
    ///
    /// # Errors
    /// When that is not taken: it is owed then.
    pub(super) async fn finish(&self, lease: &Lease) -> Result<(), GitlabError> {
        let now = (self.time)();
        let finished = match lease.of.revoke((lease.purpose(), now), &self.store, &self.clients).await {
            Ok(()) => Ok(self.forget(&[lease]).await?),
            Err(error) => Err(error),
        };
        finished.inspect_err(|error| self.table().tried(&lease.id, (self.time)(), error.to_string()))
    }

    /// Forgets leases, in memory and on disk.
    ///
    /// # Errors
    /// When the disk refuses: what is left there has ended, and is ended once more after the next start.
    pub(crate) async fn forget(&self, leases: &[&Lease]) -> Result<(), StorageError> {
        let mut batch = Batch::default();
        for lease in leases {
            batch.delete(self.shelf.path(lease.name()));
        }
        {
            let mut table = self.table();
            leases.iter().for_each(|lease| table.remove(&lease.id));
        }
        self.store.commit(batch).await
    }

    /// # Errors
    /// When the disk refuses.
    pub(super) async fn write(&self, leases: &[Arc<Lease>]) -> Result<(), StorageError> {
        let mut batch = Batch::default();
        leases.iter().try_for_each(|lease| self.put(lease, &mut batch))?;
        self.store.commit(batch).await
    }

    pub(super) fn put(&self, lease: &Lease, batch: &mut Batch) -> Result<(), StorageError> {
        batch.put(self.shelf.path(lease.name()), json(lease)?);
        Ok(())
    }

    /// Somebody who ends one of them; nothing to wait for but that others are done.
    pub(super) async fn hand(&self) -> Option<OwnedSemaphorePermit> {
        Arc::clone(&self.hands).acquire_owned().await.ok()
    }

    pub(super) fn table(&self) -> MutexGuard<'_, Table> {
        self.table.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl fmt::Debug for Leases {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Leases")
    }
}

const SHELF: &str = "lease/";
/// So many are ended at a time: GitLab has others to answer.
const HANDS: usize = 8;
/// Longer than one of them takes.
pub(super) const WITHIN: Duration = Duration::from_secs(120);

#[cfg(test)]
mod tests {
    use super::*;
    use crate::gitlab::Asked;

    #[tokio::test]
    async fn a_pause_begins_when_a_try_has_failed() {
        let (store, start, late) =
            (Arc::new(Store::in_memory().await), Moment::at_second(0), Moment::at_second(500));
        let tokens = Tokens::load(Arc::clone(&store), start).await.unwrap();
        let time: Time = Box::new(move || late);
        let leases = Arc::new(Leases::load(store, Arc::default(), (&tokens, time)).unwrap());
        // Nobody can look for it: there is no configuration.
        leases.ask(Lease::asked("a", None, (start, WITHIN), Asked::made_up())).await.unwrap();
        leases.work(start.plus(WITHIN));
        let begun = tokio::time::Instant::now();
        while leases.owed().is_empty() {
            assert!(begun.elapsed() < Duration::from_secs(20), "it was not tried");
            tokio::task::yield_now().await;
        }
        assert!(leases.table().take_due(late, WITHIN).is_none());
        assert!(leases.table().take_due(late.plus(Duration::from_secs(1)), WITHIN).is_some());
    }
}
