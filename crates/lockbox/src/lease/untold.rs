use std::sync::{Arc, Mutex, PoisonError};

use tokio::runtime::Handle;

use super::{Lease, Leases};

/// A lease that nobody was told of yet: unless somebody is, it ends with this.
#[derive(Debug)]
pub(crate) struct Untold {
    leases: Arc<Leases>,
    lease: Option<Arc<Lease>>,
    told: WhenTold,
}

/// What becomes of a lease when somebody was told of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum WhenTold {
    Stays,
    /// It was for this alone.
    Goes,
}

/// Those of one request.
#[derive(Debug, Default)]
pub(crate) struct UntoldLeases(Mutex<Vec<Untold>>);

impl Untold {
    pub(super) fn new(leases: Arc<Leases>, lease: Arc<Lease>, told: WhenTold) -> Self {
        Self { leases, lease: Some(lease), told }
    }

    fn stays(mut self) {
        if let Some(lease) = self.lease.take()
            && self.told == WhenTold::Goes
        {
            self.leases.table().remove(&lease.id);
        }
    }
}

impl Drop for Untold {
    fn drop(&mut self) {
        let Some(lease) = self.lease.take() else { return };
        self.leases.table().end(&lease.id, lease.issued);
        if Handle::try_current().is_ok() {
            self.leases.work(lease.issued);
        }
    }
}

impl UntoldLeases {
    pub(crate) fn note(&self, untold: Untold) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).push(untold);
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).is_empty()
    }

    /// Their asker knows them from now on.
    pub(crate) fn are_told(self) {
        let told = self.0.into_inner().unwrap_or_else(PoisonError::into_inner);
        told.into_iter().for_each(Untold::stays);
    }
}
