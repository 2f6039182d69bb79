use zeroize::Zeroizing;

/// A longer run of line breaks ends whatever came before it. It keeps what may be held back finite.
pub(super) const MOST_BREAKS_IN_A_ROW: usize = 8;

/// Bytes without their line breaks, and where each stood. A run that is too long to be skipped stays as one `\n`.
#[derive(Default)]
pub(super) struct Squeezed {
    text: Zeroizing<Vec<u8>>,
    removals: Vec<Removal>,
    source_len: usize,
}

/// Before the byte at `at` of the squeezed text, `total` bytes are missing.
struct Removal {
    at: usize,
    total: usize,
}

impl Squeezed {
    pub(super) fn of(source: &[u8]) -> Self {
        let mut squeezed = Self::default();
        squeezed.fill(source);
        squeezed
    }

    /// Takes other bytes in, in the memory of those before.
    pub(super) fn fill(&mut self, source: &[u8]) {
        self.text.clear();
        self.text.reserve(source.len());
        self.removals.clear();
        self.source_len = source.len();
        let mut from = 0;
        let mut total = 0;
        for at in memchr::memchr2_iter(b'\n', b'\r', source) {
            if at < from {
                continue;
            }
            self.text.extend_from_slice(&source[from..at]);
            let run = source[at..].iter().take_while(|byte| is_break(**byte)).count();
            total += run;
            if run > MOST_BREAKS_IN_A_ROW {
                self.text.push(b'\n');
                total -= 1;
            }
            from = at + run;
            self.removals.push(Removal { at: self.text.len(), total });
        }
        self.text.extend_from_slice(&source[from..]);
    }

    pub(super) fn text(&self) -> &[u8] {
        &self.text
    }

    pub(super) fn source_len(&self) -> usize {
        self.source_len
    }

    /// Where the byte at `at` of the squeezed text stands in the source.
    pub(super) fn origin(&self, at: usize) -> usize {
        let before = self.removals.partition_point(|removal| removal.at <= at);
        at + before.checked_sub(1).map_or(0, |last| self.removals[last].total)
    }
}

pub(super) fn is_break(byte: u8) -> bool {
    matches!(byte, b'\n' | b'\r')
}

#[cfg(test)]
mod tests {
    use super::{Squeezed, is_break};

    #[test]
    fn every_byte_that_is_no_break_is_kept_and_its_place_known() {
        for source in ["", "abc", "\nabc\r\n\r\ndef\n", "a\n\n\n\n\n\n\n\n\nb\rc", "\n\n\n\n\n\n\n\n\n"] {
            let source = source.as_bytes();
            let squeezed = Squeezed::of(source);
            for (at, byte) in squeezed.text().iter().enumerate().filter(|(_, byte)| !is_break(**byte)) {
                assert_eq!(source[squeezed.origin(at)], *byte);
            }
            let kept = squeezed.text().iter().filter(|byte| !is_break(**byte));
            assert!(kept.eq(source.iter().filter(|byte| !is_break(**byte))));
        }
    }

    #[test]
    fn a_run_too_long_to_skip_leaves_one_break() {
        assert_eq!(Squeezed::of(b"a\n\n\n\n\n\n\n\nb").text(), b"ab");
        assert_eq!(Squeezed::of(b"a\n\n\n\n\n\n\n\n\nb").text(), b"a\nb");
    }
}
