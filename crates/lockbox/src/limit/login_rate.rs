use std::{
    collections::HashMap,
    num::NonZeroU32,
    sync::{Mutex, PoisonError},
    time::Duration,
};

use super::Source;
use crate::clock::Moment;

/// How often one source address may log in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LoginRate {
    /// As often as it likes, as OpenBao has it when no quota was written.
    Unlimited,
    /// A bucket of tokens for each IPv4 address or IPv6 /64; an empty one answers 429 with `Retry-After`.
    PerSource {
        /// How many tokens come back in a second.
        per_second: NonZeroU32,
        /// How many there are after a while without logins.
        burst: NonZeroU32,
    },
}

/// Who logged in how often: of each bucket, the moment at which it is full again.
pub(crate) struct LoginRates {
    rate: LoginRate,
    buckets: Mutex<Buckets>,
}

#[derive(Default)]
struct Buckets {
    full_at: HashMap<Source, Moment>,
    /// At how many buckets the full ones are let go of.
    purge_at: usize,
}

impl LoginRates {
    pub(crate) fn new(rate: LoginRate) -> Self {
        Self { rate, buckets: Mutex::default() }
    }

    /// Takes a token from the bucket of `source`.
    ///
    /// # Errors
    /// When it is empty, with the time until it holds one again.
    pub(crate) fn admit(&self, source: Source, now: Moment) -> Result<(), Duration> {
        let LoginRate::PerSource { per_second, burst } = self.rate else { return Ok(()) };
        let token = Duration::from_secs(1) / per_second.get();
        let bucket = token * burst.get();
        let mut buckets = self.buckets.lock().unwrap_or_else(PoisonError::into_inner);
        let full_at = buckets.full_at.get(&source).copied().unwrap_or(now);
        let missing = now.until(full_at);
        // A clock that was set back would lock everybody out until it has caught up.
        let missing = if missing > bucket { Duration::ZERO } else { missing };
        let spare = bucket - missing;
        if spare < token {
            return Err(token - spare);
        }
        buckets.purge(now);
        buckets.full_at.insert(source, now.plus(missing + token));
        Ok(())
    }
}

impl Buckets {
    fn purge(&mut self, now: Moment) {
        if self.full_at.len() >= self.purge_at {
            self.full_at.retain(|_, full_at| *full_at > now);
            self.purge_at = (self.full_at.len() * 2).max(PURGE_AT_LEAST);
        }
    }
}

const PURGE_AT_LEAST: usize = 1024;

#[cfg(test)]
mod tests {
    use std::net::{IpAddr, Ipv4Addr};

    use super::*;

    const TWO: NonZeroU32 = NonZeroU32::new(2).unwrap();
    const THREE: NonZeroU32 = NonZeroU32::new(3).unwrap();

    fn rates() -> LoginRates {
        LoginRates::new(LoginRate::PerSource { per_second: TWO, burst: THREE })
    }

    fn source(bits: u32) -> Source {
        Source::from(IpAddr::V4(Ipv4Addr::from_bits(bits)))
    }

    #[test]
    fn a_bucket_empties_and_fills_again_for_each_source_alone() {
        let (rates, start) = (rates(), Moment::at_second(100));
        for _ in 0..3 {
            rates.admit(source(1), start).unwrap();
        }
        assert_eq!(rates.admit(source(1), start), Err(Duration::from_millis(500)));
        rates.admit(source(2), start).unwrap();
        let later = start.plus(Duration::from_millis(400));
        assert_eq!(rates.admit(source(1), later), Err(Duration::from_millis(100)));
        let later = start.plus(Duration::from_millis(500));
        rates.admit(source(1), later).unwrap();
        rates.admit(source(1), later).unwrap_err();
    }

    #[test]
    fn a_clock_that_is_set_back_locks_nobody_out() {
        let rates = rates();
        for _ in 0..3 {
            rates.admit(source(1), Moment::at_second(1000)).unwrap();
        }
        rates.admit(source(1), Moment::at_second(100)).unwrap();
    }

    #[test]
    fn full_buckets_are_let_go_of() {
        let rates = rates();
        for bits in 0..100_000 {
            rates.admit(source(bits), Moment::at_second(u64::from(bits / 100))).unwrap();
        }
        let kept = rates.buckets.lock().unwrap().full_at.len();
        assert!(kept < 3 * PURGE_AT_LEAST, "{kept}");
    }
}
