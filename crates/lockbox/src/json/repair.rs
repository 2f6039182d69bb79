use zeroize::Zeroizing;

/// The text with a replacement character for every byte that is no text and for every half of a surrogate pair, as Go
/// reads them; none when there is nothing to repair.
pub(crate) fn repaired(text: &[u8]) -> Option<Zeroizing<Vec<u8>>> {
    let mut repaired = Zeroizing::new(Vec::with_capacity(text.len() * 3));
    for chunk in text.utf8_chunks() {
        repaired.extend_from_slice(chunk.valid().as_bytes());
        for _ in chunk.invalid() {
            repaired.extend_from_slice("\u{fffd}".as_bytes());
        }
    }
    replace_halves(&mut repaired);
    (repaired.as_slice() != text).then_some(repaired)
}

fn replace_halves(text: &mut [u8]) {
    let mut at = 0;
    while at < text.len() {
        match text[at..] {
            [b'\\', b'u', ..] => match (unit(text, at), unit(text, at + 6)) {
                (Some(0xd800..0xdc00), Some(0xdc00..0xe000)) => at += 12,
                (Some(0xd800..0xe000), _) => {
                    text[at + 2..at + 6].copy_from_slice(b"fffd");
                    at += 6;
                }
                _ => at += 2,
            },
            [b'\\', ..] => at += 2,
            _ => at += 1,
        }
    }
}

/// The number of an escape `\u0000` at this place.
fn unit(text: &[u8], at: usize) -> Option<u16> {
    let digits = text.get(at..at + 6)?.strip_prefix(b"\\u")?;
    u16::from_str_radix(std::str::from_utf8(digits).ok()?, 16).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn halves_and_bytes_that_are_no_text_are_replaced() {
        for (text, expected) in [
            (&br#""\ud800x""#[..], Some(r#""\ufffdx""#)),
            (br#""\udc00\ud800\ud83d\ude00""#, Some(r#""\ufffd\ufffd\ud83d\ude00""#)),
            (br#""\\ud800""#, None),
            (br#""\ud83d\ude00""#, None),
            (br#""\ud8""#, None),
            (b"\"\xff\xe2\x82\"", Some("\"\u{fffd}\u{fffd}\u{fffd}\"")),
        ] {
            assert_eq!(repaired(text).as_deref().map(Vec::as_slice), expected.map(str::as_bytes));
        }
    }
}
