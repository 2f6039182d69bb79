use serde_json::Value;

/// Whether two values are times, or spans that run with time, that lie close together and are written alike.
pub(crate) fn alike(place: &str, expected: &Value, actual: &Value) -> bool {
    match (expected, actual) {
        (Value::Number(left), Value::Number(right)) => {
            let name = place.rsplit('/').next().unwrap_or_default();
            let apart = left.as_i64().zip(right.as_i64()).map(|(left, right)| left.abs_diff(right));
            RUNNING.contains(&name) && apart.is_some_and(|seconds| seconds <= TOLERANCE_SECONDS)
        }
        (Value::String(left), Value::String(right)) => match (Written::parse(left), Written::parse(right)) {
            (Some(left), Some(right)) => {
                left.shape == right.shape && left.seconds.abs_diff(right.seconds) <= TOLERANCE_SECONDS
            }
            _ => false,
        },
        _ => false,
    }
}

/// A moment as RFC 3339 writes it.
struct Written {
    seconds: i64,
    /// The text with its digits taken out, the length of the fraction with them.
    shape: String,
}

impl Written {
    fn parse(text: &str) -> Option<Self> {
        let (date, rest) = text.split_once('T')?;
        let (time, zone) = rest.split_at_checked(8)?;
        let numbers = |text: &str, mark| {
            let parts: Option<Vec<i64>> = text.split(mark).map(|part| part.parse().ok()).collect();
            <[i64; 3]>::try_from(parts?).ok()
        };
        let ([year, month, day], [hour, minute, second]) = (numbers(date, '-')?, numbers(time, ':')?);
        let fraction = zone.trim_start_matches(|letter: char| letter == '.' || letter.is_ascii_digit());
        let shape = format!("{}{fraction}", if zone.starts_with('.') { "." } else { "" });
        Some(Self { seconds: days(year, month, day) * 86_400 + hour * 3600 + minute * 60 + second, shape })
    }
}

/// Days since 1970, by the civil calendar.
fn days(year: i64, month: i64, day: i64) -> i64 {
    let year = if month <= 2 { year - 1 } else { year };
    let (era, month) = (year.div_euclid(400), (month + 9) % 12);
    let of_era = year.rem_euclid(400);
    let of_year = (153 * month + 2) / 5 + day - 1;
    era * 146_097 + of_era * 365 + of_era / 4 - of_era / 100 + of_year - 719_468
}

/// The fields whose numbers run with time.
const RUNNING: [&str; 6] =
    ["ttl", "lease_duration", "creation_time", "last_renewal_time", "server_time_utc", "creation_ttl"];

/// Two servers are asked one after the other, on a machine that has other things to do.
const TOLERANCE_SECONDS: u64 = 10;

#[test]
fn times_are_alike_when_they_are_close_and_written_alike() {
    for (left, right, expected) in [
        ("2026-11-25T03:11:44.123456789Z", "2026-11-25T03:11:45.5Z", true),
        ("2026-11-25T03:11:44.123456789Z", "2026-11-25T03:11:44Z", false),
        ("2026-12-31T23:59:59Z", "2027-01-01T00:00:01Z", true),
        ("2026-11-25T03:11:44Z", "2026-11-25T03:12:44Z", false),
        ("2026-11-25T03:11:44Z", "2026-11-25T03:11:44+01:00", false),
    ] {
        assert_eq!(alike("/x", &left.into(), &right.into()), expected, "{left} and {right}");
    }
    assert!(alike("/auth/lease_duration", &3600.into(), &3599.into()));
    assert!(!alike("/data/version", &2.into(), &1.into()));
}
