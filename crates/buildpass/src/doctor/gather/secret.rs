use serde::Deserialize;
use serde_json::Value;

use crate::{
    http::Method,
    run::Wanted,
    secret::{BuildToken, SecretName},
    vault::{self, Engine, Kept, SecretPath, SecretRef, Session},
};

/// One secret of the job, as far as it can be looked at without making one.
#[derive(Debug)]
pub struct SecretSeen {
    /// Its name.
    pub name: SecretName,
    /// Where it stands.
    pub from: SecretRef,
    /// The engine at its mount, and the version of a KV store; `None` where the session may not see the mount.
    pub mount: Option<Mount>,
    /// What reading it came to; `None` where a read would make a new secret, or might.
    pub read: Option<Result<SecretRead, vault::Error>>,
    /// Names near its path that the session may list, as paths of the mount; only looked for where it cannot be read.
    pub neighbours: Vec<String>,
}

/// What stands at a mount.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mount {
    /// The engine's type.
    pub engine: String,
    /// Of a KV store, its version.
    pub version: Option<String>,
}

/// A secret that was read.
#[derive(Debug)]
pub struct SecretRead {
    /// The field's value, or the fields that are there instead.
    pub value: Result<BuildToken, vault::Error>,
    /// What the store keeps beside it.
    pub kept: Kept,
}

#[derive(Deserialize)]
struct MountAnswer {
    data: RawMount,
}

#[derive(Deserialize)]
struct RawMount {
    #[serde(rename = "type")]
    engine: String,
    #[serde(default)]
    options: Option<Options>,
}

#[derive(Deserialize)]
struct Options {
    version: Option<String>,
}

#[derive(Deserialize)]
struct Listed {
    data: Keys,
}

#[derive(Deserialize)]
struct Keys {
    keys: Vec<String>,
}

/// Engines whose read gives what is stored, and makes nothing.
const STORES: [&str; 3] = ["kv", "generic", "cubbyhole"];

impl SecretSeen {
    pub(super) async fn look(session: &Session, wanted: &Wanted) -> Self {
        let path = &wanted.from.path;
        let mount = Mount::look(session, &path.mount).await;
        let mut seen = Self {
            name: wanted.name.clone(),
            from: wanted.from.clone(),
            mount,
            read: None,
            neighbours: Vec::new(),
        };
        if !seen.makes_nothing() {
            return seen;
        }
        let read = session.read_fields(path).await;
        if read.is_err() {
            seen.neighbours = neighbours(session, path).await;
        }
        seen.read = Some(read.map(|lease| {
            let fields = lease.value();
            SecretRead { value: fields.field(&wanted.from.field), kept: fields.kept().clone() }
        }));
        seen
    }

    /// Whether a read makes nothing, as far as is known: a mount that the session may not see refuses the read anyway.
    fn makes_nothing(&self) -> bool {
        match (&self.mount, self.from.path.engine) {
            (Some(mount), _) => STORES.contains(&mount.engine.as_str()),
            (None, Engine::KvV2) => true,
            (None, Engine::KvV1 | Engine::Generic) => false,
        }
    }
}

impl Mount {
    async fn look(session: &Session, mount: &str) -> Option<Self> {
        let path = format!("sys/internal/ui/mounts/{mount}");
        let answer = session.answer_to(Method::Get, &path, &Value::Null).await.ok()?;
        let MountAnswer { data } = serde_json::from_slice(&answer.body).ok()?;
        let version = data.options.and_then(|options| options.version);
        Some(Self { engine: data.engine, version })
    }
}

/// What the session may list, from the secret's own folder upwards: the first folder that it may is enough.
async fn neighbours(session: &Session, path: &SecretPath) -> Vec<String> {
    let mut folder = path.path.as_str();
    loop {
        folder = folder.rsplit_once('/').map_or("", |(parent, _)| parent);
        let below = if folder.is_empty() { String::new() } else { format!("{folder}/") };
        let listed = match path.engine {
            Engine::KvV2 => format!("{}/metadata/{below}", path.mount),
            Engine::KvV1 | Engine::Generic => format!("{}/{below}", path.mount),
        };
        if let Ok(answer) = session.answer_to(Method::List, &listed, &Value::Null).await
            && let Ok(Listed { data }) = serde_json::from_slice(&answer.body)
        {
            return data.keys.into_iter().map(|name| format!("{below}{name}")).collect();
        }
        if folder.is_empty() {
            return Vec::new();
        }
    }
}
