use std::{
    sync::{Arc, mpsc},
    thread::{self, JoinHandle},
};

use redb::WriteTransaction;
use tokio::sync::oneshot;

use super::{
    StorageError,
    apply::{Step, Tables},
    disk::File,
};
use crate::seal::Keyring;

/// The one thread that writes, and the writes that wait for it.
#[derive(Debug)]
pub(super) struct Writer {
    jobs: Option<mpsc::Sender<Job>>,
    thread: Option<JoinHandle<()>>,
}

/// One write that waits to be on disk.
pub(super) struct Job {
    pub(super) keyring: Arc<Keyring>,
    pub(super) steps: Vec<Step>,
    pub(super) done: oneshot::Sender<Result<(), StorageError>>,
}

impl Writer {
    pub(super) fn start(file: Arc<File>) -> Self {
        let (jobs, waiting) = mpsc::channel();
        let thread =
            thread::Builder::new().name("writer".to_owned()).spawn(move || write_all(&file, &waiting));
        // Without the thread every write is answered with `Closed`.
        Self { jobs: Some(jobs), thread: thread.ok() }
    }

    pub(super) fn submit(&self, job: Job) -> Result<(), StorageError> {
        self.jobs.as_ref().and_then(|jobs| jobs.send(job).ok()).ok_or(StorageError::Closed)
    }
}

impl Drop for Writer {
    /// What was submitted is written before the file is closed.
    fn drop(&mut self) {
        self.jobs.take();
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
    }
}

fn write_all(file: &File, waiting: &mpsc::Receiver<Job>) {
    while let Ok(first) = waiting.recv() {
        let mut jobs = vec![first];
        jobs.extend(waiting.try_iter().take(MOST_TOGETHER - 1));
        let outcome = write(file, &jobs);
        if outcome.is_err() {
            file.reopen();
        }
        for job in jobs {
            // Who no longer waits has gone away.
            let _ = job.done.send(outcome.clone());
        }
    }
}

fn write(file: &File, jobs: &[Job]) -> Result<(), StorageError> {
    let database = file.database()?;
    let transaction: WriteTransaction = database.begin_write().map_err(StorageError::write)?;
    let mut tables = Tables::open(&transaction)?;
    for job in jobs {
        tables.apply(&job.keyring, &job.steps)?;
    }
    drop(tables);
    transaction.commit().map_err(StorageError::write)?;
    file.refresh()
}

/// Bounds how long the first of them waits.
const MOST_TOGETHER: usize = 512;
