use std::sync::{
    Arc,
    atomic::{AtomicU64, Ordering},
};

use crate::clock::{Clock, Moment};

/// The time by which tokens and secrets end: it goes on while the machine's clock is set back, and never goes back itself.
#[derive(Clone)]
pub(super) struct Time {
    clock: Arc<dyn Clock>,
    /// The most that the machine's clock was ever ahead of the steady one, in nanoseconds.
    ahead: Arc<AtomicU64>,
}

impl Time {
    pub(super) fn new(clock: Arc<dyn Clock>) -> Self {
        let time = Self { clock, ahead: Arc::default() };
        time.now();
        time
    }

    /// The machine's time where that goes on steadily; after a jump back, what has passed since.
    pub(super) fn now(&self) -> Moment {
        // In this order: whatever happens between the two, the machine's clock does not seem ahead for it.
        let wall = self.wall();
        let steady = u64::try_from(self.clock.steady().as_nanos()).unwrap_or(u64::MAX);
        let ahead = wall.nanos().saturating_sub(steady);
        let before = self.ahead.load(Ordering::Relaxed);
        let ahead =
            if ahead > before { self.ahead.fetch_max(ahead, Ordering::Relaxed).max(ahead) } else { before };
        Moment::at_nano(steady.saturating_add(ahead))
    }

    /// The machine's time, by which ID tokens are good.
    pub(super) fn wall(&self) -> Moment {
        Moment::from(self.clock.now())
    }
}

#[cfg(test)]
mod tests {
    use std::time::{Duration, UNIX_EPOCH};

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

    #[test]
    fn a_clock_that_was_ahead_and_is_corrected_does_not_turn_the_time_back() {
        let clock = ManualClock::starting_at(UNIX_EPOCH + Duration::from_secs(1_000_000));
        let time = Time::new(Arc::new(clock.clone()));
        clock.set_forward(Duration::from_secs(86_400));
        assert_eq!(time.now(), Moment::at_second(1_086_400));
        clock.set_back(Duration::from_secs(86_400));
        assert_eq!(time.now(), Moment::at_second(1_086_400));
        clock.advance(Duration::from_secs(60));
        assert_eq!(time.now(), Moment::at_second(1_086_460));
        assert_eq!(time.wall(), Moment::at_second(1_000_060));
    }
}
