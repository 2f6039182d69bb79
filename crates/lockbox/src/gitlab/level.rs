use std::str::FromStr;

use serde::{Deserialize, Serialize};

use super::GitlabError;

/// What a token may do where it reaches, in [GitLab's words and numbers](https://docs.gitlab.com/api/access_requests/#valid-access-levels).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(super) enum Level {
    Guest,
    Planner,
    Reporter,
    Developer,
    Maintainer,
    Owner,
}

impl Level {
    const ALL: [Self; 6] =
        [Self::Guest, Self::Planner, Self::Reporter, Self::Developer, Self::Maintainer, Self::Owner];

    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Guest => "guest",
            Self::Planner => "planner",
            Self::Reporter => "reporter",
            Self::Developer => "developer",
            Self::Maintainer => "maintainer",
            Self::Owner => "owner",
        }
    }

    pub(super) fn number(self) -> u64 {
        match self {
            Self::Guest => 10,
            Self::Planner => 15,
            Self::Reporter => 20,
            Self::Developer => 30,
            Self::Maintainer => 40,
            Self::Owner => 50,
        }
    }
}

impl FromStr for Level {
    type Err = GitlabError;

    fn from_str(text: &str) -> Result<Self, GitlabError> {
        let known =
            Self::ALL.into_iter().find(|level| level.name() == text || level.number().to_string() == text);
        known.ok_or_else(|| {
            let known = Self::ALL.map(Self::name).join(", ");
            GitlabError::Setting(format!("access_level='{text}', should be one of [{known}]"))
        })
    }
}
