use std::collections::BTreeMap;

use serde::Deserialize;
use serde_json::{Map, Value, json};

use super::{
    Exporter,
    exporter::{Found, Thing, differing, refused, without},
    kv_v1::names,
    mounts::Engine,
};
use crate::vault::{Error, Session};

/// A secret with all of its versions, the oldest first.
struct Secret {
    settings: Map<String, Value>,
    versions: Vec<Content>,
    numbering: Numbering,
}

/// Whether a version has the number there that it has here.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Numbering {
    Kept,
    /// So many versions were let go that nobody would write them all to keep the numbers.
    Anew,
}

/// What a version holds.
#[derive(PartialEq)]
enum Content {
    Data(Map<String, Value>),
    /// Deleted, destroyed, or so old that it was let go: nobody can read it.
    Gone,
}

#[derive(Deserialize)]
struct Metadata {
    #[serde(default)]
    current_version: u64,
    #[serde(default)]
    versions: BTreeMap<u64, Version>,
    #[serde(flatten)]
    settings: Map<String, Value>,
}

#[derive(Deserialize)]
struct Version {
    #[serde(default)]
    destroyed: bool,
}

#[derive(Deserialize)]
struct Read {
    data: Option<Map<String, Value>>,
}

impl Exporter<'_> {
    /// An engine of version 2: its settings, and every secret.
    pub(super) async fn versioned_secrets(&mut self, engine: &Engine) -> Result<(), Error> {
        let path = format!("{}config", engine.path);
        if let Some(here) = self.from.look::<Map<String, Value>>(&path).await? {
            let there = if engine.is_there { self.to.look::<Map<String, Value>>(&path).await? } else { None };
            // An engine that nobody has told anything answers with settings that say nothing.
            let there = there.filter(|there| !differing(there, &nothing_said()).is_empty());
            let (here, name) = (without(here, &[]), path.clone());
            if !differing(&here, &nothing_said()).is_empty() {
                self.settle(Thing { what: "config", name, path, here, there }).await?;
            }
        }
        for name in names(self.from, &format!("{}metadata/", engine.path)).await? {
            let Some(here) = secret(self.from, engine, &name).await? else { continue };
            let there = if engine.is_there { secret(self.to, engine, &name).await? } else { None };
            self.settle_secret(engine, &name, (here, there)).await?;
        }
        Ok(())
    }

    async fn settle_secret(
        &mut self,
        engine: &Engine,
        name: &str,
        (here, there): (Secret, Option<Secret>),
    ) -> Result<(), Error> {
        let (found, written) = match &there {
            None => (Found::Nothing, 0),
            Some(there) if here.is_as(there) => (Found::Same, 0),
            // A run that was cut off goes on where it was.
            Some(there) if here.begins_as(there) => (Found::Nothing, there.versions.len()),
            Some(_) => (Found::Other, 0),
        };
        let outcome = match self.allowed(found) {
            Ok(fate) => match self.write_secret(engine, name, (&here, written, found)).await {
                Ok(()) => (fate, here.described()),
                Err(error) => refused(error)?,
            },
            Err(fate) => (fate, here.described()),
        };
        self.tell("secret", format!("{}{name}", engine.path), outcome);
        Ok(())
    }

    async fn write_secret(
        &self,
        engine: &Engine,
        name: &str,
        (secret, written, found): (&Secret, usize, Found),
    ) -> Result<(), Error> {
        let at = |part: &str| format!("{}{part}/{name}", engine.path);
        if found == Found::Other {
            self.to.remove(&at("metadata")).await?;
        }
        self.write(&at("metadata"), &Value::Object(secret.settings.clone())).await?;
        for (before, content) in secret.versions.iter().enumerate().skip(written) {
            let data = match content {
                Content::Data(data) => data.clone(),
                Content::Gone => Map::new(),
            };
            // Nobody else writes in between, or it is refused.
            self.write(&at("data"), &json!({ "data": data, "options": { "cas": before } })).await?;
        }
        let gone = secret.gone();
        if gone.is_empty() {
            return Ok(());
        }
        self.write(&at("destroy"), &json!({ "versions": gone })).await
    }
}

impl Secret {
    fn is_as(&self, other: &Self) -> bool {
        self.versions == other.versions && differing(&self.settings, &other.settings).is_empty()
    }

    fn begins_as(&self, other: &Self) -> bool {
        let written = |(here, there): (&Content, &Content)| {
            here == there || (*here == Content::Gone && *there == Content::Data(Map::new()))
        };
        other.versions.len() <= self.versions.len()
            && self.versions.iter().zip(&other.versions).all(written)
            && differing(&self.settings, &other.settings).is_empty()
    }

    /// The numbers of the versions that nobody can read.
    fn gone(&self) -> Vec<usize> {
        let numbered = self.versions.iter().enumerate();
        numbered.filter(|(_, content)| **content == Content::Gone).map(|(before, _)| before + 1).collect()
    }

    fn described(&self) -> String {
        let versions = match self.versions.len() {
            1 => "1 version".to_owned(),
            count => format!("{count} versions"),
        };
        let gone = match self.gone().len() {
            0 => String::new(),
            gone => format!(", of which {gone} cannot be read and are written as destroyed"),
        };
        let anew = if self.numbering == Numbering::Anew { ", numbered from 1" } else { "" };
        format!("{versions}{gone}{anew}")
    }
}

async fn secret(vault: &Session, engine: &Engine, name: &str) -> Result<Option<Secret>, Error> {
    let path = format!("{}metadata/{name}", engine.path);
    let Some(Metadata { current_version, versions, settings }) = vault.look(&path).await? else {
        return Ok(None);
    };
    let oldest = versions.keys().next().copied().unwrap_or(1);
    let (first, numbering) =
        if oldest > MOST_LET_GO { (oldest, Numbering::Anew) } else { (1, Numbering::Kept) };
    let mut contents = Vec::new();
    for number in first..=current_version {
        let is_kept = versions.get(&number).is_some_and(|version| !version.destroyed);
        let read = if is_kept {
            vault.look_at::<Read>(&format!("{}data/{name}", engine.path), ("version", number)).await?
        } else {
            None
        };
        contents.push(read.and_then(|read| read.data).map_or(Content::Gone, Content::Data));
    }
    let settings =
        SETTINGS.iter().filter_map(|name| Some(((*name).to_owned(), settings.get(*name)?.clone())));
    Ok(Some(Secret { settings: without(settings.collect(), &[]), versions: contents, numbering }))
}

fn nothing_said() -> Map<String, Value> {
    Map::from_iter([("delete_version_after".to_owned(), json!("0s"))])
}

/// For so many versions that are no longer there their numbers are kept.
const MOST_LET_GO: u64 = 1000;

/// What is said of a secret beside its versions.
const SETTINGS: [&str; 5] =
    ["cas_required", "custom_metadata", "delete_version_after", "max_versions", "metadata_cas_required"];
