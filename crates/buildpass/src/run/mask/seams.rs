use std::iter;

use super::grams::GRAM;
use super::squeezed::{MOST_BREAKS_IN_A_ROW, is_break};

/// Two bytes before a line break and two behind it, as they stand where line breaks are squeezed out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Seam {
    /// Where the first of the bytes stands.
    pub(super) at: usize,
    pub(super) bytes: [u8; GRAM],
}

/// The seams of a text: one for each run of line breaks that can be skipped and has two bytes on both sides.
pub(super) fn seams(source: &[u8]) -> impl Iterator<Item = Seam> {
    let mut from = 0;
    let runs = iter::from_fn(move || {
        let start = from + memchr::memchr2(b'\n', b'\r', &source[from..])?;
        from = start + 1 + source[start + 1..].iter().take_while(|byte| is_break(**byte)).count();
        Some((start, from))
    });
    runs.filter(|(start, end)| end - start <= MOST_BREAKS_IN_A_ROW)
        .filter_map(|(start, end)| seam(source, start, end))
}

/// The seam of the run from `start` to `end`.
fn seam(source: &[u8], start: usize, end: usize) -> Option<Seam> {
    let second = start.checked_sub(1)?;
    let first = skip(source[..second].iter().rev()).and_then(|breaks| second.checked_sub(1 + breaks))?;
    let fourth = end + 1 + skip(source.get(end + 1..)?.iter())?;
    let bytes = [source[first], source[second], *source.get(end)?, *source.get(fourth)?];
    Some(Seam { at: first, bytes })
}

/// How many line breaks come first, if they can be skipped.
fn skip<'a>(bytes: impl Iterator<Item = &'a u8>) -> Option<usize> {
    let breaks = bytes.take(MOST_BREAKS_IN_A_ROW + 1).take_while(|byte| is_break(**byte)).count();
    (breaks <= MOST_BREAKS_IN_A_ROW).then_some(breaks)
}

#[cfg(test)]
mod tests {
    use super::super::squeezed::Squeezed;
    use super::{Seam, seams};

    #[test]
    fn a_seam_is_what_stands_around_a_break() {
        for (source, expected) in [
            ("", vec![]),
            ("abcd", vec![]),
            ("\nabcd\n", vec![]),
            ("a\nbcd", vec![]),
            ("abc\nd", vec![]),
            ("ab\ncd", vec![(0, "abcd")]),
            ("xab\r\n\r\ncdx", vec![(1, "abcd")]),
            ("a\nb\ncd\n", vec![(0, "abcd")]),
            ("ab\nc\nd\re", vec![(0, "abcd"), (1, "bcde")]),
            ("ab\n\n\n\n\n\n\n\ncd", vec![(0, "abcd")]),
            ("ab\n\n\n\n\n\n\n\n\ncd", vec![]),
            ("a\n\n\n\n\n\n\n\n\nb\ncd", vec![]),
            ("ab\nc\n\n\n\n\n\n\n\n\nd", vec![]),
        ] {
            let found: Vec<Seam> = seams(source.as_bytes()).collect();
            let seam = |(at, bytes): (usize, &str)| Seam { at, bytes: bytes.as_bytes().try_into().unwrap() };
            assert_eq!(found, expected.into_iter().map(seam).collect::<Vec<_>>(), "{source:?}");
        }
    }

    #[test]
    fn four_bytes_of_the_squeezed_text_with_a_break_in_their_middle_are_a_seam() {
        for number in 0..3_u32.pow(9) {
            let digits = (0..9).map(|place| number / 3_u32.pow(place) % 3);
            let source: Vec<u8> =
                digits.zip(b'a'..).map(|(it, letter)| [letter, b'\n', b'\r'][it as usize]).collect();
            let squeezed = Squeezed::of(&source);
            let expected = squeezed.text().windows(4).enumerate().filter_map(|(at, bytes)| {
                let broken = squeezed.origin(at + 2) > squeezed.origin(at + 1) + 1;
                broken.then(|| Seam { at: squeezed.origin(at), bytes: bytes.try_into().unwrap() })
            });
            assert!(seams(&source).eq(expected.filter(|seam| !seam.bytes.contains(&b'\n'))), "{source:?}");
        }
    }
}
