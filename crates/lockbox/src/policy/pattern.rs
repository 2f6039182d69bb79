use std::cmp::{Ordering, Reverse};

/// The path of a rule: exact, with a `*` at its end, or with `+` for whole segments.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Pattern {
    /// The path without the `*`.
    path: String,
    open_ended: bool,
    /// A segment begins with `+`: the path is looked at segment by segment, and is never an exact one.
    segmented: bool,
    wildcards: usize,
    /// Where the first wildcard stands, in bytes.
    first_wildcard: usize,
}

impl Pattern {
    pub(super) fn new(text: &str) -> Self {
        let (path, open_ended) = text.strip_suffix('*').map_or((text, false), |path| (path, true));
        let segmented = text == "+" || text.starts_with("+/") || text.contains("/+");
        let wildcards = path.split('/').filter(|segment| *segment == "+").count();
        let first_wildcard = if segmented { path.find('+').unwrap_or(path.len()) } else { path.len() };
        Self { path: path.to_owned(), open_ended, segmented, wildcards, first_wildcard }
    }

    pub(super) fn is_exact(&self) -> bool {
        !self.open_ended && !self.segmented
    }

    pub(super) fn matches(&self, path: &str) -> bool {
        match (self.segmented, self.open_ended) {
            (false, false) => self.path == path,
            (false, true) => path.starts_with(&self.path),
            (true, _) => self.matches_segments(path),
        }
    }

    fn matches_segments(&self, path: &str) -> bool {
        let mut segments = path.split('/');
        let mut wanted = self.path.split('/').peekable();
        while let Some(part) = wanted.next() {
            let Some(segment) = segments.next() else {
                return false;
            };
            let fits = match part {
                "+" => true,
                _ if self.open_ended && wanted.peek().is_none() => segment.starts_with(part),
                _ => part == segment,
            };
            if !fits {
                return false;
            }
        }
        self.open_ended || segments.next().is_none()
    }

    /// Whether the pattern is about something under this mount.
    pub(super) fn reaches_into(&self, mount: &str) -> bool {
        if self.segmented {
            let mut wanted = self.path.split('/');
            return mount.trim_end_matches('/').split('/').all(|segment| match wanted.next() {
                Some("+") => true,
                Some(part) => part == segment,
                None => self.open_ended,
            });
        }
        self.path.starts_with(mount) || (self.open_ended && mount.starts_with(&self.path))
    }

    /// The order of OpenBao: a later wildcard, no `*`, fewer `+` and a longer path are more specific.
    pub(super) fn compare(&self, other: &Self) -> Ordering {
        let rank = |pattern: &Self| {
            (pattern.first_wildcard, !pattern.open_ended, Reverse(pattern.wildcards), pattern.path.len())
        };
        rank(self).cmp(&rank(other)).then_with(|| self.path.cmp(&other.path))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pattern(text: &str) -> Pattern {
        Pattern::new(text)
    }

    #[test]
    fn stars_end_a_path_and_pluses_are_segments() {
        for (text, path, expected) in [
            ("a/*", "a/b/c", true),
            ("a/*", "a", false),
            ("a*", "ab", true),
            ("*", "x/y", true),
            ("a/+/c", "a/b/c", true),
            ("a/+/c", "a/b/c/d", false),
            ("a/+", "a/", true),
            ("a/+/", "a/b", false),
            ("a/+/c*", "a/x/cx/y", true),
            ("+/b", "x/b", true),
            ("+a", "+a", true),
            ("a*b", "axb", false),
        ] {
            assert_eq!(pattern(text).matches(path), expected, "{text} on {path}");
        }
    }

    #[test]
    fn the_most_specific_pattern_is_the_greatest() {
        for (less, more) in
            [("a/*", "a/+/c"), ("a/+/c", "a/b/*"), ("a/+/c*", "a/+/cd"), ("a/+/*", "a/b*"), ("+/b", "a/+")]
        {
            assert_eq!(pattern(less).compare(&pattern(more)), Ordering::Less, "{less} and {more}");
        }
    }

    #[test]
    fn a_pattern_reaches_into_the_mounts_that_it_can_name() {
        assert!(pattern("ci/data/*").reaches_into("ci/"));
        assert!(pattern("*").reaches_into("ci/"));
        assert!(pattern("+/data/x").reaches_into("ci/"));
        assert!(!pattern("kv/data/*").reaches_into("ci/"));
    }
}
