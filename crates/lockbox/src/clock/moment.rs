use std::time::{Duration, SystemTime, UNIX_EPOCH};

use serde::{Serialize, Serializer};

/// A point in time, in nanoseconds since 1970, written as Go writes RFC 3339.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Moment(u64);

impl Moment {
    pub(crate) fn at_second(seconds: u64) -> Self {
        Self(seconds.saturating_mul(NANOS))
    }

    /// Nanoseconds since 1970.
    pub(crate) fn at_nano(nanos: u64) -> Self {
        Self(nanos)
    }

    pub(crate) fn nanos(self) -> u64 {
        self.0
    }

    /// The nearest whole second.
    pub(crate) fn rounded(self) -> Self {
        Self::at_second(self.0.saturating_add(NANOS / 2) / NANOS)
    }

    /// The whole second that it lies in.
    pub(crate) fn whole(self) -> Self {
        Self::at_second(self.seconds())
    }

    /// Whole seconds since 1970.
    pub(crate) fn seconds(self) -> u64 {
        self.0 / NANOS
    }

    pub(crate) fn plus(self, duration: Duration) -> Self {
        Self(self.0.saturating_add(u64::try_from(duration.as_nanos()).unwrap_or(u64::MAX)))
    }

    /// The time from `self` to `later`, zero when that is past.
    pub(crate) fn until(self, later: Self) -> Duration {
        Duration::from_nanos(later.0.saturating_sub(self.0))
    }

    /// `2026-11-23T05:24:12.8156Z`: fractions without trailing zeros.
    pub(crate) fn rfc3339(self) -> String {
        let mut text = self.calendar();
        let fraction = self.0 % NANOS;
        if fraction > 0 {
            text.push('.');
            text.push_str(format!("{fraction:09}").trim_end_matches('0'));
        }
        text.push('Z');
        text
    }

    /// `2026-11-23`, in UTC.
    pub(crate) fn date(self) -> String {
        let (year, month, day) = civil_date(self.days());
        format!("{year:04}-{month:02}-{day:02}")
    }

    /// 00:00 UTC of the day after so many more.
    pub(crate) fn day_after(self, days: u64) -> Self {
        Self::at_second((self.days() + days + 1).saturating_mul(SECONDS_A_DAY))
    }

    fn days(self) -> u64 {
        self.seconds() / SECONDS_A_DAY
    }

    fn calendar(self) -> String {
        let (date, time) = (self.date(), self.seconds() % SECONDS_A_DAY);
        let (hour, minute, second) = (time / 3600, time / 60 % 60, time % 60);
        format!("{date}T{hour:02}:{minute:02}:{second:02}")
    }
}

impl From<SystemTime> for Moment {
    fn from(time: SystemTime) -> Self {
        Self(0).plus(time.duration_since(UNIX_EPOCH).unwrap_or_default())
    }
}

impl Serialize for Moment {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.rfc3339())
    }
}

const NANOS: u64 = 1_000_000_000;
const SECONDS_A_DAY: u64 = 86_400;

/// Days since 1970 to a date, by Howard Hinnant's `civil_from_days`.
fn civil_date(days: u64) -> (u64, u64, u64) {
    let shifted = days + 719_468;
    let era = shifted / 146_097;
    let day_of_era = shifted % 146_097;
    let year_of_era = (day_of_era - day_of_era / 1460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
    let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let shifted_month = (5 * day_of_year + 2) / 153;
    let day = day_of_year - (153 * shifted_month + 2) / 5 + 1;
    let month = if shifted_month < 10 { shifted_month + 3 } else { shifted_month - 9 };
    (year_of_era + era * 400 + u64::from(month <= 2), month, day)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_moment_is_written_as_go_writes_it() {
        assert_eq!(Moment(0).rfc3339(), "1970-01-01T00:00:00Z");
        assert_eq!(Moment(1_795_411_452_815_630_600).rfc3339(), "2026-11-23T05:24:12.8156306Z");
        assert_eq!(Moment::at_second(951_782_400).rfc3339(), "2000-02-29T00:00:00Z");
        assert_eq!(Moment::at_second(4_107_542_400).rfc3339(), "2100-03-01T00:00:00Z");
    }
}
