use std::array::from_fn;

use aho_corasick::{
    Anchored, PatternID,
    automaton::{Automaton, StateID},
    dfa::DFA,
};

/// At how many places of a text it is looked at once: an automaton waits for memory at every byte, and four wait together.
const LANES: usize = 4;

/// Where one of the automaton's words begins, and which.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Anchor {
    pub(super) at: usize,
    pub(super) word: usize,
}

/// One place, and what was found from there on.
struct Lane {
    state: StateID,
    found: Vec<Anchor>,
}

/// Every word that begins before `end`, also where they overlap, in the order of their last letters within a lane. No word is longer than `longest`.
pub(super) fn anchors(dfa: &DFA, text: &[u8], end: usize, longest: usize) -> Vec<Anchor> {
    let Ok(start) = dfa.start_state(Anchored::No) else { return Vec::new() };
    let size = end / LANES;
    let [one, two, three, four] = from_fn(|lane| &text[lane * size..(lane + 1) * size]);
    let mut lanes: [Lane; LANES] = from_fn(|_| Lane { state: start, found: Vec::new() });
    for (at, (((one, two), three), four)) in one.iter().zip(two).zip(three).zip(four).enumerate() {
        for (lane, byte) in lanes.iter_mut().zip([one, two, three, four]) {
            lane.state = dfa.next_state(Anchored::No, lane.state, *byte);
        }
        if lanes.iter().any(|lane| dfa.is_special(lane.state)) {
            for (number, lane) in lanes.iter_mut().enumerate() {
                lane.note(dfa, number * size + at);
            }
        }
    }
    // A word that begins in a lane may end in the next one.
    let mut all = Vec::new();
    for (number, mut lane) in lanes.into_iter().enumerate() {
        let (from, to) = ((number + 1) * size, if number + 1 == LANES { end } else { (number + 1) * size });
        for (at, byte) in text.iter().enumerate().take(text.len().min(to + longest)).skip(from) {
            lane.state = dfa.next_state(Anchored::No, lane.state, *byte);
            lane.note(dfa, at);
        }
        all.extend(lane.found.into_iter().filter(|anchor| anchor.at < to));
    }
    all
}

impl Lane {
    /// The words that end with the byte at `last`.
    fn note(&mut self, dfa: &DFA, last: usize) {
        if !dfa.is_match(self.state) {
            return;
        }
        for index in 0..dfa.match_len(self.state) {
            let word: PatternID = dfa.match_pattern(self.state, index);
            self.found.push(Anchor { at: last + 1 - dfa.pattern_len(word), word: word.as_usize() });
        }
    }
}

#[cfg(test)]
mod tests {
    use aho_corasick::{AhoCorasick, dfa};

    use super::*;

    const WORDS: [&str; 5] = ["token", "not", "no token", "en is", "a longer word than the others"];

    proptest::proptest! {
        #[test]
        fn lanes_find_what_one_look_finds(
            text in "((no |to|token|en is|not|a longer word than |the others|x){0,12})", end in 0usize..120,
        ) {
            let dfa = dfa::Builder::new().prefilter(false).build(WORDS).unwrap();
            let end = end.min(text.len());
            let mut found: Vec<_> = anchors(&dfa, text.as_bytes(), end, 29).iter().map(|it| (it.at, it.word)).collect();
            let one = AhoCorasick::new(WORDS).unwrap();
            let all = one.find_overlapping_iter(&text).map(|it| (it.start(), it.pattern().as_usize()));
            let mut wanted: Vec<_> = all.filter(|(at, _)| *at < end).collect();
            found.sort_unstable();
            wanted.sort_unstable();
            proptest::prop_assert_eq!(found, wanted);
        }
    }
}
