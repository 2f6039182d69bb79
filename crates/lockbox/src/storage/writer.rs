use std::{
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
        mpsc::{self, RecvTimeoutError},
    },
    thread::{self, JoinHandle},
    time::Duration,
};

use redb::WriteTransaction;
use tokio::{sync::oneshot, time::Instant};

use super::{
    StorageError,
    apply::{Step, Tables},
    disk::File,
    pause::Pause,
    replacement::Replacement,
};
use crate::{metrics::Commits, seal::Keyring};

/// The one thread that writes, and the writes that wait for it.
#[derive(Debug)]
pub(super) struct Writer {
    commits: Commits,
    generation: Arc<AtomicU64>,
    orders: Option<mpsc::Sender<Order>>,
    thread: Option<JoinHandle<()>>,
}

/// What the thread is asked for.
pub(super) enum Order {
    Write(Job),
    Replace(Box<Replacement>, oneshot::Sender<Result<(), StorageError>>),
}

/// One write that waits to be on disk.
pub(super) struct Job {
    /// Of which contents it is a change: what was meant for others is not done.
    pub(super) generation: u64,
    pub(super) keyring: Arc<Keyring>,
    pub(super) steps: Vec<Step>,
    pub(super) done: oneshot::Sender<Result<(), StorageError>>,
}

impl Writer {
    pub(super) fn start(file: Arc<File>) -> Self {
        let (orders, waiting) = mpsc::channel();
        let commits = Commits::default();
        let generation = Arc::new(AtomicU64::new(0));
        let (pause, commits_of_desk) = (Pause::default(), commits.clone());
        let mut desk = Desk { file, commits: commits_of_desk, generation: Arc::clone(&generation), pause };
        let thread = thread::Builder::new().name("writer".to_owned()).spawn(move || desk.work(&waiting));
        // Without the thread every write is answered with `Closed`.
        Self { commits, generation, orders: Some(orders), thread: thread.ok() }
    }

    /// How often the contents were replaced.
    pub(super) fn generation(&self) -> u64 {
        self.generation.load(Ordering::Acquire)
    }

    pub(super) fn commits(&self) -> &Commits {
        &self.commits
    }

    pub(super) fn submit(&self, order: Order) -> Result<(), StorageError> {
        self.orders.as_ref().and_then(|orders| orders.send(order).ok()).ok_or(StorageError::Closed)
    }
}

impl Drop for Writer {
    /// What was submitted is written before the file is closed.
    fn drop(&mut self) {
        self.orders.take();
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
    }
}

/// What the thread works with.
struct Desk {
    file: Arc<File>,
    commits: Commits,
    generation: Arc<AtomicU64>,
    pause: Pause,
}

impl Desk {
    fn work(&mut self, waiting: &mpsc::Receiver<Order>) {
        while let Some(first) = self.next(waiting) {
            let mut jobs = Vec::new();
            for order in std::iter::once(first).chain(waiting.try_iter()) {
                match order {
                    Order::Write(job) => jobs.push(job),
                    Order::Replace(replacement, done) => {
                        self.write(std::mem::take(&mut jobs));
                        // Who no longer waits has gone away.
                        let _ = done.send(self.replace(*replacement));
                    }
                }
                if jobs.len() == MOST_TOGETHER {
                    break;
                }
            }
            self.write(jobs);
        }
        if !self.file.owed.is_empty() {
            // The last chance: at the next start nobody knows of it.
            let _ = self.file.ready().and_then(|()| self.tried(&[]));
        }
    }

    /// What is asked for next; nothing when nobody can ask any more. Meanwhile a file that could not be opened is tried again, since
    /// readers wait for it too, and nobody may write for long.
    fn next(&self, waiting: &mpsc::Receiver<Order>) -> Option<Order> {
        loop {
            if self.file.database().is_ok() {
                return waiting.recv().ok();
            }
            match waiting.recv_timeout(BETWEEN_OPENINGS) {
                Ok(order) => return Some(order),
                Err(RecvTimeoutError::Timeout) => drop(self.file.ready()),
                Err(RecvTimeoutError::Disconnected) => return None,
            }
        }
    }

    fn write(&mut self, jobs: Vec<Job>) {
        let now = self.generation.load(Ordering::Acquire);
        let (jobs, late): (Vec<_>, Vec<_>) = jobs.into_iter().partition(|job| job.generation == now);
        for job in late {
            let _ = job.done.send(Err(StorageError::Closed));
        }
        if jobs.is_empty() {
            return;
        }
        let begun = Instant::now();
        let outcome =
            self.file.ready().and_then(|()| self.pause.check(begun)).and_then(|()| self.tried(&jobs));
        match outcome {
            Ok(()) => self.commits.landed(begun.elapsed(), jobs.len()),
            Err(_) => self.commits.failed(),
        }
        for job in jobs {
            if outcome.is_err() {
                self.file.owed.add(job.keyring, job.steps);
            }
            let _ = job.done.send(outcome.clone());
        }
    }

    fn tried(&mut self, jobs: &[Job]) -> Result<(), StorageError> {
        let outcome = write(&self.file, jobs);
        match &outcome {
            Ok(()) => {
                self.pause.end();
                self.file.owed.clear();
            }
            Err(error) => {
                let begun = Instant::now();
                self.file.reopen();
                self.pause.begin(Instant::now(), error.clone(), begun.elapsed());
            }
        }
        outcome
    }

    fn replace(&mut self, replacement: Replacement) -> Result<(), StorageError> {
        let outcome = self.file.ready().and_then(|()| replacement.carry_out(&self.file));
        if outcome.is_ok() {
            // It found room, and what is written of it now needs not wait.
            self.pause.end();
            // Whether it can be shown or not, it is there: no write is for what was before.
            self.file.owed.clear();
            self.generation.fetch_add(1, Ordering::AcqRel);
        }
        if outcome.is_err() || self.file.refresh().is_err() {
            self.file.reopen();
        }
        outcome
    }
}

fn write(file: &File, jobs: &[Job]) -> Result<(), StorageError> {
    let database = file.database()?;
    let transaction: WriteTransaction = database.begin_write().map_err(StorageError::write)?;
    let mut tables = Tables::open(&transaction)?;
    file.owed.apply(&mut tables)?;
    for job in jobs {
        tables.apply(&job.keyring, &job.steps)?;
    }
    drop(tables);
    transaction.commit().map_err(StorageError::write)?;
    file.refresh()
}

/// How often a file that could not be opened is tried again while nobody writes.
const BETWEEN_OPENINGS: Duration = Duration::from_millis(500);

/// Bounds how long the first of them waits.
const MOST_TOGETHER: usize = 512;
