use serde::Deserialize;
use serde_json::{Map, Value};

use super::{
    Engine, Error, SecretPath, SecretRef, Session, Values,
    answer::{not_a_vault, one_line, parse, plain, words},
    nodes::{Repeat, Request},
};
use crate::{
    http::{Answer, Method},
    secret::{BuildToken, End, Lease, LeaseId},
};

/// All fields of one secret.
pub struct Fields {
    path: SecretPath,
    fields: Values,
    kept: Kept,
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
            200 => self.accept(path, &answer),
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

    fn accept(&self, path: &SecretPath, answer: &Answer) -> Result<Lease<Fields>, Error> {
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
        let end = if lease_id.is_empty() {
            End::Stored
        } else {
            let until = self.clock.after(lease_duration);
            End::Leased { id: LeaseId(lease_id), until, renewable }
        };
        Ok(Lease::new(
            Fields { path: path.clone(), fields: Values(fields), kept: kept.unwrap_or_default() },
            end,
        ))
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
        let api_path = format!("sys/internal/ui/mounts/{}", path.mount);
        let request = Request {
            method: Method::Get,
            path: &api_path,
            query: None,
            token: Some(&self.token),
            body: None,
            repeat: Repeat::Freely,
            secret_in_body: None,
        };
        let answer = self.nodes.send(&request).await.ok()?;
        let MountAnswer { data } = parse(&answer).ok()?;
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
