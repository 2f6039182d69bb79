use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use serde_json::json;

use super::{
    Error, SecretPath, SecretRef, Session, Values,
    answer::{not_a_vault, parse, words},
    body::json_body,
    nodes::{Repeat, Request},
};
use crate::{http::Method, secret::BuildToken};

/// What a KV store of version 2 knows of a secret without its value.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct KvState {
    /// The newest version; 0 where there never was one.
    pub version: u64,
    /// Whether that version can be read: it was neither deleted nor destroyed.
    pub readable: bool,
    /// All versions that can be read.
    kept: Vec<u64>,
    /// What was written beside it.
    pub custom: BTreeMap<String, String>,
}

/// How a write that must follow a certain version came out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Written {
    /// It is this version now.
    Version(u64),
    /// Somebody else has written since; nothing was changed.
    Overtaken,
}

/// What came of taking a field out of a secret.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Taken {
    /// It was there, in some version, and no version that can be read has it.
    Field,
    /// No version had it.
    Nothing,
    /// Somebody else has written since; nothing was changed.
    Overtaken,
}

/// A secret as it was at a version, to be written again with one field changed.
#[derive(Debug)]
pub struct SecretAt {
    path: SecretPath,
    after: u64,
    values: Values,
}

impl SecretAt {
    /// The value of a field; none where it is not there.
    pub fn value(&self, field: &str) -> Option<BuildToken> {
        self.values.text(field).map(|text| BuildToken::new(text.to_owned()))
    }
}

#[derive(Deserialize)]
struct Metadata {
    #[serde(default)]
    current_version: u64,
    #[serde(default)]
    custom_metadata: Option<BTreeMap<String, String>>,
    #[serde(default)]
    versions: BTreeMap<String, Version>,
}

#[derive(Deserialize)]
struct Version {
    #[serde(default)]
    deletion_time: String,
    #[serde(default)]
    destroyed: bool,
}

#[derive(Deserialize)]
struct Data {
    #[serde(default)]
    data: Option<Values>,
    metadata: DataMetadata,
}

#[derive(Serialize)]
struct Put<'a> {
    options: Options,
    data: &'a Values,
}

#[derive(Serialize)]
struct Options {
    cas: u64,
}

#[derive(Deserialize)]
struct DataMetadata {
    version: u64,
}

#[derive(Deserialize)]
struct WrittenAnswer {
    data: DataMetadata,
}

/// Vault's words for a path below no mount.
const NO_MOUNT: &str = "no handler for route";

/// Vault's words for a write that does not follow the version that it names.
const NOT_THAT_VERSION: &str = "check-and-set parameter did not match";

impl Session {
    /// What is known of a secret without its value; nothing where it, or its mount, is not there.
    ///
    /// # Errors
    /// When the vault refuses or does not answer.
    pub async fn kv_state(&self, path: &SecretPath) -> Result<KvState, Error> {
        let found: Option<Metadata> = self.look(&path.metadata_path()).await?;
        let Some(data) = found else { return Ok(KvState::default()) };
        let readable =
            data.versions.iter().filter(|(_, each)| each.deletion_time.is_empty() && !each.destroyed);
        let kept: Vec<u64> = readable.filter_map(|(number, _)| number.parse().ok()).collect();
        let version = data.current_version;
        Ok(KvState {
            version,
            readable: kept.contains(&version),
            kept,
            custom: data.custom_metadata.unwrap_or_default(),
        })
    }

    /// All of a secret, for a write that follows the version `after`.
    ///
    /// # Errors
    /// When the vault refuses or does not answer.
    pub async fn secret_at(&self, path: &SecretPath, after: u64) -> Result<SecretAt, Error> {
        Ok(SecretAt { path: path.clone(), after, values: self.fields_now(path, after).await? })
    }

    /// Gives one field of a secret a new value, and leaves its others as they are. The write follows the version that was read, or does nothing.
    ///
    /// # Errors
    /// When the vault refuses it, and nothing was written; or does not answer, and nobody knows.
    pub async fn put_field(
        &self,
        mut secret: SecretAt,
        field: &str,
        value: &BuildToken,
    ) -> Result<Written, Error> {
        secret.values.put(field, value.expose().to_owned());
        match self.put_after(&secret.path, &secret.values, secret.after).await? {
            Written::Overtaken => self.is_it_ours(&secret.path, field, value).await,
            written => Ok(written),
        }
    }

    /// The value of a field as it is now; none where it is not there.
    ///
    /// # Errors
    /// When the vault refuses or does not answer.
    pub async fn field_now(&self, of: &SecretRef) -> Result<Option<BuildToken>, Error> {
        let found: Option<Data> = self.look(&of.path.api_path()).await?;
        let values = found.and_then(|data| data.data).unwrap_or_default();
        Ok(values.text(&of.field).map(|text| BuildToken::new(text.to_owned())))
    }

    /// Takes one field out of a secret, and leaves its others as they are. Versions that had it are deleted, for they are read by their
    /// numbers, and one that has no other field too. The write follows the version of `state`, or does nothing; done again, it deletes what
    /// was left over.
    ///
    /// # Errors
    /// When the vault refuses or does not answer.
    pub async fn take_field(&self, from: &SecretRef, state: &KvState) -> Result<Taken, Error> {
        let mut values = self.fields_now(&from.path, state.version).await?;
        let mut now = state.version;
        if values.remove(&from.field) {
            match self.put_after(&from.path, &values, now).await? {
                Written::Version(written) => now = written,
                Written::Overtaken => {
                    now = self.kv_state(&from.path).await?.version;
                    values = self.fields_now(&from.path, now).await?;
                    // Where it is gone, the write was our own, and its answer was lost.
                    if values.has(&from.field) {
                        return Ok(Taken::Overtaken);
                    }
                }
            }
        }
        let had_it = self.versions_with(from, &state.kept).await?;
        let taken = if had_it.is_empty() { Taken::Nothing } else { Taken::Field };
        let is_empty = (values.is_empty() && now > 0 && !had_it.contains(&now)).then_some(now);
        // These versions alone: somebody may have written another meanwhile.
        let over: Vec<u64> = had_it.into_iter().chain(is_empty).collect();
        if !over.is_empty() {
            self.set(&from.path.deletion_path(), &json!({ "versions": over })).await?;
        }
        Ok(taken)
    }

    /// Those of a secret's versions that have a field.
    async fn versions_with(&self, of: &SecretRef, versions: &[u64]) -> Result<Vec<u64>, Error> {
        let mut found = Vec::new();
        for version in versions {
            let data: Option<Data> = self.look_at(&of.path.api_path(), ("version", *version)).await?;
            if data.and_then(|data| data.data).is_some_and(|values| values.has(&of.field)) {
                found.push(*version);
            }
        }
        Ok(found)
    }

    /// Writes a secret again as it is, so that whoever still wants to follow the version `after` comes too late.
    ///
    /// # Errors
    /// When the vault refuses or does not answer.
    pub async fn put_again(&self, path: &SecretPath, after: u64) -> Result<Written, Error> {
        let fields = self.fields_now(path, after).await?;
        self.put_after(path, &fields, after).await
    }

    /// Gives a secret a version that follows the version `after`, or does nothing.
    ///
    /// # Errors
    /// When the vault refuses or does not answer.
    pub async fn put_after(&self, path: &SecretPath, data: &Values, after: u64) -> Result<Written, Error> {
        let api_path = path.api_path();
        let put = Put { options: Options { cas: after }, data };
        let request = Request {
            method: Method::Post,
            path: &api_path,
            query: None,
            token: Some(&self.token),
            body: Some(json_body(&put)),
            repeat: Repeat::Freely,
            secret_in_body: None,
        };
        let answer = self.nodes.send_again(&request).await?;
        if answer.status == 200 {
            let WrittenAnswer { data } = parse(&answer)?;
            return Ok(Written::Version(data.version));
        }
        let Some(words) = words(&answer) else { return Err(not_a_vault(&answer)) };
        if answer.status == 400 && words.iter().any(|text| text.contains(NOT_THAT_VERSION)) {
            return Ok(Written::Overtaken);
        }
        Err(self.refusal(&answer, &format!("POST {api_path}"), &data.texts()))
    }

    /// Writes what stands beside a secret, whole.
    ///
    /// # Errors
    /// When the vault refuses or does not answer.
    pub async fn put_custom(
        &self,
        path: &SecretPath,
        custom: &BTreeMap<String, String>,
    ) -> Result<(), Error> {
        self.set(&path.metadata_path(), &json!({ "custom_metadata": custom })).await
    }

    /// Whether anything is mounted where an API path leads to.
    ///
    /// # Errors
    /// When the vault does not answer.
    pub async fn leads_somewhere(&self, path: &str) -> Result<bool, Error> {
        let (token, repeat) = (Some(&self.token), Repeat::Freely);
        let request = Request {
            method: Method::Get,
            path,
            query: None,
            token,
            body: None,
            repeat,
            secret_in_body: None,
        };
        let answer = self.nodes.send_again(&request).await?;
        let words = words(&answer).ok_or_else(|| not_a_vault(&answer))?;
        Ok(!words.iter().any(|text| text.contains(NO_MOUNT)))
    }

    /// The first try may have been written and its answer lost on the way.
    async fn is_it_ours(&self, path: &SecretPath, field: &str, value: &BuildToken) -> Result<Written, Error> {
        let found: Option<Data> = self.look(&path.api_path()).await?;
        let Some(data) = found else { return Ok(Written::Overtaken) };
        let fields = data.data.unwrap_or_default();
        let ours = fields.text(field) == Some(value.expose());
        Ok(if ours { Written::Version(data.metadata.version) } else { Written::Overtaken })
    }

    async fn fields_now(&self, path: &SecretPath, version: u64) -> Result<Values, Error> {
        if version == 0 {
            return Ok(Values::default());
        }
        let found: Option<Data> = self.look(&path.api_path()).await?;
        Ok(found.and_then(|data| data.data).unwrap_or_default())
    }
}
