//! The time of day, handed in by the caller, so that tests decide what time it is.

use std::{
    sync::Arc,
    time::{Duration, SystemTime, UNIX_EPOCH},
};

/// Tells what time it is.
#[derive(Clone)]
pub struct Clock(Arc<dyn Fn() -> SystemTime + Send + Sync>);

impl Clock {
    /// The machine's clock.
    pub fn system() -> Self {
        #[expect(clippy::disallowed_methods, reason = "this is the clock")]
        Self(Arc::new(SystemTime::now))
    }

    /// A clock that stands at `seconds` after the Unix epoch.
    pub fn fixed(seconds: u64) -> Self {
        Self(Arc::new(move || UNIX_EPOCH + Duration::from_secs(seconds)))
    }

    /// The time now.
    pub fn now(&self) -> SystemTime {
        (self.0)()
    }

    /// The time so many seconds from now, ten years at most: a server's number may be any.
    pub fn after(&self, seconds: u64) -> SystemTime {
        self.now() + Duration::from_secs(seconds.min(10 * 366 * 24 * 60 * 60))
    }

    /// Whole seconds since the Unix epoch, the unit of JWT times (RFC 7519, NumericDate).
    pub fn unix_seconds(&self) -> u64 {
        self.now().duration_since(UNIX_EPOCH).map_or(0, |since| since.as_secs())
    }
}

impl std::fmt::Debug for Clock {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Clock")
    }
}
