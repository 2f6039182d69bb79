use std::sync::atomic::{AtomicI64, AtomicU64, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};

use crate::api::Throttling;
use crate::clock::{Clock, unix_seconds};
use crate::git_http::{Journal, Redirects, Repositories};
use crate::issuer::{Issuer, ProjectIdentity};
use crate::registry::{Project, Registry};

/// A sandbox that is being served: what every request may use.
pub(crate) struct Instance {
    base_url: String,
    clock: Box<dyn Clock>,
    passed_seconds: AtomicI64,
    throttling: Throttling,
    issuer: Issuer,
    registry: Mutex<Registry>,
    repositories: Repositories,
    journal: Journal,
    redirects: Redirects,
    last_number: AtomicU64,
}

impl Instance {
    pub(super) fn new(
        base_url: String,
        clock: Box<dyn Clock>,
        issuer: Issuer,
        registry: Registry,
        repositories: Repositories,
    ) -> Self {
        Self {
            base_url,
            clock,
            passed_seconds: AtomicI64::new(0),
            throttling: Throttling::default(),
            issuer,
            registry: Mutex::new(registry),
            repositories,
            journal: Journal::default(),
            redirects: Redirects::default(),
            last_number: AtomicU64::new(1000),
        }
    }

    pub(crate) fn base_url(&self) -> &str {
        &self.base_url
    }

    pub(crate) fn issuer(&self) -> &Issuer {
        &self.issuer
    }

    /// The time in seconds since 1970, by which access tokens end.
    pub(crate) fn now(&self) -> i64 {
        self.clock_seconds().saturating_add(self.passed_seconds.load(Ordering::Relaxed))
    }

    /// The time of the clock that the caller handed in, which nobody turns: ID tokens are for vaults, and a vault with a
    /// clock of its own refuses those from the future.
    pub(crate) fn clock_seconds(&self) -> i64 {
        unix_seconds(self.clock.now())
    }

    /// Lets time pass for everything but ID tokens.
    pub(crate) fn let_pass(&self, seconds: i64) {
        self.passed_seconds.fetch_add(seconds, Ordering::Relaxed);
    }

    pub(crate) fn throttling(&self) -> &Throttling {
        &self.throttling
    }

    pub(crate) fn registry(&self) -> MutexGuard<'_, Registry> {
        self.registry.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(crate) fn repositories(&self) -> &Repositories {
        &self.repositories
    }

    pub(crate) fn journal(&self) -> &Journal {
        &self.journal
    }

    pub(crate) fn redirects(&self) -> &Redirects {
        &self.redirects
    }

    /// A number that no job, pipeline or user of this sandbox had before.
    pub(crate) fn next_number(&self) -> u64 {
        self.last_number.fetch_add(1, Ordering::Relaxed) + 1
    }

    /// What ID tokens say of the project at `full_path`.
    ///
    /// For a project that was never made the numbers are made up, the same ones each time, so that an ID token needs no
    /// preparations.
    pub(crate) fn project_identity(&self, full_path: &str) -> ProjectIdentity {
        match self.registry().project_at(full_path) {
            Some(project) => identity_of(project),
            None => made_up_identity(full_path),
        }
    }
}

fn identity_of(project: &Project) -> ProjectIdentity {
    ProjectIdentity {
        id: project.id,
        path: project.full_path.clone(),
        namespace_id: project.namespace_id,
        namespace_path: project.namespace_path().to_owned(),
        visibility: project.visibility.as_str(),
    }
}

fn made_up_identity(full_path: &str) -> ProjectIdentity {
    let namespace_path = full_path.rsplit_once('/').map_or(full_path, |(namespace, _)| namespace);
    ProjectIdentity {
        id: made_up_id(full_path),
        path: full_path.to_owned(),
        namespace_id: made_up_id(namespace_path),
        namespace_path: namespace_path.to_owned(),
        visibility: "private",
    }
}

/// FNV-1a, folded to seven digits, above every number that the registry gives.
fn made_up_id(text: &str) -> u64 {
    let hash = text.bytes().fold(0xcbf2_9ce4_8422_2325_u64, |hash, byte| {
        (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3)
    });
    1_000_000 + hash % 9_000_000
}
