use std::time::Duration;

use tokio::time::Instant;

use super::StorageError;

/// How long no write is tried after one that failed: each that fails costs an opening of the whole file, which readers wait for.
#[derive(Debug, Default)]
pub(super) struct Pause {
    failed: Option<(StorageError, Instant)>,
    length: Duration,
}

impl Pause {
    /// # Errors
    /// With what the last write failed of, until it is time for another.
    pub(super) fn check(&self, now: Instant) -> Result<(), StorageError> {
        match &self.failed {
            Some((error, until)) if now < *until => Err(error.clone()),
            _ => Ok(()),
        }
    }

    /// The next one is longer, and long beside what an opening takes; but sessions want to be renewed meanwhile.
    pub(super) fn begin(&mut self, now: Instant, error: StorageError, opening: Duration) {
        let longer = (self.length * 2).clamp(FIRST, LAST);
        self.length = longer.max(opening * OPENINGS).min(LONGEST);
        self.failed = Some((error, now + self.length));
    }

    pub(super) fn end(&mut self) {
        *self = Self::default();
    }
}

const FIRST: Duration = Duration::from_millis(100);
const LAST: Duration = Duration::from_secs(10);
const OPENINGS: u32 = 10;
const LONGEST: Duration = Duration::from_secs(15);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pauses_grow_up_to_the_last_and_end_with_a_write_that_lands() {
        let (mut pause, mut now) = (Pause::default(), Instant::now());
        let error = || StorageError::Write("full".to_owned());
        let mut lengths = Vec::new();
        for _ in 0..9 {
            assert!(pause.check(now).is_ok());
            pause.begin(now, error(), Duration::from_millis(1));
            assert_eq!(pause.check(now).unwrap_err().to_string(), error().to_string());
            lengths.push(pause.length.as_millis());
            now += pause.length;
        }
        assert_eq!(lengths, [100, 200, 400, 800, 1600, 3200, 6400, 10_000, 10_000]);
        pause.begin(now, error(), Duration::from_secs(7));
        assert_eq!(pause.length, LONGEST);
        pause.end();
        assert!(pause.check(now).is_ok());
        pause.begin(now, error(), Duration::ZERO);
        assert_eq!(pause.length, FIRST);
    }
}
