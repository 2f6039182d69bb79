use std::{cell::Cell, collections::BTreeMap};

use serde::Deserialize;
use serde_json::{Map, Value, json};

use super::{
    Exporter, Fate,
    exporter::{Found, Thing, differing, without},
    history::{Content, History, Place},
    kv_v1::names,
    mounts::Engine,
};
use crate::vault::{self, Error, SecretPath, Session, Values, Written};

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
    data: Option<Values>,
}

/// What is done to one secret of the other vault.
struct Work<'a> {
    path: SecretPath,
    place: Place<'a>,
    /// What is to be said beside the versions, where it is not said yet.
    settings: Option<&'a Map<String, Value>>,
    found: Found,
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
            let Some(here) = history(self.from, engine, &name).await? else { continue };
            let there = if engine.is_there { history(self.to, engine, &name).await? } else { None };
            self.settle_secret(engine, &name, (here, there)).await?;
        }
        Ok(())
    }

    async fn settle_secret(
        &mut self,
        engine: &Engine,
        name: &str,
        (here, there): (History, Option<History>),
    ) -> Result<(), Error> {
        let place = there.as_ref().map_or_else(|| here.alone(), |there| here.place_in(there));
        let is_told = there.as_ref().is_some_and(|there| here.is_told_as(there));
        let found = match there {
            None => Found::Nothing,
            Some(_) if place.is_whole && is_told => Found::Same,
            // A run that was cut off goes on where it was.
            Some(_) if !place.is_behind() && is_told => Found::Older,
            Some(_) => Found::Other,
        };
        let described = match self.allowed(found) {
            Err(Fate::Differs) => here.alone().described(),
            Ok(Fate::Extended) | Err(Fate::ToExtend) => {
                format!("{}; {} of them were there", place.described(), place.written)
            }
            _ => place.described(),
        };
        let path = path_of(engine, name);
        let settings = (!is_told).then_some(&here.settings);
        let written = Cell::new(place.written);
        let work = Work { path, place, settings, found };
        let (fate, mut detail) = self.attempt(found, described, self.carry_out(&work, &written)).await?;
        if fate == Fate::Refused && written.get() > 0 {
            detail.push_str(&format!(
                "; {} of {} versions are there",
                written.get(),
                work.place.versions.len()
            ));
        }
        self.tell("secret", format!("{}{name}", engine.path), (fate, detail));
        Ok(())
    }

    /// Writes versions behind those that are there: nothing has to go before something new has come.
    async fn carry_out(&self, work: &Work<'_>, written: &Cell<usize>) -> Result<(), Error> {
        let Work { path, place, settings, found } = work;
        let at = |part: &str| format!("{}/{part}/{}", path.mount, path.path);
        if *found == Found::Other {
            self.may_write([at("metadata"), at("data"), at("destroy")]).await?;
        }
        if let Some(settings) = settings {
            self.to.set(&at("metadata"), settings).await?;
        }
        let nothing = Values::default();
        for (content, after) in place.versions.iter().zip(place.after..).skip(written.get()) {
            let data = match content {
                Content::Data(data) => data,
                Content::Gone => &nothing,
            };
            self.put(path, data, after).await?;
            written.set(written.get() + 1);
        }
        let gone = place.gone();
        if gone.is_empty() {
            return Ok(());
        }
        self.to.set(&at("destroy"), &json!({ "versions": gone })).await
    }

    /// What could only be done in part is not begun.
    async fn may_write(&self, paths: [String; 3]) -> Result<(), Error> {
        match self.to.lacks(&paths).await? {
            None => Ok(()),
            Some(path) => Err(Error::Refused {
                asked: format!("POST {path}"),
                status: 403,
                text: format!("the token may not update `{path}`; nothing was changed"),
            }),
        }
    }

    /// Nobody else writes in between, or it is refused. The first try may have been written and its answer lost on the way.
    async fn put(&self, path: &SecretPath, data: &Values, after: u64) -> Result<(), Error> {
        if let Written::Version(_) = self.to.put_after(path, data, after).await? {
            return Ok(());
        }
        let there: Option<Read> = self.to.look_at(&path.api_path(), ("version", after + 1)).await?;
        match there.and_then(|there| there.data) {
            Some(there) if there.is_same_as(data) => Ok(()),
            _ => Err(Error::Refused {
                asked: format!("POST {}", path.api_path()),
                status: 400,
                text: "somebody else has written it meanwhile".to_owned(),
            }),
        }
    }
}

fn path_of(engine: &Engine, name: &str) -> SecretPath {
    let mount = engine.path.trim_end_matches('/').to_owned();
    SecretPath { engine: vault::Engine::KvV2, mount, path: name.to_owned() }
}

async fn history(vault: &Session, engine: &Engine, name: &str) -> Result<Option<History>, Error> {
    let path = path_of(engine, name).api_path();
    let metadata = vault.look(&format!("{}metadata/{name}", engine.path)).await?;
    let Some(Metadata { current_version, versions, settings }) = metadata else { return Ok(None) };
    let oldest = versions.keys().next().copied().unwrap_or(1);
    let first = if oldest > MOST_LET_GO { oldest } else { 1 };
    let mut contents = Vec::new();
    for number in first..=current_version {
        let is_kept = versions.get(&number).is_some_and(|version| !version.destroyed);
        let read: Option<Read> =
            if is_kept { vault.look_at(&path, ("version", number)).await? } else { None };
        contents.push(read.and_then(|read| read.data).map_or(Content::Gone, Content::Data));
    }
    let settings =
        SETTINGS.iter().filter_map(|name| Some(((*name).to_owned(), settings.get(*name)?.clone())));
    Ok(Some(History { settings: without(settings.collect(), &[]), first, versions: contents }))
}

fn nothing_said() -> Map<String, Value> {
    Map::from_iter([("delete_version_after".to_owned(), json!("0s"))])
}

/// For so many versions that are no longer there their numbers are kept.
const MOST_LET_GO: u64 = 1000;

/// What is said of a secret beside its versions.
const SETTINGS: [&str; 5] =
    ["cas_required", "custom_metadata", "delete_version_after", "max_versions", "metadata_cas_required"];
