use std::{
    thread,
    time::{Duration, Instant},
};

/// Asks again and again until the answer is yes, for `at_most`; says whether it ever was.
pub(crate) fn wait_until(at_most: Duration, mut condition: impl FnMut() -> bool) -> bool {
    let end = Instant::now() + at_most;
    while Instant::now() < end {
        if condition() {
            return true;
        }
        thread::park_timeout(Duration::from_millis(20));
    }
    condition()
}
