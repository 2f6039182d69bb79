use std::time::Duration;

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::{
    GitlabError,
    level::Level,
    name,
    name::{Bearer, Template},
    token_type::TokenType,
};

/// What a token is made by.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Role {
    /// The full path of the group or project, or its number.
    pub(super) path: String,
    /// How its tokens are called; when it is empty, after the job.
    pub(super) name: String,
    pub(super) scopes: Vec<String>,
    pub(super) ttl: Duration,
    pub(super) access_level: Level,
    pub(super) token_type: TokenType,
    /// Whether its tokens end on their day alone, and have no lease.
    pub(super) gitlab_revokes_token: bool,
    pub(super) config_name: String,
}

impl Role {
    /// The name of a token for this bearer.
    ///
    /// # Errors
    /// When the session does not say what the name needs, or GitLab takes no such name.
    pub(super) fn name_for(&self, role_name: &str, bearer: Bearer<'_>) -> Result<String, GitlabError> {
        match self.name.as_str() {
            "" => name::usual(role_name, bearer),
            text => Template::parse(text)?.fill((role_name, self), bearer),
        }
    }

    pub(super) fn describe(&self, name: &str) -> Value {
        json!({
            "role_name": name,
            "path": self.path,
            "name": self.name,
            "scopes": self.scopes,
            "ttl": self.ttl.as_secs(),
            "access_level": self.access_level.name(),
            "token_type": self.token_type.name(),
            "gitlab_revokes_token": self.gitlab_revokes_token,
            "config_name": self.config_name,
            "dynamic_path": false,
        })
    }
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;

    pub(in crate::gitlab) fn role() -> Role {
        Role {
            path: "gitlab-org/security".to_owned(),
            name: String::new(),
            scopes: vec!["read_repository".to_owned()],
            ttl: Duration::from_secs(3600),
            access_level: Level::Reporter,
            token_type: TokenType::Group,
            gitlab_revokes_token: false,
            config_name: "default".to_owned(),
        }
    }
}
