use std::{sync::Arc, time::Duration};

use crate::clock::{Clock, Moment};

/// The time by which tokens and secrets end: it goes on while the machine's clock is set back.
#[derive(Clone)]
pub(super) struct Time {
    clock: Arc<dyn Clock>,
    start: Moment,
    /// What the steady clock showed then.
    since: Duration,
}

impl Time {
    pub(super) fn new(clock: Arc<dyn Clock>) -> Self {
        let (start, since) = (Moment::from(clock.now()), clock.steady());
        Self { clock, start, since }
    }

    /// The later of the machine's time and of what has passed since the start.
    pub(super) fn now(&self) -> Moment {
        let steady = self.start.plus(self.clock.steady().saturating_sub(self.since));
        steady.max(self.wall())
    }

    /// The machine's time, by which ID tokens are good.
    pub(super) fn wall(&self) -> Moment {
        Moment::from(self.clock.now())
    }
}

#[cfg(test)]
mod tests {
    use std::time::UNIX_EPOCH;

    use super::*;
    use crate::ManualClock;

    #[test]
    fn a_clock_that_is_set_back_does_not_stop_the_time() {
        let clock = ManualClock::starting_at(UNIX_EPOCH + Duration::from_secs(1_000_000));
        let time = Time::new(Arc::new(clock.clone()));
        clock.set_back(Duration::from_secs(86_400));
        clock.advance(Duration::from_secs(60));
        assert_eq!(time.now(), Moment::at_second(1_000_060));
        assert_eq!(time.wall(), Moment::at_second(1_000_060 - 86_400));
        clock.advance(Duration::from_secs(86_400));
        assert_eq!(time.now(), Moment::at_second(1_086_460));
    }
}
