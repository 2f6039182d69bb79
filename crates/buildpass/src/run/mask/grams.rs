use std::ops::ControlFlow;

use zeroize::Zeroize;

use super::gram_set::{GramSet, hash};

/// How many bytes are looked up at once.
pub(super) const GRAM: usize = 4;

const BUCKET_BITS: u32 = 12;

/// Which form has which four bytes where.
pub(super) struct Grams {
    present: GramSet,
    bucket_ends: Box<[u32; 1 << BUCKET_BITS]>,
    places: Vec<Place>,
}

/// Form number `form` has `gram` at `offset`.
#[derive(Clone, Copy)]
pub(super) struct Place {
    gram: [u8; GRAM],
    pub(super) form: usize,
    pub(super) offset: usize,
}

impl Place {
    pub(super) fn new(text: &[u8], offset: usize, form: usize) -> Option<Self> {
        let gram = text.get(offset..)?.first_chunk()?;
        Some(Self { gram: *gram, form, offset })
    }
}

impl Grams {
    pub(super) fn new(places: impl Iterator<Item = Place>) -> Self {
        let mut places: Vec<Place> = places.collect();
        places.sort_by_key(|place| bucket(&place.gram));
        let mut bucket_ends = Box::new([0; 1 << BUCKET_BITS]);
        for place in &places {
            bucket_ends[bucket(&place.gram)] += 1;
        }
        let mut end = 0;
        for count in bucket_ends.iter_mut() {
            end += *count;
            *count = end;
        }
        Self { present: GramSet::new(places.iter().map(|place| place.gram)), bucket_ends, places }
    }

    /// Where forms have these bytes.
    pub(super) fn places<'a>(&'a self, bytes: &'a [u8; GRAM]) -> impl Iterator<Item = &'a Place> {
        let range = if self.present.may_have(bytes) {
            let bucket = bucket(bytes);
            let start = bucket.checked_sub(1).map_or(0, |before| self.bucket_ends[before]);
            start as usize..self.bucket_ends[bucket] as usize
        } else {
            0..0
        };
        self.places[range].iter().filter(move |place| place.gram == *bytes)
    }

    /// Calls `on_place` for what is known of every so many bytes of the text, until it breaks off.
    pub(super) fn scan(
        &self,
        text: &[u8],
        stride: Stride,
        on_place: impl FnMut(usize, &Place) -> ControlFlow<()>,
    ) -> ControlFlow<()> {
        match stride {
            Stride::Four => self.scan_every::<4>(text, on_place),
            Stride::Eight => self.scan_every::<8>(text, on_place),
            Stride::Sixteen => self.scan_every::<16>(text, on_place),
        }
    }

    fn scan_every<const BYTES: usize>(
        &self,
        text: &[u8],
        mut on_place: impl FnMut(usize, &Place) -> ControlFlow<()>,
    ) -> ControlFlow<()> {
        const AT_ONCE: usize = 8;
        let (steps, rest) = text.as_chunks::<BYTES>();
        let (blocks, last) = steps.as_chunks::<AT_ONCE>();
        for (number, block) in blocks.iter().enumerate() {
            // Without a branch for each, the eight lookups overlap in the processor.
            if block.iter().fold(false, |any, step| any | self.present.may_have(&first(step))) {
                self.look_up(block, number * AT_ONCE * BYTES, &mut on_place)?;
            }
        }
        self.look_up(last, blocks.len() * AT_ONCE * BYTES, &mut on_place)?;
        let mut places = rest.first_chunk().into_iter().flat_map(|bytes| self.places(bytes));
        places.try_for_each(|place| on_place(steps.len() * BYTES, place))
    }

    #[cold]
    fn look_up<const BYTES: usize>(
        &self,
        steps: &[[u8; BYTES]],
        from: usize,
        on_place: &mut impl FnMut(usize, &Place) -> ControlFlow<()>,
    ) -> ControlFlow<()> {
        for (number, step) in steps.iter().enumerate() {
            self.places(&first(step)).try_for_each(|place| on_place(from + number * BYTES, place))?;
        }
        ControlFlow::Continue(())
    }
}

/// How far apart the positions are that a scan looks at.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Stride {
    Four,
    Eight,
    Sixteen,
}

impl Stride {
    /// The widest with which no form of at least so many bytes is missed.
    pub(super) fn for_forms_of(bytes: usize) -> Self {
        let widest = [Self::Sixteen, Self::Eight].into_iter().find(|stride| stride.anchor_bytes() <= bytes);
        widest.unwrap_or(Self::Four)
    }

    /// As many bytes hold one gram at each position modulo the stride, so one of them is found; and without the first
    /// and the last they do still, so that of a line break among these the bytes on both sides are known too.
    pub(super) fn anchor_bytes(self) -> usize {
        let bytes = match self {
            Self::Four => 4,
            Self::Eight => 8,
            Self::Sixteen => 16,
        };
        bytes + GRAM - 1 + 2
    }
}

fn first<const BYTES: usize>(step: &[u8; BYTES]) -> [u8; GRAM] {
    std::array::from_fn(|at| step[at])
}

impl Drop for Grams {
    fn drop(&mut self) {
        self.places.iter_mut().for_each(|place| place.gram.zeroize());
    }
}

fn bucket(gram: &[u8; GRAM]) -> usize {
    hash(gram, BUCKET_BITS)
}

#[cfg(test)]
mod tests {
    use std::ops::ControlFlow;

    use super::{Grams, Place, Stride};

    #[test]
    fn every_place_is_found_and_no_other() {
        let text = b"glpat-made-up-token-000001";
        let grams = Grams::new((0..text.len()).filter_map(|offset| Place::new(text, offset, 7)));
        for (offset, window) in text.windows(4).enumerate() {
            let mut places = grams.places(window.try_into().unwrap()).map(|place| (place.form, place.offset));
            assert!(places.any(|place| place == (7, offset)));
        }
        assert_eq!(grams.places(b"none").count(), 0);
    }

    #[test]
    fn a_scan_sees_every_fourth_position_or_fewer() {
        let text = [b"....".as_slice(), &b"glpat-ma".repeat(9), b"gl"].concat();
        let grams = Grams::new(Place::new(b"glpat-ma", 4, 0).into_iter());
        for (stride, step) in [(Stride::Four, 8), (Stride::Eight, 8), (Stride::Sixteen, 16)] {
            let mut seen = Vec::new();
            let to_the_end = grams.scan(&text, stride, |at, _| {
                seen.push(at);
                ControlFlow::Continue(())
            });
            assert!(to_the_end.is_continue());
            assert_eq!(seen, (8..80).filter(|at| at % step == 0).collect::<Vec<_>>());
        }
    }
}
