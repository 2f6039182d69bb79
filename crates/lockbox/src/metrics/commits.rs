use std::time::Duration;

use prometheus_client::{
    metrics::counter::Counter,
    registry::{Registry, Unit},
};

use super::histogram::{Histogram, Scale};

/// What was written to the disk; its clones count together.
#[derive(Clone, Debug)]
pub(crate) struct Commits {
    durations: Histogram,
    writes: Histogram,
    failures: Counter,
}

impl Commits {
    /// So many writes were put on the disk together.
    pub(crate) fn landed(&self, took: Duration, writes: usize) {
        self.durations.record_duration(took);
        self.writes.record(writes as u64);
    }

    /// The disk refused them.
    pub(crate) fn failed(&self) {
        self.failures.inc();
    }

    pub(super) fn register(&self, registry: &mut Registry) {
        let Self { durations, writes, failures } = self.clone();
        registry.register_with_unit("commit_duration", "How long commits took", Unit::Seconds, durations);
        registry.register("commit_writes", "How many writes went into one commit", writes);
        registry.register("commit_failures", "Commits that the disk refused", failures);
    }
}

impl Default for Commits {
    fn default() -> Self {
        Self {
            durations: Histogram::new(Scale::durations()),
            writes: Histogram::new(Scale::counts()),
            failures: Counter::default(),
        }
    }
}
