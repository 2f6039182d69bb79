use std::time::Duration;

use serde::{Deserialize, Serialize};

use super::KindRule;

/// A form that tokens are made by: what they may have, and what they have in any case.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub(crate) struct TokenRole {
    pub(crate) allowed_policies: Vec<String>,
    pub(crate) disallowed_policies: Vec<String>,
    pub(crate) allowed_policies_glob: Vec<String>,
    pub(crate) disallowed_policies_glob: Vec<String>,
    pub(crate) allowed_entity_aliases: Option<Vec<String>>,
    pub(crate) orphan: bool,
    pub(crate) renewable: bool,
    pub(crate) path_suffix: String,
    pub(crate) kind: KindRule,
    pub(crate) no_default_policy: bool,
    pub(crate) uses: i64,
    pub(crate) period: Aged<Duration>,
    pub(crate) explicit_max: Aged<Duration>,
    /// As they were written.
    pub(crate) bound_cidrs: Aged<Vec<String>>,
}

/// A setting that has an older name too: what was said under that name is shown under both.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub(crate) struct Aged<T> {
    pub(crate) value: T,
    pub(crate) by_older_name: bool,
}

impl TokenRole {
    /// Whether it says anything about policies.
    pub(crate) fn chooses_policies(&self) -> bool {
        let lists = [
            &self.allowed_policies,
            &self.disallowed_policies,
            &self.allowed_policies_glob,
            &self.disallowed_policies_glob,
        ];
        lists.into_iter().any(|list| !list.is_empty())
    }

    pub(crate) fn allows_any(&self) -> bool {
        self.allowed_policies.is_empty() && self.allowed_policies_glob.is_empty()
    }

    pub(crate) fn disallows(&self, policy: &str) -> bool {
        contains(&self.disallowed_policies, policy) || contains_glob(&self.disallowed_policies_glob, policy)
    }

    pub(crate) fn allows_alias(&self, alias: &str) -> bool {
        let allowed = self.allowed_entity_aliases.as_deref().unwrap_or_default();
        contains(allowed, alias) || contains_glob(allowed, alias)
    }
}

pub(crate) fn contains(list: &[String], name: &str) -> bool {
    list.iter().any(|listed| listed == name)
}

/// Whether one of these matches, in which `*` stands for anything.
pub(crate) fn contains_glob(globs: &[String], name: &str) -> bool {
    globs.iter().any(|glob| matches(glob, name))
}

fn matches(glob: &str, name: &str) -> bool {
    let mut parts = glob.split('*');
    let Some(mut rest) = parts.next().and_then(|first| name.strip_prefix(first)) else { return false };
    if !glob.contains('*') {
        return rest.is_empty();
    }
    let mut parts = parts.peekable();
    while let Some(part) = parts.next() {
        if parts.peek().is_none() {
            return rest.ends_with(part);
        }
        let Some(at) = rest.find(part) else { return false };
        rest = &rest[at + part.len()..];
    }
    true
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_star_stands_for_anything() {
        for (glob, name, expected) in [
            ("a*", "abc", true),
            ("a*", "ba", false),
            ("*", "", true),
            ("", "", true),
            ("", "a", false),
            ("a", "ab", false),
            ("a*c", "abc", true),
            ("a*c", "ac", true),
            ("a*c", "abcd", false),
            ("*b*", "abc", true),
            ("a*b*c", "a1b2c", true),
            ("a*b*c", "a1c2b", false),
            ("ab*ba", "aba", false),
        ] {
            assert_eq!(contains_glob(&[glob.to_owned()], name), expected, "{glob} on {name}");
        }
    }
}
