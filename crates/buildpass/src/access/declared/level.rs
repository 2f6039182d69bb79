use std::{fmt, str::FromStr};

use super::BadName;

/// What a token's bot user may do, in GitLab's words and numbers. The least that reads a private repository is Reporter.
/// <https://docs.gitlab.com/api/group_access_tokens/>
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
#[expect(missing_docs, reason = "the levels are GitLab's own")]
pub enum AccessLevel {
    Guest,
    Planner,
    #[default]
    Reporter,
    Developer,
    Maintainer,
    Owner,
}

impl AccessLevel {
    /// Every level, the least first.
    pub const ALL: [Self; 6] =
        [Self::Guest, Self::Planner, Self::Reporter, Self::Developer, Self::Maintainer, Self::Owner];

    /// GitLab's number.
    pub fn number(self) -> u64 {
        match self {
            Self::Guest => 10,
            Self::Planner => 15,
            Self::Reporter => 20,
            Self::Developer => 30,
            Self::Maintainer => 40,
            Self::Owner => 50,
        }
    }

    /// GitLab's word.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Guest => "guest",
            Self::Planner => "planner",
            Self::Reporter => "reporter",
            Self::Developer => "developer",
            Self::Maintainer => "maintainer",
            Self::Owner => "owner",
        }
    }

    /// The word for a number, or the number where it is none of ours.
    pub fn word_for(number: u64) -> String {
        let known = Self::ALL.into_iter().find(|level| level.number() == number);
        known.map_or_else(|| number.to_string(), |level| level.to_string())
    }
}

impl FromStr for AccessLevel {
    type Err = BadName;

    fn from_str(text: &str) -> Result<Self, BadName> {
        let known = Self::ALL.into_iter().find(|level| level.as_str().eq_ignore_ascii_case(text));
        known.ok_or_else(|| BadName::Level(text.to_owned()))
    }
}

impl fmt::Display for AccessLevel {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}
