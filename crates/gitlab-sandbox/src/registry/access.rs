use std::str::FromStr;

use serde::{Deserialize, Serialize};

/// What a member may do, in GitLab's numbers.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(into = "u8")]
pub(crate) enum AccessLevel {
    Guest,
    Planner,
    Reporter,
    Developer,
    Maintainer,
    Owner,
}

impl AccessLevel {
    pub(crate) fn from_number(number: u64) -> Option<Self> {
        match number {
            10 => Some(Self::Guest),
            15 => Some(Self::Planner),
            20 => Some(Self::Reporter),
            30 => Some(Self::Developer),
            40 => Some(Self::Maintainer),
            50 => Some(Self::Owner),
            _ => None,
        }
    }
}

impl From<AccessLevel> for u8 {
    fn from(level: AccessLevel) -> Self {
        match level {
            AccessLevel::Guest => 10,
            AccessLevel::Planner => 15,
            AccessLevel::Reporter => 20,
            AccessLevel::Developer => 30,
            AccessLevel::Maintainer => 40,
            AccessLevel::Owner => 50,
        }
    }
}

/// Who sees a project that is not a member of it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, Serialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Visibility {
    /// Nobody.
    #[default]
    Private,
    /// Everyone who has a valid token.
    Internal,
    /// Everyone.
    Public,
}

impl Visibility {
    pub(crate) fn as_str(self) -> &'static str {
        match self {
            Self::Private => "private",
            Self::Internal => "internal",
            Self::Public => "public",
        }
    }
}

/// What an access token may be used for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Scope {
    Api,
    ReadApi,
    ReadRepository,
    WriteRepository,
    ReadRegistry,
    WriteRegistry,
    CreateRunner,
    ManageRunner,
    AiFeatures,
    K8sProxy,
    SelfRotate,
    /// What a token may do stands in its granular scopes; nobody asks for it by name.
    Granular,
}

/// A scope that no token can have.
#[derive(Debug, thiserror::Error)]
#[error("Scopes can only contain available scopes")]
pub(crate) struct UnknownScope;

impl FromStr for Scope {
    type Err = UnknownScope;

    fn from_str(text: &str) -> Result<Self, UnknownScope> {
        match text {
            "api" => Ok(Self::Api),
            "read_api" => Ok(Self::ReadApi),
            "read_repository" => Ok(Self::ReadRepository),
            "write_repository" => Ok(Self::WriteRepository),
            "read_registry" => Ok(Self::ReadRegistry),
            "write_registry" => Ok(Self::WriteRegistry),
            "create_runner" => Ok(Self::CreateRunner),
            "manage_runner" => Ok(Self::ManageRunner),
            "ai_features" => Ok(Self::AiFeatures),
            "k8s_proxy" => Ok(Self::K8sProxy),
            "self_rotate" => Ok(Self::SelfRotate),
            _ => Err(UnknownScope),
        }
    }
}
