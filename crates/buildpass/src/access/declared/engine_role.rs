use std::time::Duration;

use super::{AccessLevel, FullPath, Owner, RoleName, Scope, TokenName};
use crate::vault::SecretRef;

/// A token that is minted: by a role of the vault's GitLab engine, each job that reads it has one made for itself.
/// <https://github.com/ilijamt/vault-plugin-secrets-gitlab>
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EngineRole {
    /// Its name in the declaration.
    pub name: TokenName,
    /// Whose tokens they are.
    pub owner: Owner,
    /// The group or project that they are for.
    pub within: FullPath,
    /// What they may do there.
    pub level: AccessLevel,
    /// What they are for; sorted, each once.
    pub scopes: Vec<Scope>,
    /// How long one lives whose job does not end.
    pub ttl: Duration,
    /// The engine's role.
    pub role: RoleName,
    /// Where it is read.
    pub store: SecretRef,
    /// The file that declares it.
    pub file: String,
}

impl EngineRole {
    /// Where the engine is mounted.
    pub fn mount(&self) -> &str {
        &self.store.path.mount
    }

    /// Where the engine keeps the role.
    pub fn api_path(&self) -> String {
        format!("{}/roles/{}", self.mount(), self.role)
    }

    /// Whether a token of its owner is called as those that it has made: after a job by lockbox, with eight hexadecimal digits by the
    /// public engine.
    pub fn calls(&self, name: &str) -> bool {
        let prefix = format!("{}-", self.role);
        let Some(rest) = name.strip_prefix(&prefix) else { return false };
        let is_random = rest.len() == 8 && rest.bytes().all(|byte| byte.is_ascii_hexdigit());
        let is_job = rest.rsplit_once('-').is_some_and(|(project, job)| {
            let is_number = !job.is_empty() && job.bytes().all(|byte| byte.is_ascii_digit());
            is_number && project.contains('/') && project.parse::<FullPath>().is_ok()
        });
        is_random || is_job
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn its_tokens_are_known_by_their_names() {
        let role = EngineRole {
            name: "ci-read".parse().unwrap(),
            owner: Owner::Group("a".parse().unwrap()),
            within: "a".parse().unwrap(),
            level: AccessLevel::Reporter,
            scopes: Vec::new(),
            ttl: Duration::from_secs(3600),
            role: "ci".parse().unwrap(),
            store: "token/ci/token@gitlab".parse().unwrap(),
            file: String::new(),
        };
        for name in ["ci-a/b-12", "ci-a/b-c/d-1", "ci-0123abcd"] {
            assert!(role.calls(name), "{name}");
        }
        for name in
            ["ci", "ci-read", "ci-a/b", "ci-a/b-", "ci-a/b-x", "ci-12", "ci-a-12", "cia/b-12", "ci-0123abcg"]
        {
            assert!(!role.calls(name), "{name}");
        }
    }
}
