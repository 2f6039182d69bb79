use std::str::FromStr;

use super::date::{Date, InvalidDate};

/// A second, as `2026-01-31`, `2026-01-31T12:00:00Z` or with fractions and an offset, which all filters of GitLab read.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Moment {
    unix_seconds: i64,
}

impl Moment {
    pub(crate) fn of_unix_seconds(unix_seconds: i64) -> Self {
        Self { unix_seconds }
    }

    #[cfg(test)]
    fn unix_seconds(self) -> i64 {
        self.unix_seconds
    }
}

impl FromStr for Moment {
    type Err = InvalidDate;

    fn from_str(text: &str) -> Result<Self, InvalidDate> {
        let date: Date = text.get(..10).ok_or(InvalidDate)?.parse()?;
        let start = date.start_in_unix_seconds();
        let Some(of_day) = text[10..].strip_prefix(['T', ' ']) else {
            return if text.len() == 10 { Ok(Self { unix_seconds: start }) } else { Err(InvalidDate) };
        };
        let at = of_day.find(['Z', '+', '-']).unwrap_or(of_day.len());
        let (clock, zone) = of_day.split_at(at);
        let clock = clock.split_once('.').map_or(clock, |(seconds, _)| seconds);
        let offset = match zone.split_at_checked(1) {
            None | Some(("Z", "")) => 0,
            Some(("+", hours)) => of_clock(hours)?,
            Some(("-", hours)) => -of_clock(hours)?,
            Some(_) => return Err(InvalidDate),
        };
        Ok(Self { unix_seconds: start + of_clock(clock)? - offset })
    }
}

/// Seconds of `12`, `12:30` or `12:30:15`.
fn of_clock(text: &str) -> Result<i64, InvalidDate> {
    let mut seconds = 0;
    let mut parts = text.split(':');
    for (limit, unit) in [(24, 3600), (60, 60), (60, 1)] {
        let Some(part) = parts.next() else { break };
        let number: u32 = part.parse().map_err(|_| InvalidDate)?;
        if part.len() != 2 || number >= limit {
            return Err(InvalidDate);
        }
        seconds += i64::from(number * unit);
    }
    if parts.next().is_some() { Err(InvalidDate) } else { Ok(seconds) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn moments_are_read_in_every_form_that_clients_write() {
        let noon = 1_795_435_200;
        for (text, seconds) in [
            ("2026-11-23", noon - 12 * 3600),
            ("2026-11-23T12:00:00Z", noon),
            ("2026-11-23T12:00:00.123Z", noon),
            ("2026-11-23T13:30:00+01:30", noon),
            ("2026-11-23 11:00:00-01:00", noon),
            ("2026-11-23T12:00", noon),
        ] {
            assert_eq!(text.parse::<Moment>().unwrap().unix_seconds(), seconds, "{text}");
        }
        for text in
            ["", "2026-11-23X", "2026-11-23T25:00", "2026-11-23T1:00", "2026-11-23T12:00:00:00", "soon"]
        {
            assert!(text.parse::<Moment>().is_err(), "{text}");
        }
    }
}
