use std::{fmt, str::FromStr};

use serde::{Deserialize, Serialize};

use super::GitlabError;

/// How far a token reaches.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(super) enum TokenType {
    Group,
    Project,
}

impl TokenType {
    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Group => "group",
            Self::Project => "project",
        }
    }

    /// The part of GitLab's API that its tokens are in.
    pub(super) fn collection(self) -> &'static str {
        match self {
            Self::Group => "groups",
            Self::Project => "projects",
        }
    }
}

impl FromStr for TokenType {
    type Err = GitlabError;

    fn from_str(text: &str) -> Result<Self, GitlabError> {
        match text {
            "group" => Ok(Self::Group),
            "project" => Ok(Self::Project),
            other if ELSEWHERE.contains(&other) => Err(GitlabError::Unsupported {
                what: format!("token_type='{other}'"),
                instead: "there are group and project",
            }),
            other => {
                Err(GitlabError::Setting(format!("token_type='{other}', should be one of [group, project]")))
            }
        }
    }
}

impl fmt::Display for TokenType {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// Those that the public engine has beside them.
const ELSEWHERE: [&str; 7] = [
    "personal",
    "user-service-account",
    "group-service-account",
    "project-service-account",
    "pipeline-project-trigger",
    "project-deploy",
    "group-deploy",
];
