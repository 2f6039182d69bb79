use std::{
    sync::{
        Arc, LazyLock,
        atomic::{AtomicU64, Ordering},
    },
    time::{Duration, Instant, SystemTime},
};

/// Tells the time to a [`Lockbox`](crate::Lockbox).
pub trait Clock: Send + Sync + 'static {
    /// The time now.
    fn now(&self) -> SystemTime;

    /// How long it has been since some point in the past, whatever the machine's clock was set to meanwhile.
    fn steady(&self) -> Duration;
}

/// The clock of the machine.
#[derive(Clone, Copy, Debug, Default)]
pub struct SystemClock;

impl Clock for SystemClock {
    #[expect(clippy::disallowed_methods, reason = "this is the clock that callers hand in")]
    fn now(&self) -> SystemTime {
        SystemTime::now()
    }

    #[expect(clippy::disallowed_methods, reason = "this is the clock that callers hand in")]
    fn steady(&self) -> Duration {
        static START: LazyLock<Instant> = LazyLock::new(Instant::now);
        START.elapsed()
    }
}

/// A clock for tests: it stands still until it is advanced, and its clones show the same time.
#[derive(Clone, Debug)]
pub struct ManualClock {
    start: SystemTime,
    elapsed_nanos: Arc<AtomicU64>,
    set_forward_nanos: Arc<AtomicU64>,
    set_back_nanos: Arc<AtomicU64>,
}

impl ManualClock {
    /// A clock that shows `start`.
    #[must_use]
    pub fn starting_at(start: SystemTime) -> Self {
        let [elapsed_nanos, set_forward_nanos, set_back_nanos] = <[Arc<AtomicU64>; 3]>::default();
        Self { start, elapsed_nanos, set_forward_nanos, set_back_nanos }
    }

    /// Lets time pass.
    pub fn advance(&self, by: Duration) {
        add(&self.elapsed_nanos, by);
    }

    /// Sets the time forward, as a machine's clock can be; the steady time goes on from where it was.
    pub fn set_forward(&self, by: Duration) {
        add(&self.set_forward_nanos, by);
    }

    /// The same back.
    pub fn set_back(&self, by: Duration) {
        add(&self.set_back_nanos, by);
    }
}

impl Clock for ManualClock {
    fn now(&self) -> SystemTime {
        self.start + self.steady() + read(&self.set_forward_nanos) - read(&self.set_back_nanos)
    }

    fn steady(&self) -> Duration {
        read(&self.elapsed_nanos)
    }
}

fn add(nanos: &AtomicU64, duration: Duration) {
    nanos.fetch_add(u64::try_from(duration.as_nanos()).unwrap_or(u64::MAX), Ordering::SeqCst);
}

fn read(nanos: &AtomicU64) -> Duration {
    Duration::from_nanos(nanos.load(Ordering::SeqCst))
}
