use std::time::Duration;

use crate::{clock::Moment, exchange::compact};

/// What is said about a token's time by its bearer, its role and its making. Zero says nothing.
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
}

/// How long a token may live from now on.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Grant {
    pub(super) ttl: Duration,
    pub(super) warning: Option<String>,
}

impl Terms {
    /// OpenBao's `CalculateTTL`.
    pub(super) fn grant(&self, issued: Moment, now: Moment) -> Grant {
        let set = |duration: Duration| Some(duration).filter(|duration| !duration.is_zero());
        let bounds = [set(self.longest), set(self.explicit_max)].into_iter().flatten();
        let (wanted, longest) = match set(self.period) {
            Some(period) => (period.min(MAX_TTL), set(self.explicit_max)),
            None => {
                let wanted = set(self.asked).or(set(self.usual)).unwrap_or(DEFAULT_TTL);
                (wanted, bounds.min().map_or(Some(MAX_TTL), |bound| Some(bound.min(MAX_TTL))))
            }
        };
        let Some(longest) = longest else {
            return Grant { ttl: wanted, warning: None };
        };
        let left = now.until(issued.plus(longest));
        if wanted <= left {
            return Grant { ttl: wanted, warning: None };
        }
        let (asked, longest) = (compact(wanted), compact(longest));
        let warning = format!(
            "TTL of {asked:?} exceeded the effective max_ttl of {longest:?}; TTL value is capped accordingly"
        );
        Grant { ttl: left, warning: Some(warning) }
    }
}

/// 768 hours, as OpenBao has it when nothing is tuned.
const MAX_TTL: Duration = Duration::from_secs(768 * 3600);
const DEFAULT_TTL: Duration = MAX_TTL;

#[cfg(test)]
mod tests {
    use super::*;

    const START: u64 = 1_000_000;

    fn granted(terms: Terms, age: u64) -> Grant {
        terms.grant(Moment::at_second(START), Moment::at_second(START + age))
    }

    fn seconds(seconds: u64) -> Duration {
        Duration::from_secs(seconds)
    }

    #[test]
    fn what_is_asked_for_shortens_too() {
        let terms = Terms { asked: seconds(60), usual: seconds(3600), ..Terms::default() };
        assert_eq!(granted(terms, 5), Grant { ttl: seconds(60), warning: None });
    }

    #[test]
    fn the_longest_time_counts_from_the_making_and_is_said() {
        let terms = Terms { asked: seconds(100), explicit_max: seconds(60), ..Terms::default() };
        let grant = granted(terms, 10);
        assert_eq!(grant.ttl, seconds(50));
        assert_eq!(
            grant.warning.unwrap(),
            r#"TTL of "1m40s" exceeded the effective max_ttl of "1m"; TTL value is capped accordingly"#
        );
    }

    #[test]
    fn a_period_takes_no_wishes() {
        let terms = Terms { asked: seconds(10), period: seconds(60), ..Terms::default() };
        assert_eq!(granted(terms, 1_000_000).ttl, seconds(60));
        assert_eq!(granted(Terms { explicit_max: seconds(90), ..terms }, 60).ttl, seconds(30));
    }

    #[test]
    fn without_a_word_it_is_768_hours() {
        assert_eq!(granted(Terms::default(), 0).ttl, DEFAULT_TTL);
        let role = Terms { longest: seconds(60), ..Terms::default() };
        assert!(granted(role, 0).warning.unwrap().starts_with("TTL of \"768h\" exceeded"));
    }
}
