use std::time::Duration;

use super::TokenError;
use crate::{clock::Moment, exchange::compact};

/// What is said about a token's time by its bearer, its role, its making and its mount. Zero says nothing.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Terms {
    /// What the bearer asks for.
    pub(crate) asked: Duration,
    /// What the role or the last grant gives when nothing is asked for.
    pub(crate) usual: Duration,
    /// The longest that the role gives, from the making on.
    pub(crate) longest: Duration,
    /// The longest that the token itself may live, from the making on.
    pub(crate) explicit_max: Duration,
    /// With a period the token lives as long as it is renewed once in it.
    pub(crate) period: Duration,
    pub(crate) mount: Lifetimes,
}

/// How long what a mount gives lives when nobody says more.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Lifetimes {
    pub(crate) usual: Duration,
    pub(crate) longest: Duration,
}

/// How long a token may live from now on.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Grant {
    pub(super) ttl: Duration,
    pub(super) warnings: Vec<String>,
}

impl Terms {
    /// OpenBao's `CalculateTTL`, which counts in whole seconds.
    ///
    /// # Errors
    /// When the token has lived its longest already.
    pub(super) fn grant(&self, issued: Moment, now: Moment) -> Result<Grant, TokenError> {
        let set = |duration: Duration| Some(duration).filter(|duration| !duration.is_zero());
        let bounds = [set(self.longest), set(self.explicit_max)].into_iter().flatten();
        let longest = bounds.fold(self.mount.longest, Duration::min);
        let mut warnings = Vec::new();
        let (wanted, bound) = match set(self.period) {
            Some(period) => {
                if period > longest {
                    warnings.push(capped("period", "period", period, longest));
                }
                (period.min(longest), set(self.explicit_max))
            }
            None => {
                let wanted = set(self.asked).or(set(self.usual)).unwrap_or(self.mount.usual);
                (wanted, Some(longest))
            }
        };
        let Some(bound) = bound else { return Ok(Grant { ttl: wanted, warnings }) };
        let left = now.whole().until(issued.whole().plus(bound));
        if left.is_zero() {
            return Err(TokenError::PastItsLongest);
        }
        if wanted > left {
            warnings.push(capped("TTL", "TTL", wanted, left));
        }
        Ok(Grant { ttl: wanted.min(left), warnings })
    }
}

impl Default for Lifetimes {
    /// What OpenBao has when nothing is tuned.
    fn default() -> Self {
        Self { usual: SYSTEM_LONGEST, longest: SYSTEM_LONGEST }
    }
}

fn capped(of: &str, value: &str, wanted: Duration, longest: Duration) -> String {
    let (wanted, longest) = (compact(wanted), compact(longest));
    format!(
        "{of} of {wanted:?} exceeded the effective max_ttl of {longest:?}; {value} value is capped accordingly"
    )
}

/// The longest life, and the usual one too, when nothing is tuned.
pub(crate) const SYSTEM_LONGEST: Duration = Duration::from_secs(768 * 3600);

#[cfg(test)]
mod tests {
    use super::*;

    const START: u64 = 1_000_000;

    fn granted(terms: Terms, age: u64) -> Grant {
        terms.grant(Moment::at_second(START), Moment::at_second(START + age)).unwrap()
    }

    fn seconds(seconds: u64) -> Duration {
        Duration::from_secs(seconds)
    }

    fn plain(ttl: u64) -> Grant {
        Grant { ttl: seconds(ttl), warnings: Vec::new() }
    }

    #[test]
    fn what_is_asked_for_shortens_too() {
        let terms = Terms { asked: seconds(60), usual: seconds(3600), ..Terms::default() };
        assert_eq!(granted(terms, 5), plain(60));
    }

    #[test]
    fn the_longest_time_counts_from_the_making_and_what_is_left_is_said() {
        let terms = Terms { asked: seconds(100), explicit_max: seconds(60), ..Terms::default() };
        let grant = granted(terms, 10);
        assert_eq!(grant.ttl, seconds(50));
        assert_eq!(
            grant.warnings,
            [r#"TTL of "1m40s" exceeded the effective max_ttl of "50s"; TTL value is capped accordingly"#]
        );
        assert!(terms.grant(Moment::at_second(START), Moment::at_second(START + 60)).is_err());
    }

    #[test]
    fn a_period_takes_no_wishes() {
        let terms = Terms { asked: seconds(10), period: seconds(60), ..Terms::default() };
        assert_eq!(granted(terms, 1_000_000), plain(60));
        assert_eq!(granted(Terms { explicit_max: seconds(90), ..terms }, 60).ttl, seconds(30));
        let grant = granted(Terms { period: seconds(7200), explicit_max: seconds(3600), ..terms }, 0);
        assert_eq!(
            grant.warnings,
            [r#"period of "2h" exceeded the effective max_ttl of "1h"; period value is capped accordingly"#]
        );
    }

    #[test]
    fn the_mount_says_what_nobody_else_does() {
        assert_eq!(granted(Terms::default(), 0), plain(768 * 3600));
        let role = Terms { longest: seconds(60), ..Terms::default() };
        assert!(granted(role, 0).warnings[0].starts_with("TTL of \"768h\" exceeded"));
        let mount = Lifetimes { usual: seconds(60), longest: seconds(90) };
        assert_eq!(granted(Terms { mount, ..Terms::default() }, 0), plain(60));
        assert_eq!(granted(Terms { mount, asked: seconds(600), ..Terms::default() }, 30).ttl, seconds(60));
    }
}
