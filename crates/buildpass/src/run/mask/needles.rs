use std::collections::BTreeSet;
use std::fmt;
use std::ops::Range;

use super::anchor::position;
use super::form::Form;
use super::forms::Forms;
use super::grams::{GRAM, Grams, Place, Stride};
use super::squeezed::Squeezed;

/// What is looked for: the forms of all secrets, shared by the streams of a command.
///
/// When a secret changes while the command runs, other needles are made and handed to
/// [`Masker::replace`](super::Masker::replace); the old secret stays among them for as long as it is worth anything.
pub struct Needles {
    forms: Vec<Form>,
    longest: usize,
    /// Some bytes of each form that are rare elsewhere.
    anchors: Grams,
    stride: Stride,
    /// How each form begins.
    beginnings: Grams,
    first_bytes: [bool; 256],
}

impl Needles {
    /// The needles for these secrets; none at all is possible.
    pub fn new(secrets: impl IntoIterator<Item = Forms>) -> Self {
        let forms: BTreeSet<Form> = secrets.into_iter().flat_map(|secret| secret.forms).collect();
        let forms: Vec<Form> = forms.into_iter().collect();
        let shortest = forms.iter().map(|form| form.text().len()).min().unwrap_or(0);
        let stride = Stride::for_forms_of(shortest);
        let anchor = stride.anchor_bytes();
        let anchors = forms.iter().enumerate().flat_map(|(number, form)| {
            let from = position(form.text(), anchor);
            (from..from + anchor - GRAM + 1).filter_map(move |at| Place::new(form.text(), at, number))
        });
        let beginnings =
            forms.iter().enumerate().filter_map(|(number, form)| Place::new(form.text(), 0, number));
        let mut first_bytes = [false; 256];
        for first in forms.iter().filter_map(|form| form.text().first()) {
            first_bytes[usize::from(*first)] = true;
        }
        Self {
            anchors: Grams::new(anchors),
            stride,
            beginnings: Grams::new(beginnings),
            longest: forms.iter().map(|form| form.text().len()).max().unwrap_or(0),
            first_bytes,
            forms,
        }
    }

    /// Every part of `source` that forms cover, in order. Parts that overlap are one, parts that touch are two.
    pub(super) fn find(&self, squeezed: &Squeezed, source: &[u8], found: &mut Vec<Range<usize>>) {
        found.clear();
        self.anchors.scan(squeezed.text(), self.stride, |at, place| {
            let start = at.checked_sub(place.offset);
            found.extend(start.and_then(|start| self.forms[place.form].occurrence(start, squeezed, source)));
        });
        found.sort_unstable_by_key(|part| (part.start, part.end));
        found.dedup_by(|later, earlier| {
            let overlap = later.start < earlier.end;
            if overlap {
                earlier.end = earlier.end.max(later.end);
            }
            overlap
        });
    }

    /// From where on `source` could be the beginning of a form, with more to come; its length, if nowhere.
    pub(super) fn undecided_from(&self, squeezed: &Squeezed, source: &[u8]) -> usize {
        let text = squeezed.text();
        let may_begin = |form: &Form, at: usize| form.may_begin(at, squeezed, source);
        let first = text.len().saturating_sub(self.longest.saturating_sub(1));
        let undecided = (first..text.len()).find(|at| match text[*at..].first_chunk() {
            Some(gram) => self.beginnings.places(gram).any(|place| may_begin(&self.forms[place.form], *at)),
            None => {
                self.first_bytes[usize::from(text[*at])] && self.forms.iter().any(|form| may_begin(form, *at))
            }
        });
        undecided.map_or(source.len(), |at| squeezed.origin(at))
    }

    #[cfg(test)]
    pub(super) fn forms(&self) -> &[Form] {
        &self.forms
    }
}

impl fmt::Debug for Needles {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Needles").field("forms", &self.forms.len()).finish_non_exhaustive()
    }
}
