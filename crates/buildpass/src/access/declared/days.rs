use std::{fmt, time::Duration};

/// How long a token lives or before its end something is due: whole days, since GitLab ends tokens at a day's start.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Days(u16);

impl Days {
    /// GitLab lets no token of a group or project live longer, unless its administrator says otherwise.
    /// <https://docs.gitlab.com/user/profile/personal_access_tokens/#access-token-expiration>
    pub const LONGEST: Self = Self(365);

    /// Whole days between 1 and 365, as `30d` or `2w` say it.
    pub fn parse(text: &str) -> Option<Self> {
        const DAY: u64 = 24 * 60 * 60;
        let seconds = humantime::parse_duration(text).ok()?.as_secs();
        let days = u16::try_from(seconds / DAY).ok()?;
        (seconds % DAY == 0 && (1..=Self::LONGEST.0).contains(&days)).then_some(Self(days))
    }

    /// As a duration.
    pub fn duration(self) -> Duration {
        Duration::from_secs(u64::from(self.0) * 24 * 60 * 60)
    }

    /// As a number.
    pub fn count(self) -> u64 {
        self.0.into()
    }
}

impl fmt::Display for Days {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let noun = if self.0 == 1 { "day" } else { "days" };
        write!(f, "{} {noun}", self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn days_are_whole_and_a_year_at_most() {
        assert_eq!(Days::parse("30d").map(Days::count), Some(30));
        assert_eq!(Days::parse("2w").map(Days::count), Some(14));
        for text in ["0d", "36h", "366d", "30", "", "-1d", "9999999999999d"] {
            assert_eq!(Days::parse(text), None, "{text}");
        }
    }
}
