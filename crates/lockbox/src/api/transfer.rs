use std::{
    sync::{Mutex, PoisonError},
    time::Duration,
};

use hyper::body::Incoming as Body;

use crate::storage::Backup;

/// What goes beside a request or its answer, because it is too large to be held in memory.
#[derive(Default)]
pub(super) struct Transfer(Mutex<Cargo>);

/// A thing that is handed on once.
#[derive(Default)]
pub(super) enum Cargo {
    #[default]
    Nothing,
    /// A body that nobody has read yet, since its sender has to be known first, and how long a piece of it may take.
    Body(Body, Duration),
    /// A backup that is the answer.
    Download(Backup),
}

impl Transfer {
    pub(super) fn of(body: Body, patience: Duration) -> Self {
        Self(Mutex::new(Cargo::Body(body, patience)))
    }

    pub(super) fn put(&self, cargo: Cargo) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = cargo;
    }

    pub(super) fn take(&self) -> Cargo {
        std::mem::take(&mut *self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }
}
