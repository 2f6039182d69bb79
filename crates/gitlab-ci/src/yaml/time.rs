/// Is it what Psych reads as a time of day on a date?
pub(super) fn is_time(text: &str) -> bool {
    time(text).is_some_and(str::is_empty)
}

/// Is it what Psych reads as a date?
pub(super) fn is_date(text: &str) -> bool {
    let Some(behind) = digits(text, 4, 4).and_then(|rest| rest.strip_prefix('-')) else { return false };
    let Some((month, day)) = behind.split_once('-') else { return false };
    is_two_digits_up_to(month, b'1', b'2') && is_two_digits_up_to(day, b'3', b'1')
}

/// What is behind a time.
fn time(text: &str) -> Option<&str> {
    let year = digits(text.strip_prefix('-').unwrap_or(text), 4, 4)?;
    let month = digits(year.strip_prefix('-')?, 1, 2)?;
    let day = digits(month.strip_prefix('-')?, 1, 2)?;
    let start = match day.strip_prefix(['T', 't']) {
        Some(start) => start,
        None => Some(skip_space(day)).filter(|start| start.len() < day.len())?,
    };
    let hour = digits(start, 1, 2)?;
    let minute = digits(hour.strip_prefix(':')?, 2, 2)?;
    let second = digits(minute.strip_prefix(':')?, 2, 2)?;
    let fraction =
        second.strip_prefix('.').map_or(second, |it| it.trim_start_matches(|it: char| it.is_ascii_digit()));
    Some(zone(skip_space(fraction)).unwrap_or(fraction))
}

fn zone(text: &str) -> Option<&str> {
    if let Some(behind) = text.strip_prefix('Z') {
        return Some(behind);
    }
    let hours = text.strip_prefix(['+', '-'])?;
    let together = digits(hours, 1, 4)?;
    match together.strip_prefix(':') {
        Some(minutes) if hours.len() - together.len() <= 2 => Some(digits(minutes, 2, 2).unwrap_or(minutes)),
        _ => Some(together),
    }
}

/// What is behind so many digits.
fn digits(text: &str, least: usize, most: usize) -> Option<&str> {
    let count = text.bytes().take(most).take_while(u8::is_ascii_digit).count();
    text.get(count..).filter(|_| count >= least)
}

fn skip_space(text: &str) -> &str {
    text.trim_start_matches([' ', '\t', '\r', '\n', '\x0B', '\x0C'])
}

/// One digit, or two of which the first is less than `tens`, or equal to it and then the second at most `ones`.
fn is_two_digits_up_to(text: &str, tens: u8, ones: u8) -> bool {
    match *text.as_bytes() {
        [one] => one.is_ascii_digit(),
        [ten, one] => {
            ten.is_ascii_digit() && one.is_ascii_digit() && (ten < tens || ten == tens && one <= ones)
        }
        _ => false,
    }
}
