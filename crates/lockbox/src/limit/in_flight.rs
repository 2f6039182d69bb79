use std::sync::atomic::{AtomicUsize, Ordering};

/// Memory for bodies that are being read: what everybody holds of it, and how much there is.
pub(crate) struct InFlight {
    held: AtomicUsize,
    max_bytes: usize,
}

/// What one body holds; it is given back at the end.
pub(crate) struct Share<'a> {
    of: &'a InFlight,
    bytes: usize,
}

/// There is no more to be had.
#[derive(Debug)]
pub(crate) struct Exhausted;

impl InFlight {
    pub(crate) fn new(max_bytes: usize) -> Self {
        Self { held: AtomicUsize::new(0), max_bytes }
    }

    pub(crate) fn share(&self) -> Share<'_> {
        Share { of: self, bytes: 0 }
    }
}

impl Share<'_> {
    /// Takes more.
    ///
    /// # Errors
    /// When everybody together would hold too much.
    pub(crate) fn take(&mut self, bytes: usize) -> Result<(), Exhausted> {
        let held = self.of.held.fetch_add(bytes, Ordering::Relaxed);
        self.bytes += bytes;
        if held.saturating_add(bytes) > self.of.max_bytes { Err(Exhausted) } else { Ok(()) }
    }
}

impl Drop for Share<'_> {
    fn drop(&mut self) {
        self.of.held.fetch_sub(self.bytes, Ordering::Relaxed);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_taken_is_given_back() {
        let all = InFlight::new(100);
        let mut first = all.share();
        first.take(60).unwrap();
        all.share().take(41).unwrap_err();
        let mut second = all.share();
        second.take(40).unwrap();
        drop(first);
        second.take(60).unwrap();
        drop(second);
        assert_eq!(all.held.into_inner(), 0);
    }
}
