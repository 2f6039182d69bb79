use std::{fmt::Write, time::Duration};

/// Reads a duration as Vault does: `90` (seconds), `1h30m`, `7d`. In nanoseconds, because some may be negative.
///
/// # Errors
/// In Go's words.
pub(crate) fn parse(text: &str) -> Result<i64, String> {
    if text.is_empty() {
        return Ok(0);
    }
    if let Ok(seconds) = text.parse::<i64>() {
        return seconds.checked_mul(SECOND).ok_or_else(|| OVERFLOW.to_owned());
    }
    if let Some(days) = text.strip_suffix('d') {
        let days: i64 =
            days.parse().map_err(|_| format!("strconv.ParseInt: parsing {days:?}: invalid syntax"))?;
        return days.checked_mul(24 * 3600 * SECOND).ok_or_else(|| invalid(text));
    }
    parse_go(text)
}

/// Go's `time.ParseDuration`.
fn parse_go(text: &str) -> Result<i64, String> {
    let (sign, mut rest) = match text.as_bytes().first() {
        Some(b'-') => (-1.0, &text[1..]),
        Some(b'+') => (1.0, &text[1..]),
        _ => (1.0, text),
    };
    if rest.is_empty() {
        return Err(invalid(text));
    }
    let mut total = 0.0;
    while !rest.is_empty() {
        let digits = rest.find(|c: char| !c.is_ascii_digit() && c != '.').unwrap_or(rest.len());
        let number: f64 = rest[..digits].parse().map_err(|_| invalid(text))?;
        if number > MAX_NANOS {
            return Err(invalid(text));
        }
        rest = &rest[digits..];
        let letters = rest.find(|c: char| c.is_ascii_digit() || c == '.').unwrap_or(rest.len());
        let unit = match &rest[..letters] {
            "" => return Err(format!("time: missing unit in duration {text:?}")),
            "ns" => 1.0,
            "us" | "µs" | "μs" => 1e3,
            "ms" => 1e6,
            "s" => 1e9,
            "m" => 6e10,
            "h" => 3.6e12,
            unknown => return Err(format!("time: unknown unit {unknown:?} in duration {text:?}")),
        };
        total += number * unit;
        rest = &rest[letters..];
    }
    if total > MAX_NANOS {
        return Err(invalid(text));
    }
    #[expect(clippy::cast_possible_truncation, reason = "held below i64::MAX one line above")]
    Ok((sign * total) as i64)
}

/// `1h0m0s`, as Go writes it.
pub(crate) fn full(duration: Duration) -> String {
    let (seconds, nanos) = (duration.as_secs(), duration.subsec_nanos());
    let (hours, minutes, rest) = (seconds / 3600, seconds / 60 % 60, seconds % 60);
    let mut text = String::new();
    if hours > 0 {
        // Writing to a String does not fail.
        let _ = write!(text, "{hours}h");
    }
    if hours > 0 || minutes > 0 {
        let _ = write!(text, "{minutes}m");
    }
    let _ = write!(text, "{rest}");
    if nanos > 0 {
        let _ = write!(text, ".{}", format!("{nanos:09}").trim_end_matches('0'));
    }
    text.push('s');
    text
}

/// `1h`, as Vault's warnings write it: without the zeros at the end.
pub(crate) fn compact(duration: Duration) -> String {
    let mut text = full(duration);
    if text.ends_with("m0s") {
        text.truncate(text.len() - 2);
    }
    if text.ends_with("h0m") {
        text.truncate(text.len() - 2);
    }
    text
}

fn invalid(text: &str) -> String {
    format!("time: invalid duration {text:?}")
}

/// Less than what `i64` holds.
const MAX_NANOS: f64 = 9.2e18;
const SECOND: i64 = 1_000_000_000;
const OVERFLOW: &str = "multiplication of durations resulted in overflow, one operand may be too large";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn durations_are_read_as_go_reads_them() {
        for (text, seconds) in [("", 0.0), ("60", 60.0), ("60s", 60.0), ("1h30m", 5400.0), ("2d", 172_800.0)]
        {
            assert_eq!(parse(text), Ok((seconds * 1e9) as i64), "{text}");
        }
        assert_eq!(parse("1.5s"), Ok(1_500_000_000));
        assert_eq!(parse("-5"), Ok(-5_000_000_000));
        assert_eq!(parse("bad").unwrap_err(), r#"strconv.ParseInt: parsing "ba": invalid syntax"#);
        assert_eq!(parse("zz").unwrap_err(), r#"time: invalid duration "zz""#);
        assert_eq!(parse("1x").unwrap_err(), r#"time: unknown unit "x" in duration "1x""#);
        assert!(parse("99999999999999999999h").is_err());
        assert_eq!(parse("10000000000").unwrap_err(), OVERFLOW);
        assert_eq!(
            parse("99999999999999999999").unwrap_err(),
            "time: invalid duration \"99999999999999999999\""
        );
    }

    #[test]
    fn durations_are_written_as_go_writes_them() {
        assert_eq!(full(Duration::from_secs(3600)), "1h0m0s");
        assert_eq!(full(Duration::ZERO), "0s");
        assert_eq!(compact(Duration::from_secs(768 * 3600)), "768h");
        assert_eq!(compact(Duration::from_secs(100)), "1m40s");
        assert_eq!(compact(Duration::from_secs(1800)), "30m");
    }
}
