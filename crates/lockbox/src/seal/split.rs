use serde::{Deserialize, Serialize};
use thiserror::Error;

/// How the root key is held: in how many shares, and how many of them open.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Split {
    shares: u8,
    threshold: u8,
}

/// Why a root key cannot be held like that, in OpenBao's words.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum SplitError {
    /// Somebody has to hold it.
    #[error("shares must be at least one")]
    NoShares,
    /// A share has one byte for its number.
    #[error("shares must be less than 256")]
    TooManyShares,
    /// No share at all would open it.
    #[error("threshold must be at least one")]
    NoThreshold,
    /// Every share would be the key itself.
    #[error("threshold must be greater than one for multiple shares")]
    EveryShareOpens,
    /// All shares together would not open it.
    #[error("threshold cannot be larger than shares")]
    OutOfReach,
}

impl Split {
    /// The whole key in one hand.
    pub const WHOLE: Self = Self { shares: 1, threshold: 1 };

    /// Three of five, as `bao operator init` has it where nothing else is said.
    pub const USUAL: Self = Self { shares: 5, threshold: 3 };

    /// # Errors
    /// When nobody could open it, or every share alone.
    pub fn new(shares: i64, threshold: i64) -> Result<Self, SplitError> {
        if shares < 1 {
            return Err(SplitError::NoShares);
        }
        let shares = u8::try_from(shares).map_err(|_| SplitError::TooManyShares)?;
        if threshold < 1 {
            return Err(SplitError::NoThreshold);
        }
        if threshold == 1 && shares > 1 {
            return Err(SplitError::EveryShareOpens);
        }
        match u8::try_from(threshold) {
            Ok(threshold) if threshold <= shares => Ok(Self { shares, threshold }),
            _ => Err(SplitError::OutOfReach),
        }
    }

    /// How many shares there are.
    #[must_use]
    pub fn shares(self) -> u8 {
        self.shares
    }

    /// How many of them open.
    #[must_use]
    pub fn threshold(self) -> u8 {
        self.threshold
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_split_that_nobody_or_anybody_could_open_is_refused() {
        for (shares, threshold, expected) in [
            (0, 0, SplitError::NoShares),
            (300, 4, SplitError::TooManyShares),
            (3, 0, SplitError::NoThreshold),
            (5, 1, SplitError::EveryShareOpens),
            (3, 4, SplitError::OutOfReach),
        ] {
            assert_eq!(Split::new(shares, threshold), Err(expected));
        }
        assert_eq!(Split::new(1, 1), Ok(Split::WHOLE));
    }
}
