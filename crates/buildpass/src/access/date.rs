use std::{
    fmt,
    str::FromStr,
    time::{Duration, SystemTime, UNIX_EPOCH},
};

use serde::{Deserialize, Serialize};

/// A day of the calendar, as GitLab ends tokens on one: at 00:00 UTC.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Date(u64);

/// A text that is no day.
#[derive(Debug, thiserror::Error)]
#[error("`{0}` is not a date: it is written YYYY-MM-DD")]
pub struct NotADate(String);

const SECONDS_A_DAY: u64 = 24 * 60 * 60;

impl Date {
    /// The day of a time, in UTC.
    pub fn of(time: SystemTime) -> Self {
        Self(time.duration_since(UNIX_EPOCH).map_or(0, |since| since.as_secs() / SECONDS_A_DAY))
    }

    /// So many days later.
    pub fn plus_days(self, days: u64) -> Self {
        Self(self.0.saturating_add(days))
    }

    /// So many days earlier.
    pub fn minus_days(self, days: u64) -> Self {
        Self(self.0.saturating_sub(days))
    }

    /// How many days later it is than another day; negative where it is earlier.
    pub fn days_after(self, other: Self) -> i64 {
        self.0.cast_signed().saturating_sub(other.0.cast_signed())
    }

    /// 00:00 UTC of the day.
    pub fn start(self) -> SystemTime {
        UNIX_EPOCH + Duration::from_secs(self.0.min(4_000_000) * SECONDS_A_DAY)
    }

    /// How long it is from a time to the start of this day; nothing where it is past.
    pub fn away_from(self, time: SystemTime) -> Duration {
        self.start().duration_since(time).unwrap_or_default()
    }
}

impl fmt::Display for Date {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let whole = humantime::format_rfc3339_seconds(self.start()).to_string();
        f.write_str(whole.split('T').next().unwrap_or_default())
    }
}

impl FromStr for Date {
    type Err = NotADate;

    fn from_str(text: &str) -> Result<Self, NotADate> {
        let whole = format!("{text}T00:00:00Z");
        humantime::parse_rfc3339(&whole).map(Self::of).map_err(|_| NotADate(text.to_owned()))
    }
}

impl TryFrom<String> for Date {
    type Error = NotADate;

    fn try_from(text: String) -> Result<Self, NotADate> {
        text.parse()
    }
}

impl From<Date> for String {
    fn from(date: Date) -> Self {
        date.to_string()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_day_is_read_and_written_alike() {
        for text in ["1970-01-01", "2000-02-29", "2026-12-30"] {
            assert_eq!(text.parse::<Date>().unwrap().to_string(), text);
        }
        for text in ["2026-02-30", "2026-1-1", "", "2026-12-30T00:00:00Z", "tomorrow"] {
            assert!(text.parse::<Date>().is_err(), "{text}");
        }
    }

    #[test]
    fn the_days_between_two_are_counted_across_a_leap_day() {
        let [before, after] = ["2028-02-27", "2028-03-01"].map(|text| text.parse::<Date>().unwrap());
        assert_eq!((after.days_after(before), before.days_after(after)), (3, -3));
        assert_eq!(after.minus_days(3), before);
    }

    #[test]
    fn a_token_that_ends_tomorrow_has_less_than_a_day() {
        let evening = humantime::parse_rfc3339("2026-12-30T23:00:00Z").unwrap();
        assert_eq!(Date::of(evening).plus_days(1).away_from(evening), Duration::from_secs(3600));
        assert_eq!(Date::of(evening).away_from(evening), Duration::ZERO);
    }
}
