use std::{collections::BTreeMap, ops::Range};

use super::{Found, name};
use crate::explain::{Row, Stage, Weight};

/// Which rows stand where, once each of several that claim the same words was weighed.
#[derive(Default)]
pub(super) struct Tally {
    /// The last one, while something better may overlap it.
    last: Option<Claim>,
    /// Echoes, while something better may stand in the same line.
    echoes: BTreeMap<Stage, Claim>,
    /// The line in which a stage last said something telling.
    told: BTreeMap<Stage, u64>,
    found: BTreeMap<usize, (u64, Found)>,
}

/// A row that claims a place.
struct Claim {
    rank: usize,
    row: &'static Row,
    place: Place,
    names: Vec<(&'static str, String)>,
}

/// Where in the log.
pub(super) struct Place {
    /// From 1.
    pub(super) line: u64,
    pub(super) span: Range<u64>,
}

/// What git itself says stands within so many lines of what the server said.
const NEAR: u64 = 4;

impl Tally {
    pub(super) fn take(
        &mut self,
        rank: usize,
        row: &'static Row,
        place: Place,
        names: Vec<(&'static str, String)>,
    ) {
        let claim = Claim { rank, row, place, names };
        let Some(last) = self.last.take() else {
            self.last = Some(claim);
            return;
        };
        let overlap =
            claim.place.span.start < last.place.span.end && last.place.span.start < claim.place.span.end;
        self.last = Some(match overlap {
            true if last.rank <= claim.rank => last,
            true => claim,
            false => {
                self.settle(last);
                claim
            }
        });
    }

    /// Whether it counts, now that nothing overlaps it.
    fn settle(&mut self, claim: Claim) {
        let (stage, line) = (claim.row.stage, claim.place.line);
        let waiting = self.echoes.remove(&stage);
        let same_line = waiting.as_ref().is_some_and(|echo| echo.place.line == line);
        match (claim.row.weight, waiting) {
            (Weight::Telling | Weight::Framed, waiting) => {
                if let Some(echo) = waiting.filter(|_| !same_line) {
                    self.count(echo);
                }
                self.told.insert(stage, line);
                self.count(claim);
            }
            (Weight::Echo, _) if self.told.get(&stage).is_some_and(|told| line <= told + NEAR) => {}
            (Weight::Echo, Some(echo)) if same_line && echo.rank <= claim.rank => {
                drop(self.echoes.insert(stage, echo))
            }
            (Weight::Echo, waiting) => {
                if let Some(echo) = waiting.filter(|_| !same_line) {
                    self.count(echo);
                }
                self.echoes.insert(stage, claim);
            }
        }
    }

    fn count(&mut self, claim: Claim) {
        let Claim { rank, row, place, names } = claim;
        let new = || (place.span.start, Found { row, line: place.line, times: 0, names: BTreeMap::new() });
        let (_, found) = self.found.entry(rank).or_insert_with(new);
        found.times += 1;
        name::add(&mut found.names, names);
    }

    /// The rows in the order of their first places.
    pub(super) fn finish(mut self) -> Vec<Found> {
        if let Some(last) = self.last.take() {
            self.settle(last);
        }
        for echo in std::mem::take(&mut self.echoes).into_values() {
            self.count(echo);
        }
        let mut found: Vec<(u64, Found)> = self.found.into_values().collect();
        found.sort_by_key(|(start, _)| *start);
        found.into_iter().map(|(_, found)| found).collect()
    }
}
