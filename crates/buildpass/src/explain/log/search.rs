use std::{collections::BTreeMap, ops::Range};

use aho_corasick::dfa::{self, DFA};

use super::{lanes, patterns};
use crate::explain::{Row, pattern::Pattern, rows};

/// Every row's fixed parts in one automaton, and what has to stand around each.
pub(in crate::explain) struct Search {
    anchors: Option<DFA>,
    /// The patterns of each anchor, in the order of the table.
    around: Vec<Vec<Known>>,
    longest_anchor: usize,
}

struct Known {
    rank: usize,
    row: &'static Row,
    pattern: Pattern,
}

/// A row whose words stand somewhere.
pub(super) struct Candidate {
    /// The row's place in the table.
    pub(super) rank: usize,
    pub(super) row: &'static Row,
    pub(super) span: Range<usize>,
    pub(super) names: Vec<(&'static str, Range<usize>)>,
}

impl Search {
    pub(in crate::explain) fn build() -> Self {
        let mut by_anchor: BTreeMap<String, Vec<Known>> = BTreeMap::new();
        for (rank, row) in rows::all().enumerate() {
            for says in patterns(row) {
                let pattern = Pattern::of(&says);
                by_anchor.entry(pattern.anchor().to_owned()).or_default().push(Known { rank, row, pattern });
            }
        }
        let longest_anchor = by_anchor.keys().map(String::len).max().unwrap_or_default();
        let anchors =
            dfa::Builder::new().ascii_case_insensitive(true).prefilter(false).build(by_anchor.keys());
        Self { anchors: anchors.ok(), around: by_anchor.into_values().collect(), longest_anchor }
    }

    /// The rows around the anchors that begin in a part of the text.
    pub(super) fn candidates(&self, text: &[u8], part: Range<usize>, mut each: impl FnMut(Candidate)) {
        let Some(anchors) = &self.anchors else { return };
        for anchor in lanes::anchors(anchors, &text[part.start..], part.len(), self.longest_anchor) {
            let at = part.start + anchor.at;
            for known in &self.around[anchor.word] {
                if let Some(hit) = known.pattern.around(text, at) {
                    each(Candidate { rank: known.rank, row: known.row, span: hit.span, names: hit.names });
                }
            }
        }
    }
}
