use super::{
    Report,
    name::shown,
    plain::Rest,
    search::{Candidate, Search},
    tally::{Place, Tally},
};
use crate::explain::pattern::REACH;

/// The part of a log that is at hand: what was just read, and as much before it as a row may reach back.
#[derive(Default)]
pub(super) struct Window {
    text: Vec<u8>,
    /// Up to where anchors were looked for.
    seen: usize,
    /// How much was there before the text.
    gone: u64,
    line: Counted,
    tally: Tally,
}

/// How many lines end before a place.
#[derive(Default)]
struct Counted {
    at: usize,
    lines: u64,
}

impl Window {
    /// Where the next words go.
    pub(super) fn text(&mut self) -> &mut Vec<u8> {
        &mut self.text
    }

    /// Looks at what is new, as far as everything around it is at hand.
    pub(super) fn look(&mut self, search: &Search, rest: Rest) {
        let end = match rest {
            Rest::Nothing => self.text.len(),
            Rest::Something => self.text.len().saturating_sub(REACH).max(self.seen),
        };
        let Self { text, line, tally, .. } = self;
        search.candidates(text, self.seen..end, |candidate| {
            let Candidate { rank, row, span, names } = candidate;
            let place = Place {
                line: line.at(text, span.start) + 1,
                span: self.gone + span.start as u64..self.gone + span.end as u64,
            };
            let names =
                names.into_iter().filter_map(|(name, at)| Some((name, shown(name, &text[at])?))).collect();
            tally.take(rank, row, place, names);
        });
        self.seen = end;
        self.forget();
    }

    /// Lets go of what no row reaches any more.
    fn forget(&mut self) {
        let old = self.seen.saturating_sub(REACH);
        if old == 0 {
            return;
        }
        self.line.at(&self.text, self.line.at.max(old));
        self.line.at -= old;
        self.text.drain(..old);
        self.seen -= old;
        self.gone += old as u64;
    }

    pub(super) fn report(mut self) -> Report {
        let unended = self.text.last().is_some_and(|last| *last != b'\n');
        let lines = self.line.at(&self.text, self.text.len()) + u64::from(unended);
        Report { lines, found: self.tally.finish() }
    }
}

impl Counted {
    /// Places come nearly in order, so only what lies between is counted.
    fn at(&mut self, text: &[u8], place: usize) -> u64 {
        let ends = |part: &[u8]| memchr::memchr_iter(b'\n', part).count() as u64;
        if place >= self.at {
            self.lines += ends(&text[self.at..place]);
        } else {
            self.lines -= ends(&text[place..self.at]);
        }
        self.at = place;
        self.lines
    }
}
