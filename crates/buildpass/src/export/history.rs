use super::exporter::differing;
use crate::vault::Values;
use serde_json::{Map, Value};

/// A secret with its versions, the oldest first.
pub(super) struct History {
    pub(super) settings: Map<String, Value>,
    /// The number of the oldest one.
    pub(super) first: u64,
    pub(super) versions: Vec<Content>,
}

/// What a version holds.
#[derive(Debug)]
pub(super) enum Content {
    Data(Values),
    /// Deleted, destroyed, or so old that it was let go: nobody can read it.
    Gone,
}

/// Where versions stand in another vault, or are to stand.
pub(super) struct Place<'a> {
    /// Those that are to be there at last.
    pub(super) versions: &'a [Content],
    /// The first of them follows the version with this number.
    pub(super) after: u64,
    /// How many of them are there already.
    pub(super) written: usize,
    /// Whether all of them are, and nothing is left to do.
    pub(super) is_whole: bool,
    /// The number that the first of them has here.
    here: u64,
}

/// What stands for a secret that has no version where the other one has some.
const GONE: &[Content] = &[Content::Gone];

impl History {
    /// The number of the newest version; 0 where there is none.
    fn newest(&self) -> u64 {
        self.first - 1 + self.versions.len() as u64
    }

    /// Whether a person who reads both gets the same beside the versions.
    pub(super) fn is_told_as(&self, other: &Self) -> bool {
        differing(&self.settings, &other.settings).is_empty()
    }

    /// Where its versions would stand where nothing is.
    pub(super) fn alone(&self) -> Place<'_> {
        Place {
            versions: &self.versions,
            after: 0,
            written: 0,
            is_whole: self.versions.is_empty(),
            here: self.first,
        }
    }

    /// Where its versions are in another one: from its beginning, or else behind what is there, which stays.
    pub(super) fn place_in(&self, there: &Self) -> Place<'_> {
        if there.first == 1 && begins_with(&self.versions, &there.versions) {
            return Place {
                written: there.versions.len(),
                is_whole: are_same(&self.versions, &there.versions),
                ..self.alone()
            };
        }
        let (own, here) = self.readable();
        let tail = |count: usize| &there.versions[there.versions.len() - count..];
        let most = own.len().min(there.versions.len());
        let written = (1..=most).rev().find(|count| begins_with(own, tail(*count))).unwrap_or(0);
        let after = there.newest() - written as u64;
        Place { versions: own, after, written, is_whole: are_same(own, tail(written)), here }
    }

    /// The versions from the first that can be read, and its number here; where none can be, one that says so.
    fn readable(&self) -> (&[Content], u64) {
        let first = self.versions.iter().position(|version| matches!(version, Content::Data(_)));
        match first {
            Some(first) => (&self.versions[first..], self.first + first as u64),
            None => (GONE, self.newest().max(1)),
        }
    }
}

impl Place<'_> {
    /// Whether they stand, or would, behind versions that are the other vault's own.
    pub(super) fn is_behind(&self) -> bool {
        self.after > 0
    }

    /// The numbers there of the versions that nobody can read.
    pub(super) fn gone(&self) -> Vec<u64> {
        let numbered = self.versions.iter().zip(self.after + 1..);
        numbered.filter(|(content, _)| matches!(content, Content::Gone)).map(|(_, number)| number).collect()
    }

    pub(super) fn described(&self) -> String {
        let versions = match self.versions.len() {
            1 => "1 version".to_owned(),
            count => format!("{count} versions"),
        };
        let gone = match self.gone().len() {
            0 => String::new(),
            gone => format!(", of which {gone} cannot be read and are written as destroyed"),
        };
        let number = self.after + 1;
        let anew = if number == self.here { String::new() } else { format!(", numbered from {number}") };
        format!("{versions}{gone}{anew}")
    }
}

/// Whether `all` begins with `some`, as far as a run that was cut off had come.
fn begins_with(all: &[Content], some: &[Content]) -> bool {
    some.len() <= all.len() && all.iter().zip(some).all(|(here, there)| here.is_written_as(there))
}

fn are_same(all: &[Content], others: &[Content]) -> bool {
    all.len() == others.len() && all.iter().zip(others).all(|(here, there)| here.is_same_as(there))
}

impl Content {
    fn is_same_as(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::Data(here), Self::Data(there)) => here.is_same_as(there),
            (Self::Gone, Self::Gone) => true,
            (Self::Data(_), Self::Gone) | (Self::Gone, Self::Data(_)) => false,
        }
    }

    /// A version that nobody can read is written empty, and destroyed afterwards.
    fn is_written_as(&self, there: &Self) -> bool {
        self.is_same_as(there) || matches!((self, there), (Self::Gone, Self::Data(there)) if there.is_empty())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A version a letter: `-` is gone, `_` is empty.
    fn history(first: u64, versions: &str) -> History {
        let version = |letter: char| match letter {
            '-' => Content::Gone,
            '_' => Content::Data(Values::default()),
            _ => Content::Data(serde_json::from_str(&format!(r#"{{"value":"{letter}"}}"#)).unwrap()),
        };
        History { settings: Map::new(), first, versions: versions.chars().map(version).collect() }
    }

    #[test]
    fn versions_go_on_where_they_are_and_stand_behind_what_is_another_vaults_own() {
        for (here, there, (after, written, left, is_whole)) in [
            ("abc", "", (0, 0, 3, false)),
            ("abc", "ab", (0, 2, 1, false)),
            ("abc", "abc", (0, 3, 0, true)),
            ("a-c", "a_", (0, 2, 1, false)),
            ("a-", "a_", (0, 2, 0, false)),
            ("a-", "a-", (0, 2, 0, true)),
            ("", "", (0, 0, 0, true)),
            // Theirs stay.
            ("abc", "x", (1, 0, 3, false)),
            ("abc", "abcx", (4, 0, 3, false)),
            ("abc", "xab", (1, 2, 1, false)),
            ("abc", "xabc", (1, 3, 0, true)),
            ("--c", "x", (1, 0, 1, false)),
            ("--c", "xc", (1, 1, 0, true)),
            ("--", "x", (1, 0, 1, false)),
            ("--", "x_", (1, 1, 0, false)),
            ("--", "x-", (1, 1, 0, true)),
            ("", "x", (1, 0, 1, false)),
            ("", "x-", (1, 1, 0, true)),
        ] {
            let (one, other) = (history(1, here), history(1, there));
            let place = one.place_in(&other);
            let found = (place.after, place.written, place.versions.len() - place.written, place.is_whole);
            assert_eq!(found, (after, written, left, is_whole), "{here} in {there}");
        }
    }

    #[test]
    fn a_place_says_which_numbers_are_new() {
        let described = |here: &History, there: &str| here.place_in(&history(1, there)).described();
        assert_eq!(
            described(&history(1, "a-c"), ""),
            "3 versions, of which 1 cannot be read and are written as destroyed"
        );
        assert_eq!(described(&history(1, "ab"), "xyz"), "2 versions, numbered from 4");
        assert_eq!(described(&history(1002, "ab"), "a"), "2 versions, numbered from 1");
        // It happens to keep its number.
        assert_eq!(described(&history(1, "-b"), "x"), "1 version");
        assert_eq!(history(1, "a-c").place_in(&history(1, "xy")).gone(), [4]);
        assert_eq!(history(1, "ab").place_in(&history(1001, "x")).after, 1001);
    }
}
