use std::collections::BTreeSet;
use std::fmt;
use std::ops::{ControlFlow, Range};

use super::anchor::position;
use super::form::Form;
use super::forms::Forms;
use super::gram_set::GramSet;
use super::grams::{GRAM, Grams, Place, Stride};
use super::seams::seams;
use super::squeezed::{MOST_BREAKS_IN_A_ROW, Squeezed, is_break};

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
    /// Every form has as many bytes as the stride asks for.
    whole_anchors: bool,
    /// Every four bytes of each form.
    inside: GramSet,
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
        let inside =
            forms.iter().flat_map(|form| form.text().windows(GRAM)).filter_map(|gram| gram.try_into().ok());
        let mut first_bytes = [false; 256];
        for first in forms.iter().filter_map(|form| form.text().first()) {
            first_bytes[usize::from(*first)] = true;
        }
        Self {
            anchors: Grams::new(anchors),
            stride,
            whole_anchors: forms.iter().all(|form| form.text().len() >= anchor),
            inside: GramSet::new(inside),
            beginnings: Grams::new(beginnings),
            longest: forms.iter().map(|form| form.text().len()).max().unwrap_or(0),
            first_bytes,
            forms,
        }
    }

    /// Every part of `source` that forms cover, in order. Parts that overlap are one, parts that touch are two.
    pub(super) fn find(&self, source: &[u8], squeezed: &mut Squeezed, found: &mut Vec<Range<usize>>) {
        found.clear();
        if !self.may_stand_in(source) {
            return;
        }
        squeezed.fill(source);
        let _ = self.anchors.scan(squeezed.text(), self.stride, |at, place| {
            let start = at.checked_sub(place.offset);
            found.extend(start.and_then(|start| self.forms[place.form].occurrence(start, squeezed, source)));
            ControlFlow::Continue(())
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

    /// Could there be a form in `source`, with line breaks or without? A no is certain: of each form that is there, the
    /// anchor stands in one piece, or there is a seam in it.
    fn may_stand_in(&self, source: &[u8]) -> bool {
        let may_stand = |at, place: &Place| self.forms[place.form].may_stand(place.offset, source, at);
        let in_one_piece = || {
            self.anchors.scan(source, self.stride, |at, place| match may_stand(at, place) {
                true => ControlFlow::Break(()),
                false => ControlFlow::Continue(()),
            })
        };
        !self.whole_anchors
            || in_one_piece().is_break()
            || seams(source)
                .any(|seam| self.anchors.places(&seam.bytes).any(|place| may_stand(seam.at, place)))
    }

    /// From where on `source` could be the beginning of a form, with more to come; its length, if nowhere.
    pub(super) fn undecided_from(&self, source: &[u8], squeezed: &mut Squeezed) -> usize {
        let most = if self.may_end_inside(source) { self.longest } else { GRAM } - 1;
        let reach = source.len().saturating_sub(most * (1 + MOST_BREAKS_IN_A_ROW));
        let mut last = (reach..source.len()).rev().filter(|at| !is_break(source[*at]));
        let from = last.nth(most - 1).unwrap_or(reach);
        let end = &source[from..];
        squeezed.fill(end);
        let text = squeezed.text();
        let may_begin = |form: &Form, at: usize| form.may_begin(at, squeezed, end);
        let undecided = (0..text.len()).find(|at| match text[*at..].first_chunk() {
            Some(gram) => self.beginnings.places(gram).any(|place| may_begin(&self.forms[place.form], *at)),
            None => {
                self.first_bytes[usize::from(text[*at])] && self.forms.iter().any(|form| may_begin(form, *at))
            }
        });
        undecided.map_or(source.len(), |at| from + squeezed.origin(at))
    }

    /// Could `source` end within a form, four bytes or more behind its beginning? A no is certain.
    fn may_end_inside(&self, source: &[u8]) -> bool {
        let reach = GRAM * (1 + MOST_BREAKS_IN_A_ROW);
        let mut last = source.iter().rev().take(reach).filter(|byte| !is_break(**byte));
        let mut gram = [0; GRAM];
        gram.iter_mut().rev().all(|byte| last.next().map(|it| *byte = *it).is_some())
            && self.inside.may_have(&gram)
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
