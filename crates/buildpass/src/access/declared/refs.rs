use std::{fmt, str::FromStr};

use super::BadName;

/// From which refs of a project a grant may be used; all of them protected.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Refs {
    /// From every protected branch and tag.
    Protected,
    /// From the protected ones among these.
    Named {
        /// Branches.
        branches: Vec<RefPattern>,
        /// Tags.
        tags: Vec<RefPattern>,
    },
}

/// A branch or tag, or with `*` every one that looks like it, as GitLab's protected branches are written.
/// <https://docs.gitlab.com/user/project/repository/branches/protected/#use-wildcard-rules>
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct RefPattern(String);

impl RefPattern {
    /// The pattern as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Whether it means one ref alone.
    pub fn is_exact(&self) -> bool {
        !self.0.contains('*')
    }

    /// Whether a ref looks like it; `*` is any text, `/` included.
    pub fn matches(&self, name: &str) -> bool {
        let mut parts = self.0.split('*');
        let first = parts.next().unwrap_or_default();
        let Some(mut rest) = name.strip_prefix(first) else { return false };
        let mut parts: Vec<&str> = parts.collect();
        let Some(last) = parts.pop() else { return rest.is_empty() };
        for part in parts {
            let Some(at) = rest.find(part) else { return false };
            rest = &rest[at + part.len()..];
        }
        rest.ends_with(last)
    }
}

/// Git's own rules, <https://git-scm.com/docs/git-check-ref-format>, but for `*`.
impl FromStr for RefPattern {
    type Err = BadName;

    fn from_str(text: &str) -> Result<Self, BadName> {
        let odd = |each: char| each.is_control() || " ~^:?[\\".contains(each);
        let fine = !text.is_empty()
            && !text.contains(odd)
            && !text.contains("..")
            && !text.contains("@{")
            && !text.starts_with("refs/")
            && text
                .split('/')
                .all(|part| !part.is_empty() && !part.starts_with('.') && !part.ends_with(".lock"))
            && !text.starts_with('-')
            && !text.ends_with('.');
        fine.then(|| Self(text.to_owned())).ok_or_else(|| BadName::Ref(text.to_owned()))
    }
}

impl fmt::Display for RefPattern {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_pattern_means_the_whole_name() {
        for (pattern, name, matches) in [
            ("main", "main", true),
            ("main", "main-2", false),
            ("*-stable", "17-1-stable", true),
            ("*-stable", "17-1-stable-ee", false),
            ("17-*-stable*", "17-1-stable-ee", true),
            ("*", "a/b", true),
            ("a*a", "a", false),
            ("a*b*c", "abbc", true),
        ] {
            assert_eq!(pattern.parse::<RefPattern>().unwrap().matches(name), matches, "{pattern} {name}");
        }
    }

    #[test]
    fn what_git_would_not_take_is_no_ref() {
        for text in ["", "a b", "a..b", "refs/heads/main", "/a", "a/", "a~1", "-a", "a.lock", "x\u{7}"] {
            assert!(text.parse::<RefPattern>().is_err(), "{text:?}");
        }
    }
}
