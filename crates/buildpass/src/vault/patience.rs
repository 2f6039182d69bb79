use std::time::Duration;

use backon::{BackoffBuilder, ExponentialBackoff, ExponentialBuilder};
use tokio::time::Instant;

/// How long a vault is waited for, and how long between two tries.
pub(super) struct Patience {
    deadline: Instant,
    pauses: ExponentialBackoff,
}

/// Nothing more can be waited for.
pub(super) struct RanOut;

/// A node that takes a request and says nothing must not use up what the others could answer in.
const LONGEST_TRY: Duration = Duration::from_secs(10);

impl Patience {
    pub(super) fn until(deadline: Instant) -> Self {
        let pauses = ExponentialBuilder::new()
            .with_min_delay(Duration::from_millis(50))
            .with_max_delay(Duration::from_secs(2))
            .with_factor(1.7)
            .with_jitter()
            .without_max_times()
            .build();
        Self { deadline, pauses }
    }

    /// How long the next try may take.
    pub(super) fn for_one_try(&self, nodes: usize) -> Duration {
        let left = self.deadline.saturating_duration_since(Instant::now());
        if nodes > 1 { left.min(LONGEST_TRY) } else { left }
    }

    pub(super) fn ran_out(&self) -> bool {
        Instant::now() >= self.deadline
    }

    /// Waits before the next try, at least as long as the server asked for.
    pub(super) async fn pause(&mut self, at_least: Option<Duration>) -> Result<(), RanOut> {
        let pause = self.pauses.next().unwrap_or_default().max(at_least.unwrap_or_default());
        if pause >= self.deadline.saturating_duration_since(Instant::now()) {
            return Err(RanOut);
        }
        tokio::time::sleep(pause).await;
        Ok(())
    }
}
