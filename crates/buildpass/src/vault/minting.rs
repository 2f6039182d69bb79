use std::time::{Duration, SystemTime, UNIX_EPOCH};

use serde_json::{Map, Value};

use super::{Engine, SecretPath};
use crate::secret::{Bond, BuildToken, Minted, OwnEnd};

/// What the GitLab engine says of a token that it had made: <https://github.com/ilijamt/vault-plugin-secrets-gitlab>, and lockbox' own.
///
/// Its answer alone proves nothing, since anybody can store the same fields: see `Session::read_fields`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Minting {
    id: u64,
    until: Option<SystemTime>,
    own_end: OwnEnd,
}

/// Kinds of access tokens, in the engine's words; deploy and trigger tokens are none.
const ACCESS_TOKENS: [&str; 6] = [
    "personal",
    "project",
    "group",
    "user-service-account",
    "group-service-account",
    "project-service-account",
];

const VALUE: &str = "token";

/// Mounts whose read gives what is stored, and makes nothing.
pub(super) const STORES: [&str; 3] = ["kv", "generic", "cubbyhole"];

impl Minting {
    /// What an answer says, where its fields and its path are those of the engine.
    pub(super) fn of(path: &SecretPath, fields: &Map<String, Value>) -> Option<Self> {
        if !path.may_mint() {
            return None;
        }
        let text = |name: &str| fields.get(name)?.as_str().filter(|text| !text.is_empty());
        let role = path.path.split('/').nth(1)?;
        let is_of_engine = text("role_name") == Some(role) && text(VALUE).is_some();
        let kind = text("token_type").filter(|_| is_of_engine)?;
        let id = fields.get("token_id")?;
        let id = id.as_u64().or_else(|| id.as_str()?.parse().ok())?;
        // GitLab's own end, where the engine says it; else the vault's, after which GitLab's is the next midnight.
        let until = match text("gitlab_expires_at") {
            Some(said) => midnight_after(said),
            None => midnight_after(text("expires_at")?),
        };
        let is_access_token = ACCESS_TOKENS.contains(&kind);
        let own_end = if is_access_token { OwnEnd::Possible } else { OwnEnd::Impossible };
        Some(Self { id, until, own_end })
    }

    /// When GitLab ends it.
    pub(super) fn until(&self) -> Option<SystemTime> {
        self.until
    }

    /// With the value.
    pub(super) fn with(&self, fields: &Map<String, Value>, bond: Bond) -> Option<Minted> {
        let value = BuildToken::new(fields.get(VALUE)?.as_str()?.to_owned());
        Some(Minted { value, id: self.id, until: self.until, bond, own_end: self.own_end })
    }
}

impl SecretPath {
    /// Whether a read of it may have GitLab make a token: an engine's role is read at `token/ROLE`, and below it.
    pub fn may_mint(&self) -> bool {
        self.engine == Engine::Generic && self.path.starts_with("token/")
    }
}

/// The first 00:00 UTC that is not before a time: GitLab ends tokens then.
fn midnight_after(text: &str) -> Option<SystemTime> {
    const DAY: u64 = 24 * 60 * 60;
    let whole = if text.contains('T') { text.to_owned() } else { format!("{text}T00:00:00Z") };
    let time = humantime::parse_rfc3339(&whole).ok()?;
    let days = time.duration_since(UNIX_EPOCH).ok()?.as_secs().div_ceil(DAY);
    Some(UNIX_EPOCH + Duration::from_secs(days * DAY))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn path(engine: Engine, path: &str) -> SecretPath {
        SecretPath { engine, mount: "gitlab".to_owned(), path: path.to_owned() }
    }

    fn answer() -> Map<String, Value> {
        let answer = json!({
            "token": "glpat-made-up", "token_id": 7, "token_type": "group", "role_name": "ci", "name": "ci-1",
            "expires_at": "2026-12-01T10:00:00Z", "scopes": ["read_repository"],
        });
        answer.as_object().unwrap().clone()
    }

    fn without(name: &str) -> Map<String, Value> {
        let mut answer = answer();
        answer.remove(name);
        answer
    }

    #[test]
    fn an_answer_of_the_engine_is_known_by_its_path_and_all_of_its_fields() {
        for good in ["token/ci", "token/ci/a/b"] {
            assert!(Minting::of(&path(Engine::Generic, good), &answer()).is_some(), "{good}");
        }
        for bad in ["ci", "tokens/ci", "token/other", "a/token/ci", "token/"] {
            assert_eq!(Minting::of(&path(Engine::Generic, bad), &answer()), None, "{bad}");
        }
        for stored in [Engine::KvV1, Engine::KvV2] {
            assert_eq!(Minting::of(&path(stored, "token/ci"), &answer()), None, "{stored:?}");
        }
        for field in ["token", "token_id", "token_type", "role_name", "expires_at"] {
            assert_eq!(Minting::of(&path(Engine::Generic, "token/ci"), &without(field)), None, "{field}");
        }
    }

    #[test]
    fn its_end_is_that_of_gitlab() {
        let end = |more: Value| {
            let mut answer = answer();
            answer.extend(more.as_object().unwrap().clone());
            let until = Minting::of(&path(Engine::Generic, "token/ci"), &answer).unwrap().until();
            until.map(|until| humantime::format_rfc3339_seconds(until).to_string())
        };
        assert_eq!(end(json!({})).unwrap(), "2026-12-02T00:00:00Z");
        assert_eq!(end(json!({"expires_at": "2026-12-01T00:00:00Z"})).unwrap(), "2026-12-01T00:00:00Z");
        assert_eq!(end(json!({"gitlab_expires_at": "2026-12-04"})).unwrap(), "2026-12-04T00:00:00Z");
        assert_eq!(end(json!({"gitlab_expires_at": "soon"})), None);
    }

    #[test]
    fn a_deploy_token_cannot_end_itself() {
        let mut answer = answer();
        answer.insert("token_type".to_owned(), json!("project-deploy"));
        let minting = Minting::of(&path(Engine::Generic, "token/ci"), &answer).unwrap();
        assert_eq!(minting.own_end, OwnEnd::Impossible);
    }
}
