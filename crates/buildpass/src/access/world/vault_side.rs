use serde::Deserialize;
use serde_json::{Map, Value};

use crate::{
    access::{Declaration, Error, Note, Owner, gitlab::TokenView},
    vault::{self, Engine, KvState, SecretPath, Session},
};

/// The secret of a declared token.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Stored {
    /// What the vault knows without its value.
    pub state: KvState,
    /// What buildpass wrote beside it.
    pub note: Option<Note>,
    /// What the value is, where the note does not say.
    pub held: Held,
}

/// What a stored value is, as GitLab says.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Held {
    /// The note says it.
    #[default]
    AsNoted,
    /// A living token.
    Token(TokenView),
    /// A living token that may not say which it is.
    Hidden,
    /// No living token.
    NoToken,
}

/// Where secrets are kept.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum KvMount {
    /// Nothing is mounted there.
    Absent,
    /// A KV store of version 2.
    Versioned,
    /// Something else.
    Other(String),
}

/// A policy that this declaration made and does not want any more.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Leftover {
    /// The policy.
    pub policy: String,
    /// Its role, where it is there and uses the policy.
    pub role: Option<String>,
}

impl Stored {
    /// Reads the state of a secret, and its note.
    pub(super) fn of(state: KvState) -> Self {
        let note = Note::read(&state.custom);
        Self { state, note, held: Held::AsNoted }
    }

    /// Whether the note speaks of this field, and of the version that is there.
    pub fn is_as_noted(&self, field: &str) -> bool {
        let fits = |note: &Note| note.version == self.state.version && note.field.as_deref() == Some(field);
        self.state.readable && self.note.as_ref().is_some_and(fits)
    }
}

#[derive(Deserialize)]
struct Mount {
    #[serde(rename = "type")]
    kind: String,
    #[serde(default)]
    options: Option<Map<String, Value>>,
}

/// The vault's words for a path where nothing is mounted.
pub(super) const NO_MOUNT: &str = "No secret engine mount at";

pub(super) async fn kv_mount(session: &Session, mount: &str) -> Result<KvMount, Error> {
    let found: Option<Mount> = match session.look(&format!("sys/mounts/{mount}")).await {
        Err(vault::Error::Refused { status: 400, text, .. }) if text.contains(NO_MOUNT) => None,
        found => found?,
    };
    let Some(Mount { kind, options }) = found else { return Ok(KvMount::Absent) };
    let version = options.as_ref().and_then(|options| options.get("version")?.as_str()).unwrap_or("1");
    Ok(match (kind.as_str(), version) {
        ("kv", "2") => KvMount::Versioned,
        ("kv", version) => KvMount::Other(format!("a KV store of version {version}")),
        (kind, _) => KvMount::Other(format!("the engine `{kind}`")),
    })
}

pub(super) async fn role(
    session: &Session,
    mount: &str,
    name: &str,
) -> Result<Option<Map<String, Value>>, Error> {
    Ok(session.look(&format!("auth/{mount}/role/{name}")).await?)
}

/// Whose token this declaration stored at a path that was granted once. The path may be none of ours, and not for us to look at.
pub(super) async fn owner_noted(
    session: &Session,
    api_path: &str,
    declaration: &Declaration,
) -> Result<Option<Owner>, Error> {
    let Some((mount, path)) = api_path.split_once("/data/") else { return Ok(None) };
    let path = SecretPath { engine: Engine::KvV2, mount: mount.to_owned(), path: path.to_owned() };
    let custom = match session.kv_state(&path).await {
        Ok(state) => state.custom,
        Err(vault::Error::Refused { status: 400..=499, .. }) => return Ok(None),
        Err(error) => return Err(error.into()),
    };
    let note = Note::read(&custom).filter(|note| note.declaration == declaration.name);
    Ok(note.and_then(|note| note.owner()))
}

#[derive(Deserialize)]
struct Policy {
    policy: String,
}

pub(super) async fn policy(session: &Session, name: &str) -> Result<Option<String>, Error> {
    let found: Option<Policy> = session.look(&format!("sys/policies/acl/{name}")).await?;
    Ok(found.map(|found| found.policy))
}
