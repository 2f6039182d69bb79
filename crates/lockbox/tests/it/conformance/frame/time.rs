use serde_json::Value;

/// Whether two values are times, or spans that run with time, that lie close together and are written alike.
pub(crate) fn alike(place: &str, expected: &Value, actual: &Value) -> bool {
    match (expected, actual) {
        (Value::Number(left), Value::Number(right)) => {
            let name = place.rsplit('/').next().unwrap_or_default();
            let apart = left.as_i64().zip(right.as_i64()).map(|(left, right)| left.abs_diff(right));
            // Zero is no short time but one without an end.
            let both_end = (left.as_i64() == Some(0)) == (right.as_i64() == Some(0));
            RUNNING.contains(&name) && both_end && apart.is_some_and(|seconds| seconds <= TOLERANCE_SECONDS)
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

/// Whether two lists of warnings say the same, but for how much of a longest time was left in the second in which each was written: a
/// wish that lies so close to it is warned of or not.
pub(crate) fn warnings_alike(expected: &Value, actual: &Value) -> bool {
    let [expected, actual] = [expected, actual].map(|list| {
        let texts = list.as_array().map(Vec::as_slice).unwrap_or_default().iter().filter_map(Value::as_str);
        texts.map(Warning::parse).filter(|warning| !warning.is_of_the_moment()).collect::<Vec<_>>()
    });
    expected.len() == actual.len()
        && expected.iter().zip(&actual).all(|(left, right)| {
            left.text == right.text && left.left.abs_diff(right.left) <= TOLERANCE_SECONDS
        })
}

/// `TTL of "1h" exceeded the effective max_ttl of "59m59s"; TTL value is capped accordingly`, or any other text.
struct Warning {
    /// Without the time that is left.
    text: String,
    wanted: Option<u64>,
    left: u64,
}

impl Warning {
    fn parse(text: &str) -> Self {
        let parts: Vec<&str> = text.split('"').collect();
        if let [before, wanted, EXCEEDED, left, after] = parts[..]
            && let (Some(wanted_seconds), Some(left)) = (span(wanted), span(left))
        {
            return Self { text: [before, wanted, after].concat(), wanted: Some(wanted_seconds), left };
        }
        Self { text: text.to_owned(), wanted: None, left: 0 }
    }

    fn is_of_the_moment(&self) -> bool {
        self.wanted.is_some_and(|wanted| wanted.abs_diff(self.left) <= TOLERANCE_SECONDS)
    }
}

const EXCEEDED: &str = " exceeded the effective max_ttl of ";

/// The seconds of a Go duration, as in `1h0m5s`.
fn span(text: &str) -> Option<u64> {
    let (mut seconds, mut number) = (0, None);
    for letter in text.chars() {
        number = match (letter.to_digit(10), letter) {
            (Some(digit), _) => Some(number.unwrap_or(0) * 10 + u64::from(digit)),
            (None, 'h') => (seconds += number? * 3600, None).1,
            (None, 'm') => (seconds += number? * 60, None).1,
            (None, 's') => (seconds += number?, None).1,
            (None, _) => return None,
        };
    }
    number.is_none().then_some(seconds)
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
    assert!(!alike("/data/ttl", &0.into(), &1.into()));
}

#[test]
fn warnings_are_alike_when_they_differ_by_the_second_alone() {
    let capped = |wanted: &str, left: &str| {
        format!("TTL of {wanted:?}{EXCEEDED}{left:?}; TTL value is capped accordingly")
    };
    for (left, right, expected) in [
        (vec![capped("2h", "1h")], vec![capped("2h", "59m59s")], true),
        (vec![capped("2h", "1h")], vec![capped("2h0m0s", "1h")], false),
        (vec![capped("2h", "1h")], vec![capped("2h", "58m")], false),
        (vec![capped("1h", "59m59s")], vec![], true),
        (vec![capped("2h", "1h")], vec![], false),
        (vec!["x".to_owned()], vec!["x".to_owned()], true),
        (vec!["x".to_owned()], vec!["y".to_owned()], false),
    ] {
        assert_eq!(
            warnings_alike(&left.clone().into(), &right.clone().into()),
            expected,
            "{left:?} {right:?}"
        );
    }
    assert!(warnings_alike(&Value::Null, &vec![capped("1h", "1h")].into()));
}
