//! The small language of a row's words: fixed parts, and places for what changes.

mod matching;

mod piece;

pub(super) use matching::Hit;
use matching::Reading;
use piece::Piece;

/// A row's words, as they are looked for: without regard to case, around the longest fixed part.
#[derive(Debug)]
pub(super) struct Pattern {
    pieces: Vec<Piece>,
    /// Which piece is the longest fixed one.
    anchor: usize,
}

/// No pattern reaches further than this from its anchor, in either direction.
pub(super) const REACH: usize = 2_048;

/// Enough for a line that takes anything, and what stands around it.
const TRIES: usize = 400;

impl Pattern {
    /// Reads words as a row writes them: `claim "{claim}" is missing`.
    pub(super) fn of(says: &str) -> Self {
        let mut pieces = Vec::new();
        let mut rest = says;
        while !rest.is_empty() {
            let (piece, length) = Piece::first_of(rest);
            match (pieces.last_mut(), piece) {
                (Some(Piece::Text(before)), Piece::Text(more)) => before.push_str(&more),
                (_, piece) => pieces.push(piece),
            }
            rest = &rest[length..];
        }
        let anchor = (0..pieces.len()).max_by_key(|at| pieces[*at].fixed().len()).unwrap_or_default();
        Self { pieces, anchor }
    }

    /// The fixed part that everything else stands around, in lower case.
    pub(super) fn anchor(&self) -> &str {
        self.pieces.get(self.anchor).map_or("", Piece::fixed)
    }

    /// Whether its words stand anywhere in a text.
    pub(super) fn is_in(&self, text: &[u8]) -> bool {
        let anchor = self.anchor().as_bytes();
        !anchor.is_empty()
            && text
                .windows(anchor.len())
                .enumerate()
                .any(|(at, window)| window.eq_ignore_ascii_case(anchor) && self.around(text, at).is_some())
    }

    /// Its words around an anchor that begins at `at`.
    pub(super) fn around(&self, text: &[u8], at: usize) -> Option<Hit> {
        let (before, after) = (&self.pieces[..self.anchor], &self.pieces[self.anchor + 1..]);
        let mut tries = TRIES;
        let before = Reading::Back(text, at).through(before, &mut tries)?;
        let after = Reading::Onward(text, at + self.anchor().len()).through(after, &mut tries)?;
        let names = before.names.into_iter().chain(after.names).collect();
        Some(Hit { span: before.span.start..after.span.end, names })
    }

    #[cfg(test)]
    fn widest(&self) -> usize {
        self.pieces.iter().map(Piece::widest).sum()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::explain::{log::patterns, rows};

    fn found(says: &str, text: &str) -> Option<Vec<String>> {
        let pattern = Pattern::of(says);
        let lower = text.to_ascii_lowercase();
        let hits = lower.match_indices(pattern.anchor()).map(|(at, _)| pattern.around(text.as_bytes(), at));
        let hit = hits.flatten().next()?;
        Some(hit.names.into_iter().map(|(name, at)| format!("{name}={}", &text[at])).collect())
    }

    #[test]
    fn what_changes_has_a_place_and_the_rest_is_fixed() {
        let missing = r#"claim "{claim}" is missing"#;
        assert_eq!(found(missing, r#"x: claim "ref_type" is missing."#).unwrap(), ["claim=ref_type"]);
        assert_eq!(found(missing, r#"{"errors":["Claim \"a\" is MISSING"]}"#).unwrap(), ["claim=a"]);
        assert_eq!(found(missing, r#"claim "" is missing"#), None);
        assert_eq!(found(missing, r#"claim "a b" is missing"#), None);
        assert_eq!(found(missing, "claim is missing"), None);
        assert_eq!(found("fetch {word}: 4{number}", "fetch https://h/g: 404").unwrap(), [""; 0]);
        assert_eq!(found("{x} {any} and the end", "{x} to and fro and the end").unwrap(), [""; 0]);
        assert_eq!(found("'a-{word}' is not there", "x 'a-b-c' is not there").unwrap(), [""; 0]);
        assert_eq!(found("start {any} and the end", "start\nto and the end"), None);
    }

    #[test]
    fn white_space_is_any_white_space_however_it_is_written() {
        let denied = "1 error occurred:\n* permission denied";
        for text in [
            "1 error occurred:\n\t* permission denied\n\n",
            "1 error occurred: * permission denied",
            r#"["1 error occurred:\n\t* permission denied\n\n"]"#,
            "1 error occurred:\r\n  * permission denied",
        ] {
            assert!(Pattern::of(denied).is_in(text.as_bytes()), "{text}");
        }
        assert!(!Pattern::of(denied).is_in(b"1 error occurred:* permission denied"));
    }

    #[test]
    fn every_pattern_has_an_anchor_worth_looking_for_and_a_reach() {
        for (row, says) in rows::all().flat_map(|row| patterns(row).into_iter().map(move |says| (row, says)))
        {
            let pattern = Pattern::of(&says);
            assert!(pattern.anchor().trim().len() >= 6, "{}: {says}", row.name);
            assert!(pattern.widest() <= REACH, "{}: {says}", row.name);
        }
    }

    proptest::proptest! {
        #[test]
        fn no_bytes_make_it_panic(bytes in proptest::collection::vec(0u8..128, 0..300), at in 0usize..300) {
            for says in ["claim \"{claim}\" is missing", "a{any}b {word}\n{number} c"] {
                let pattern = Pattern::of(says);
                let mut text = bytes.clone();
                let at = at.min(text.len());
                text.splice(at..at, pattern.anchor().bytes());
                if let Some(hit) = pattern.around(&text, at) {
                    proptest::prop_assert!(hit.span.start <= at && at + pattern.anchor().len() <= hit.span.end);
                }
            }
        }
    }
}
