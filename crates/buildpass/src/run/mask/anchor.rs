/// Where in a form so many bytes stand that ordinary output is least likely to hold. Of equals the last counts: tokens
/// start with what all of their kind start with.
pub(super) fn position(text: &[u8], bytes: usize) -> usize {
    let best = text.windows(bytes).enumerate().max_by_key(|(_, window)| rareness(window));
    best.map_or(0, |(at, _)| at)
}

fn rareness(window: &[u8]) -> u32 {
    let distinct = window.iter().enumerate().filter(|(at, byte)| !window[..*at].contains(byte));
    let weight: u32 = distinct.map(|(_, byte)| byte_rareness(*byte)).sum();
    let changes = window.windows(2).filter(|pair| Class::of(pair[0]) != Class::of(pair[1])).count();
    weight + u32::try_from(changes).unwrap_or(0)
}

fn byte_rareness(byte: u8) -> u32 {
    match byte {
        b' ' | b'-' | b'.' | b'/' | b'=' | b'_' | b':' => 1,
        b'a' | b'c' | b'd' | b'e' | b'i' | b'l' | b'n' | b'o' | b'r' | b's' | b't' | b'u' => 1,
        b'a'..=b'z' | b'0'..=b'9' => 2,
        _ => 3,
    }
}

#[derive(PartialEq)]
enum Class {
    Lower,
    Upper,
    Digit,
    Other,
}

impl Class {
    fn of(byte: u8) -> Self {
        match byte {
            b'a'..=b'z' => Self::Lower,
            b'A'..=b'Z' => Self::Upper,
            b'0'..=b'9' => Self::Digit,
            _ => Self::Other,
        }
    }
}

#[cfg(test)]
mod tests {
    #[test]
    fn the_part_that_all_tokens_share_is_passed_over() {
        for (form, shared) in [
            ("glpat-Q7xK2mZp9TrW4vYb1NcL", "glpat-"),
            ("eyJhbGciOiJSUzI1NiJ9.eyJzdWIiOiJtYWRlIHVwIn0.Q7xK2mZp9TrW4vYb1NcL", "eyJhbGciOiJSUzI1NiJ9.eyJ"),
            ("the-password-is-Xy7Kq2Zt", "the-password-"),
        ] {
            assert!(super::position(form.as_bytes(), 7) >= shared.len(), "{form}");
        }
    }
}
