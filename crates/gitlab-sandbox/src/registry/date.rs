use std::fmt;
use std::str::FromStr;

use serde::{Serialize, Serializer};

const SECONDS_A_DAY: i64 = 86_400;

/// A day of the Gregorian calendar, in UTC.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Date {
    days_since_1970: i64,
}

/// A text that is no `YYYY-MM-DD`.
#[derive(Debug, thiserror::Error)]
#[error("the date is not of the form YYYY-MM-DD")]
pub(crate) struct InvalidDate;

impl Date {
    pub(crate) fn of_unix_seconds(seconds: i64) -> Self {
        Self { days_since_1970: seconds.div_euclid(SECONDS_A_DAY) }
    }

    /// The first second of this day.
    pub(crate) fn start_in_unix_seconds(self) -> i64 {
        self.days_since_1970.saturating_mul(SECONDS_A_DAY)
    }

    pub(crate) fn plus_days(self, days: i64) -> Self {
        Self { days_since_1970: self.days_since_1970.saturating_add(days) }
    }

    // Both conversions count from 1 March of year 0, so that a leap day ends its year:
    // https://howardhinnant.github.io/date_algorithms.html
    fn from_civil(year: i64, month: i64, day: i64) -> Self {
        let year = if month <= 2 { year - 1 } else { year };
        let era = year.div_euclid(400);
        let year_of_era = year.rem_euclid(400);
        let month_from_march = (month + 9) % 12;
        let day_of_year = (153 * month_from_march + 2) / 5 + day - 1;
        let day_of_era = year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year;
        Self { days_since_1970: era * 146_097 + day_of_era - 719_468 }
    }

    fn to_civil(self) -> (i64, i64, i64) {
        let days = self.days_since_1970.saturating_add(719_468);
        let era = days.div_euclid(146_097);
        let day_of_era = days.rem_euclid(146_097);
        let year_of_era =
            (day_of_era - day_of_era / 1_460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
        let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
        let month_from_march = (5 * day_of_year + 2) / 153;
        let day = day_of_year - (153 * month_from_march + 2) / 5 + 1;
        let month = if month_from_march < 10 { month_from_march + 3 } else { month_from_march - 9 };
        let year = year_of_era + era * 400 + i64::from(month <= 2);
        (year, month, day)
    }
}

impl FromStr for Date {
    type Err = InvalidDate;

    fn from_str(text: &str) -> Result<Self, InvalidDate> {
        let number = |range: std::ops::Range<usize>| -> Result<i64, InvalidDate> {
            let digits = text.get(range).ok_or(InvalidDate)?;
            if !digits.bytes().all(|byte| byte.is_ascii_digit()) {
                return Err(InvalidDate);
            }
            digits.parse().map_err(|_| InvalidDate)
        };
        if text.len() != 10 || text.get(4..5) != Some("-") || text.get(7..8) != Some("-") {
            return Err(InvalidDate);
        }
        let (year, month, day) = (number(0..4)?, number(5..7)?, number(8..10)?);
        let date = Self::from_civil(year, month, day);
        if date.to_civil() == (year, month, day) { Ok(date) } else { Err(InvalidDate) }
    }
}

impl fmt::Display for Date {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (year, month, day) = self.to_civil();
        write!(formatter, "{year:04}-{month:02}-{day:02}")
    }
}

impl Serialize for Date {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

/// A time as GitLab writes it: `2026-01-31T12:00:00.000Z`.
pub(crate) fn iso_timestamp(unix_seconds: i64) -> String {
    let date = Date::of_unix_seconds(unix_seconds);
    let of_day = unix_seconds.rem_euclid(SECONDS_A_DAY);
    format!("{date}T{:02}:{:02}:{:02}.000Z", of_day / 3600, of_day / 60 % 60, of_day % 60)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dates_are_read_and_written_alike() {
        for (text, seconds) in [
            ("1970-01-01", 0),
            ("2000-02-29", 951_782_400),
            ("2026-11-23", 1_795_392_000),
            ("1969-12-31", -86_400),
        ] {
            let date: Date = text.parse().unwrap();
            assert_eq!(date.start_in_unix_seconds(), seconds, "{text}");
            assert_eq!(date.to_string(), text);
        }
    }

    #[test]
    fn a_day_that_no_calendar_has_is_refused() {
        for text in [
            "2026-02-29",
            "2026-13-01",
            "2026-00-10",
            "2026-01-00",
            "2026-1-1",
            "+026-01-01",
            "20260101",
            "",
            "ä026-01-1",
        ] {
            assert!(text.parse::<Date>().is_err(), "{text}");
        }
    }

    #[test]
    fn timestamps_are_gitlabs() {
        assert_eq!(iso_timestamp(951_782_400 + 3_723), "2000-02-29T01:02:03.000Z");
    }
}
