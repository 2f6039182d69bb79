use serde::Deserialize;
use serde_json::{Map, Value};

use crate::{
    access::{Error, Note, gitlab::TokenView},
    vault::{Found, KvState, Session},
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

    /// Whether the note speaks of the version that is there.
    pub fn is_as_noted(&self) -> bool {
        self.state.readable && self.note.as_ref().is_some_and(|note| note.version == self.state.version)
    }
}

#[derive(Deserialize)]
struct MountAnswer {
    data: Mount,
}

#[derive(Deserialize)]
struct Mount {
    #[serde(rename = "type")]
    kind: String,
    #[serde(default)]
    options: Option<Map<String, Value>>,
}

pub(super) async fn kv_mount(session: &Session, mount: &str) -> Result<KvMount, Error> {
    let found: Found<MountAnswer> = session.look(&format!("sys/mounts/{mount}")).await?;
    let Found::There(MountAnswer { data }) = found else { return Ok(KvMount::Absent) };
    let version = data.options.as_ref().and_then(|options| options.get("version")?.as_str()).unwrap_or("1");
    Ok(match (data.kind.as_str(), version) {
        ("kv", "2") => KvMount::Versioned,
        ("kv", version) => KvMount::Other(format!("a KV store of version {version}")),
        (kind, _) => KvMount::Other(format!("the engine `{kind}`")),
    })
}

#[derive(Deserialize)]
struct RoleAnswer {
    data: Map<String, Value>,
}

pub(super) async fn role(
    session: &Session,
    mount: &str,
    name: &str,
) -> Result<Option<Map<String, Value>>, Error> {
    let found: Found<RoleAnswer> = session.look(&format!("auth/{mount}/role/{name}")).await?;
    Ok(found.there().map(|answer| answer.data))
}

#[derive(Deserialize)]
struct PolicyAnswer {
    data: Policy,
}

#[derive(Deserialize)]
struct Policy {
    policy: String,
}

pub(super) async fn policy(session: &Session, name: &str) -> Result<Option<String>, Error> {
    let found: Found<PolicyAnswer> = session.look(&format!("sys/policies/acl/{name}")).await?;
    Ok(found.there().map(|answer| answer.data.policy))
}

#[derive(Deserialize)]
struct KeysAnswer {
    data: Keys,
}

#[derive(Deserialize)]
struct Keys {
    #[serde(default)]
    keys: Vec<String>,
}

/// The names of all policies.
pub(super) async fn policies(session: &Session) -> Result<Vec<String>, Error> {
    let found: Found<KeysAnswer> = session.list("sys/policies/acl").await?;
    Ok(found.there().map(|answer| answer.data.keys).unwrap_or_default())
}
