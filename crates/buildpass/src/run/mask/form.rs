use std::mem;
use std::ops::Range;

use zeroize::{Zeroize, Zeroizing};

use super::squeezed::{Squeezed, is_break};

/// One way in which a secret may be written.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Form {
    /// Without line breaks.
    text: Vec<u8>,
    breaks: Breaks,
}

/// Where line breaks may stand within a form.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord)]
enum Breaks {
    Nowhere,
    /// As base64 is wrapped: at any width.
    Anywhere,
    /// Exactly as they stand in these bytes.
    AsIn(Vec<u8>),
}

/// What a test may know of a form.
#[cfg(test)]
#[derive(Clone, Copy)]
pub(super) enum Written<'a> {
    Exactly(&'a [u8]),
    Wrapped(&'a [u8]),
}

impl Form {
    pub(super) fn exact(written: &[u8]) -> Self {
        let text = Squeezed::of(written).text().to_vec();
        let has_breaks = written.iter().any(|byte| is_break(*byte));
        let breaks = if has_breaks { Breaks::AsIn(written.to_vec()) } else { Breaks::Nowhere };
        Self { text, breaks }
    }

    pub(super) fn wrapped(mut text: Zeroizing<Vec<u8>>) -> Self {
        Self { text: mem::take(&mut text), breaks: Breaks::Anywhere }
    }

    pub(super) fn text(&self) -> &[u8] {
        &self.text
    }

    #[cfg(test)]
    pub(super) fn written(&self) -> Written<'_> {
        match &self.breaks {
            Breaks::Nowhere => Written::Exactly(&self.text),
            Breaks::Anywhere => Written::Wrapped(&self.text),
            Breaks::AsIn(written) => Written::Exactly(written),
        }
    }

    /// Could it be what stands around `at` of `source`, with its byte at `offset` there? A no is certain: only what is
    /// close by is compared, as if line breaks could stand anywhere.
    pub(super) fn may_stand(&self, offset: usize, source: &[u8], at: usize) -> bool {
        let (before, behind) = source.split_at(at);
        let (text_before, text_behind) = self.text.split_at(offset);
        agree(behind.iter(), text_behind.iter()) && agree(before.iter().rev(), text_before.iter().rev())
    }

    /// The bytes of `source` that it takes up, if all of it stands at `at` of the squeezed text.
    pub(super) fn occurrence(&self, at: usize, squeezed: &Squeezed, source: &[u8]) -> Option<Range<usize>> {
        let end = at + self.text.len();
        if squeezed.text().get(at..end)? != self.text.as_slice() {
            return None;
        }
        let range = squeezed.origin(at)..squeezed.origin(end - 1) + 1;
        let fits = match &self.breaks {
            Breaks::Nowhere => range.len() == self.text.len(),
            Breaks::Anywhere => true,
            Breaks::AsIn(written) => source[range.clone()] == *written,
        };
        fits.then_some(range)
    }

    /// Could what stands from `at` to the end be its beginning, with more to come?
    pub(super) fn may_begin(&self, at: usize, squeezed: &Squeezed, source: &[u8]) -> bool {
        let rest = &squeezed.text()[at..];
        if rest.len() >= self.text.len() || !self.text.starts_with(rest) {
            return false;
        }
        let from = squeezed.origin(at);
        match &self.breaks {
            Breaks::Nowhere => squeezed.source_len() - from == rest.len(),
            Breaks::Anywhere => true,
            Breaks::AsIn(written) => written.starts_with(&source[from..]),
        }
    }
}

/// Are they the same close by, as far as both go, line breaks skipped?
fn agree<'a>(source: impl Iterator<Item = &'a u8>, text: impl Iterator<Item = &'a u8>) -> bool {
    const CLOSE_BYTES: usize = 16;
    source
        .take(CLOSE_BYTES)
        .filter(|byte| !is_break(**byte))
        .zip(text)
        .all(|(byte, expected)| byte == expected)
}

impl Drop for Form {
    fn drop(&mut self) {
        self.text.zeroize();
        if let Breaks::AsIn(written) = &mut self.breaks {
            written.zeroize();
        }
    }
}
