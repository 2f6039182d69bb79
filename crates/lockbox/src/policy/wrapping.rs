use std::time::Duration;

use super::{
    error::RuleError,
    hcl1::{Found, Scalar},
};
use crate::exchange;

/// How long an answer may, and must, stay wrapped. In nanoseconds; nothing above zero is no limit.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct WrappingTimes {
    shortest: i64,
    longest: i64,
}

impl WrappingTimes {
    /// # Errors
    /// When one of them is no time, or the longest is shorter than the shortest.
    pub(super) fn read(
        shortest: Option<&Found<'_, '_>>,
        longest: Option<&Found<'_, '_>>,
    ) -> Result<Self, RuleError> {
        let read = |field, found: Option<&Found<'_, '_>>| match found.map(Found::scalar) {
            None => Ok(0),
            Some(Ok(scalar)) => nanos(&scalar).map_err(|problem| RuleError::WrappingTime { field, problem }),
            Some(Err(error)) => Err(RuleError::WrappingTime { field, problem: error.to_string() }),
        };
        let times = Self {
            shortest: read("min_wrapping_ttl", shortest)?,
            longest: read("max_wrapping_ttl", longest)?,
        };
        let Self { shortest, longest } = times;
        if shortest != 0 && longest != 0 && longest < shortest {
            return Err(RuleError::WrappingTimes);
        }
        Ok(times)
    }

    /// Of two limits the smaller counts, for the shortest time too.
    pub(super) fn and(self, other: Self) -> Self {
        let smaller = |one: i64, other: i64| match (one, other) {
            (..=0, other) => other.max(0),
            (one, ..=0) => one,
            (one, other) => one.min(other),
        };
        Self {
            shortest: smaller(self.shortest, other.shortest),
            longest: smaller(self.longest, other.longest),
        }
    }

    /// Whether an answer may go out like this; `None` is unwrapped.
    pub(super) fn allow(self, asked: Option<Duration>) -> bool {
        let asked = asked.map(|asked| i64::try_from(asked.as_nanos()).unwrap_or(i64::MAX));
        let Self { shortest, longest } = self;
        let within = |fits: &dyn Fn(i64) -> bool| asked.is_some_and(fits);
        (longest <= 0 || within(&|asked| asked <= longest))
            && (shortest <= 0 || within(&|asked| asked >= shortest))
            && (shortest <= 0 || longest <= 0 || shortest <= longest)
    }
}

/// A duration as a policy writes it: seconds, or a text.
///
/// # Errors
/// In Go's words.
pub(super) fn nanos(scalar: &Scalar) -> Result<i64, String> {
    match scalar {
        Scalar::Text(text) => exchange::parse(text),
        Scalar::Integer(seconds) => Ok(seconds.saturating_mul(SECOND)),
        #[expect(
            clippy::cast_possible_truncation,
            reason = "a float saturates, and fractions of seconds do not count"
        )]
        Scalar::Float(seconds) => Ok((*seconds as i64).saturating_mul(SECOND)),
        Scalar::Other => Err("could not parse duration from input".to_owned()),
    }
}

const SECOND: i64 = 1_000_000_000;
