use serde::Deserialize;
use serde_json::{Map, Value};

use super::{
    Engine, Error, SecretPath, SecretRef, Session, Values,
    answer::{not_a_vault, one_line, parse, plain, words},
    minting::{Minting, STORES},
    nodes::{Repeat, Request},
};
use crate::{
    http::{Answer, Method},
    secret::{Bond, BuildToken, End, Lease, LeaseId, Minted},
};

/// All fields of one secret.
pub struct Fields {
    path: SecretPath,
    fields: Values,
    kept: Kept,
    minting: Option<(Minting, Bond)>,
}

/// What a KV store of version 2 keeps beside a secret.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
pub struct Kept {
    /// The version that was read.
    pub version: Option<u64>,
    /// When it was written.
    pub created_time: Option<String>,
    /// What its owner wrote beside it.
    pub custom_metadata: Option<Map<String, Value>>,
}

#[derive(Deserialize)]
struct Read {
    #[serde(default)]
    lease_id: String,
    #[serde(default)]
    lease_duration: u64,
    #[serde(default)]
    renewable: bool,
    data: Option<Map<String, Value>>,
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

impl Session {
    /// Reads one secret.
    ///
    /// # Errors
    /// When it is not there, the session may not read it, or the vault does not answer.
    pub async fn read(&self, reference: &SecretRef) -> Result<Lease<BuildToken>, Error> {
        self.read_fields(&reference.path).await?.try_part(|fields| fields.field(&reference.field))
    }

    /// Reads all fields of a path with one request: an engine that makes a secret at each read makes one.
    ///
    /// # Errors
    /// When it is not there, the session may not read it, or the vault does not answer.
    pub async fn read_fields(&self, path: &SecretPath) -> Result<Lease<Fields>, Error> {
        let api_path = path.api_path();
        let repeat = match path.engine {
            Engine::KvV1 | Engine::KvV2 => Repeat::Freely,
            Engine::Generic => Repeat::WhenUnsent,
        };
        let request = Request {
            method: Method::Get,
            path: &api_path,
            query: None,
            token: Some(&self.token),
            body: None,
            repeat,
            secret_in_body: None,
        };
        let answer = self.nodes.send(&request).await?;
        match answer.status {
            200 => self.accept(path, &answer).await,
            403 => Err(self.refused(path, &answer).await),
            404 => Err(self.absent(path, &answer).await),
            status => {
                let Some(words) = words(&answer) else {
                    return Err(not_a_vault(&answer));
                };
                Err(Error::ReadFailed {
                    path: api_path,
                    status,
                    text: one_line(&words, &[self.token.expose()]),
                })
            }
        }
    }

    async fn accept(&self, path: &SecretPath, answer: &Answer) -> Result<Lease<Fields>, Error> {
        let Read { lease_id, lease_duration, renewable, data } = parse(answer)?;
        let absent = |explained: &str| Error::NoSecret {
            path: path.api_path(),
            explained: Some(explained.to_owned()),
        };
        let mut data = data.ok_or_else(|| absent(""))?;
        let kept = data.get("metadata").and_then(|kept| serde_json::from_value(kept.clone()).ok());
        let fields = match path.engine {
            Engine::KvV1 | Engine::Generic => data,
            Engine::KvV2 => match data.remove("data") {
                Some(Value::Object(fields)) => fields,
                Some(Value::Null) => return Err(absent(": its newest version is empty")),
                _ => return Err(absent(": the mount is not a KV store of version 2")),
            },
        };
        let fields = Values(fields);
        let minting = Minting::of(path, &fields.0);
        let (end, minting) = if !lease_id.is_empty() {
            let until = self.clock.after(lease_duration);
            // No store gives leases.
            let leased = End::Leased { id: LeaseId(lease_id), until, renewable };
            (leased, minting.map(|minting| (minting, Bond::Lease)))
        } else if let Some(minting) = minting
            && self.makes_what_it_answers(&path.mount).await
        {
            (End::Unbound { until: minting.until() }, Some((minting, Bond::Nothing)))
        } else {
            (End::Stored, None)
        };
        Ok(Lease::new(Fields { path: path.clone(), fields, kept: kept.unwrap_or_default(), minting }, end))
    }

    /// Whether a mount is known to be no store: anybody can store what looks as if it had been made.
    async fn makes_what_it_answers(&self, mount: &str) -> bool {
        let mount = self.mount_at(mount).await;
        mount.is_some_and(|mount| !STORES.contains(&mount.kind.as_str()))
    }

    async fn refused(&self, path: &SecretPath, answer: &Answer) -> Error {
        let Some(words) = words(answer) else {
            return not_a_vault(answer);
        };
        let text = one_line(&words, &[self.token.expose()]);
        let explained = match text.as_str() {
            "permission denied" => Vec::new(),
            _ => self.other_version(path).await.into_iter().collect(),
        };
        Error::ReadRefused { path: path.api_path(), text, explained }
    }

    async fn absent(&self, path: &SecretPath, answer: &Answer) -> Error {
        if let Ok(Read { data: Some(data), .. }) = parse::<Read>(answer)
            && let Some(how) = gone(&data)
        {
            return Error::VersionGone { path: path.api_path(), how };
        }
        let Some(words) = words(answer) else {
            return not_a_vault(answer);
        };
        let explained = match self.other_version(path).await {
            Some(explained) => Some(format!(": {explained}")),
            None if words.is_empty() => None,
            None => Some(format!(": {}", one_line(&words, &[self.token.expose()]))),
        };
        Error::NoSecret { path: path.api_path(), explained }
    }

    /// Says so when the mount is a KV store of the other version. Only asked after a refusal.
    async fn other_version(&self, path: &SecretPath) -> Option<String> {
        let data = self.mount_at(&path.mount).await?;
        let version =
            data.options.as_ref().and_then(|options| options.get("version")?.as_str()).unwrap_or("1");
        let mount = &path.mount;
        match (data.kind.as_str(), version, path.engine) {
            ("kv", "2", Engine::KvV1) => {
                Some(format!("`{mount}` is a KV store of version 2, read with the engine `kv-v2`"))
            }
            ("kv", "1", Engine::KvV2) => {
                Some(format!("`{mount}` is a KV store of version 1, read with the engine `kv-v1`"))
            }
            ("kv", _, _) => None,
            (kind, _, Engine::KvV1 | Engine::KvV2) => Some(format!(
                "`{mount}` is no KV store but the engine `{kind}`, read with the engine `generic`"
            )),
            _ => None,
        }
    }

    /// What stands at a mount; nothing where the session may read nothing below it.
    async fn mount_at(&self, mount: &str) -> Option<Mount> {
        let request = Request {
            method: Method::Get,
            path: &format!("sys/internal/ui/mounts/{mount}"),
            query: None,
            token: Some(&self.token),
            body: None,
            repeat: Repeat::Freely,
            secret_in_body: None,
        };
        let answer = self.nodes.send(&request).await.ok()?;
        parse(&answer).ok().map(|MountAnswer { data }| data)
    }
}

fn gone(data: &Map<String, Value>) -> Option<String> {
    let metadata = data.get("metadata")?;
    if metadata.get("destroyed") == Some(&Value::Bool(true)) {
        return Some("destroyed".to_owned());
    }
    match metadata.get("deletion_time")?.as_str()? {
        "" => None,
        time => Some(format!("deleted at {time}")),
    }
}

impl Fields {
    /// What the store keeps beside them.
    pub fn kept(&self) -> &Kept {
        &self.kept
    }

    /// What is to be ended with the job beside the session, where this is such an answer.
    pub fn minted(&self) -> Option<Minted> {
        let (minting, bond) = self.minting.as_ref()?;
        minting.with(&self.fields.0, *bond)
    }

    /// One field; numbers, booleans, lists and objects are given as JSON.
    ///
    /// # Errors
    /// When there is no such field, or it is null.
    pub fn field(&self, name: &str) -> Result<BuildToken, Error> {
        match self.fields.0.get(name) {
            Some(Value::String(text)) => Ok(BuildToken::new(text.clone())),
            Some(Value::Null) | None => Err(Error::NoField {
                path: self.path.clone(),
                field: name.to_owned(),
                there: self
                    .fields
                    .0
                    .iter()
                    .filter(|(_, value)| !value.is_null())
                    .map(|(name, _)| plain(name))
                    .collect(),
            }),
            Some(other) => Ok(BuildToken::new(other.to_string())),
        }
    }
}

impl std::fmt::Debug for Fields {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Fields").field("path", &self.path).finish_non_exhaustive()
    }
}
