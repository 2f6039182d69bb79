use std::time::Duration;

use crate::clock::Moment;

/// Reads a point in time as Vault does: RFC 3339 with the leniency of Go, or seconds since 1970. What lies before 1970 is
/// taken for its beginning.
///
/// # Errors
/// In Vault's words.
pub(crate) fn absolute_time(text: &str) -> Result<Moment, String> {
    if let Some(moment) = rfc3339(text) {
        return Ok(moment);
    }
    let seconds: i64 = text.parse().map_err(|_| "could not parse string as date and time")?;
    Ok(at_second(seconds))
}

/// Seconds since 1970. Go counts from the year 1, and what overflows on the way lies in the past.
pub(crate) fn at_second(seconds: i64) -> Moment {
    let fits = seconds.checked_add(SECONDS_BEFORE_1970).is_some();
    Moment::at_second(if fits { u64::try_from(seconds).unwrap_or_default() } else { 0 })
}

fn rfc3339(text: &str) -> Option<Moment> {
    let mut rest = Rest(text.as_bytes());
    let year = rest.number(4)?;
    rest.sign(b'-')?;
    let month = rest.number(2)?;
    rest.sign(b'-')?;
    let day = rest.number(2)?;
    rest.sign(b'T')?;
    let hour = rest.number(2).or_else(|| rest.number(1))?;
    rest.sign(b':')?;
    let minute = rest.number(2)?;
    rest.sign(b':')?;
    let second = rest.number(2)?;
    let nanos = rest.fraction()?;
    let offset = rest.offset_seconds()?;
    let leaps = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
    let days = match month {
        2 if leaps => 29,
        2 => 28,
        4 | 6 | 9 | 11 => 30,
        1..=12 => 31,
        _ => return None,
    };
    if !(1..=days).contains(&day) || hour > 23 || minute > 59 || second > 59 || !rest.0.is_empty() {
        return None;
    }
    let seconds = days_since_1970(year, month, day) * 86_400 + hour * 3600 + minute * 60 + second - offset;
    let moment = Moment::at_second(u64::try_from(seconds).unwrap_or_default());
    Some(if seconds < 0 { moment } else { moment.plus(Duration::from_nanos(nanos)) })
}

/// What is left of a text.
struct Rest<'a>(&'a [u8]);

impl Rest<'_> {
    fn sign(&mut self, sign: u8) -> Option<()> {
        let (first, rest) = self.0.split_first()?;
        self.0 = rest;
        (*first == sign).then_some(())
    }

    fn number(&mut self, digits: usize) -> Option<i64> {
        let (number, rest) = self.0.split_at_checked(digits)?;
        let number = number.iter().try_fold(0, |number, digit| {
            digit.is_ascii_digit().then(|| number * 10 + i64::from(digit - b'0'))
        })?;
        self.0 = rest;
        Some(number)
    }

    /// Nanoseconds; none is zero.
    fn fraction(&mut self) -> Option<u64> {
        let [b'.' | b',', rest @ ..] = self.0 else { return Some(0) };
        let digits = rest.iter().take_while(|byte| byte.is_ascii_digit()).count();
        if digits == 0 {
            return None;
        }
        self.0 = &rest[digits..];
        let nanos = rest[..digits].iter().map(|digit| u64::from(digit - b'0')).chain([0; 9]).take(9);
        Some(nanos.fold(0, |nanos, digit| nanos * 10 + digit))
    }

    fn offset_seconds(&mut self) -> Option<i64> {
        let (sign, rest) = self.0.split_first()?;
        self.0 = rest;
        let sign = match sign {
            b'Z' => return Some(0),
            b'+' => 1,
            b'-' => -1,
            _ => return None,
        };
        let hours = self.number(2).filter(|hours| *hours <= 24)?;
        self.sign(b':')?;
        let minutes = self.number(2).filter(|minutes| *minutes <= 60)?;
        Some(sign * (hours * 3600 + minutes * 60))
    }
}

/// Howard Hinnant's `days_from_civil`, for years from 0 on.
fn days_since_1970(year: i64, month: i64, day: i64) -> i64 {
    let shifted_year = if month <= 2 { year - 1 } else { year };
    let era = shifted_year.div_euclid(400);
    let year_of_era = shifted_year.rem_euclid(400);
    let shifted_month = (month + 9) % 12;
    let day_of_year = (153 * shifted_month + 2) / 5 + day - 1;
    let day_of_era = year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year;
    era * 146_097 + day_of_era - 719_468
}

const SECONDS_BEFORE_1970: i64 = 62_135_596_800;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_are_read_as_go_reads_them() {
        for (text, read) in [
            ("2030-01-01T00:00:00Z", "2030-01-01T00:00:00Z"),
            ("2030-01-01T00:00:00.123456789123Z", "2030-01-01T00:00:00.123456789Z"),
            ("2030-01-01T00:00:00,5Z", "2030-01-01T00:00:00.5Z"),
            ("2030-01-01T00:00:00+02:00", "2029-12-31T22:00:00Z"),
            ("2030-01-01T00:00:00+24:00", "2029-12-31T00:00:00Z"),
            ("2030-01-01T0:00:00Z", "2030-01-01T00:00:00Z"),
            ("2028-02-29T23:59:59Z", "2028-02-29T23:59:59Z"),
            ("0000-01-01T00:00:00Z", "1970-01-01T00:00:00Z"),
            ("1995576253", "2033-03-27T22:44:13Z"),
            ("+1995576253", "2033-03-27T22:44:13Z"),
            ("-5", "1970-01-01T00:00:00Z"),
            ("9223372036854775807", "1970-01-01T00:00:00Z"),
        ] {
            assert_eq!(absolute_time(text).map(Moment::rfc3339).as_deref(), Ok(read), "{text}");
        }
    }

    #[test]
    fn what_go_does_not_read_is_refused() {
        for text in [
            "",
            "x",
            "5m",
            "2030-01-01",
            "2030-01-01T00:00:00",
            "2030-01-01t00:00:00z",
            "2030-02-30T00:00:00Z",
            "2030-13-01T00:00:00Z",
            "2030-1-01T00:00:00Z",
            "2030-01-01T24:00:00Z",
            "2030-01-01T23:59:60Z",
            "2030-01-01T00:00:00-07",
            "2030-01-01T00:00:00.Z",
            " 1995576253",
            "1995576253.5",
            "9223372036854775808",
        ] {
            assert!(absolute_time(text).is_err(), "{text}");
        }
    }
}
