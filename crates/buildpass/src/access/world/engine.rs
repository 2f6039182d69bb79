use std::collections::{BTreeMap, BTreeSet};

use serde::Deserialize;
use serde_json::{Map, Value, json};

use super::gather::each;
use crate::{
    access::{Declaration, Error, wanted::CONFIG},
    vault::{self, Session},
};

/// The engines that mint, as far as the declaration is about them.
#[derive(Clone, Debug, Default)]
pub struct Engines {
    /// What stands where an engine is to be mounted.
    pub mounts: BTreeMap<String, EngineMount>,
    /// The roles that are there, by their API paths.
    pub roles: BTreeMap<String, Map<String, Value>>,
    /// The API paths of roles that this declaration made and does not want any more.
    pub leftovers: Vec<String>,
}

/// What stands where an engine is to be mounted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum EngineMount {
    /// Nothing, and the vault has such an engine.
    Absent(Maker),
    /// Nothing, and the vault has no such engine, or does not say so.
    Impossible(String),
    /// The engine, which does not know whose rights to use.
    Unconfigured(Maker),
    /// The engine, with the address of its GitLab.
    Configured(Maker, String),
    /// Something else.
    Other(String),
}

/// Who wrote the engine: they call tokens differently.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Maker {
    /// lockbox has it built in.
    Lockbox,
    /// The public plugin, under the name that it was registered by.
    Plugin(String),
}

#[derive(Deserialize)]
struct Mount {
    #[serde(rename = "type")]
    kind: String,
    /// Only of what is no part of the vault itself.
    #[serde(default)]
    running_sha256: Option<String>,
}

#[derive(Deserialize)]
struct Config {
    #[serde(default)]
    base_url: String,
}

/// lockbox' own name of it.
const BUILT_IN: &str = "gitlab";

/// Where Vault and OpenBao list the engines that they have.
pub(in crate::access) const CATALOG: &str = "sys/plugins/catalog/secret";

impl Maker {
    /// What is mounted.
    pub fn kind(&self) -> &str {
        match self {
            Self::Lockbox => BUILT_IN,
            Self::Plugin(name) => name,
        }
    }
}

impl EngineMount {
    /// Who wrote what is, or is to be, mounted.
    pub fn maker(&self) -> Option<&Maker> {
        match self {
            Self::Absent(maker) | Self::Unconfigured(maker) | Self::Configured(maker, _) => Some(maker),
            Self::Impossible(_) | Self::Other(_) => None,
        }
    }

    async fn look(session: &Session, path: &str) -> Result<Self, Error> {
        let found: Option<Mount> = match session.look(&format!("sys/mounts/{path}")).await {
            Err(vault::Error::Refused { status: 400, text, .. }) if text.contains(super::NO_MOUNT) => None,
            found => found?,
        };
        let Some(Mount { kind, running_sha256 }) = found else { return absent(session).await };
        if !kind.contains("gitlab") {
            return Ok(Self::Other(format!("the engine `{kind}`")));
        }
        let maker = match running_sha256.as_deref().unwrap_or_default() {
            "" if kind == BUILT_IN => Maker::Lockbox,
            _ => Maker::Plugin(kind),
        };
        Ok(match gitlab_of(session, path).await? {
            Some(url) => Self::Configured(maker, url),
            None => Self::Unconfigured(maker),
        })
    }
}

/// The address of the GitLab that an engine mints at; nothing where its owner has not said it yet.
pub(in crate::access) async fn gitlab_of(session: &Session, mount: &str) -> Result<Option<String>, Error> {
    let config: Option<Config> = match session.look(&format!("{mount}/config/{CONFIG}")).await {
        // The public engine's words.
        Err(vault::Error::Refused { status: 400, text, .. }) if text.contains("backend not configured") => {
            None
        }
        config => config?,
    };
    Ok(config.map(|config| config.base_url))
}

/// Whether the vault has the engine: lockbox has nothing in its catalog, and the engine built in.
async fn absent(session: &Session) -> Result<EngineMount, Error> {
    let names = match session.list(CATALOG).await {
        Ok(names) if names.is_empty() => return Ok(EngineMount::Absent(Maker::Lockbox)),
        Ok(names) => names,
        Err(vault::Error::Refused { status: 403, .. }) => {
            let why = format!("`{CATALOG}` may not be listed, so that nobody knows whether the vault has it");
            return Ok(EngineMount::Impossible(why));
        }
        Err(error) => return Err(error.into()),
    };
    let registered = names.into_iter().find(|name| name.contains("gitlab"));
    Ok(match registered {
        Some(name) => EngineMount::Absent(Maker::Plugin(name)),
        None => EngineMount::Impossible("the vault has no such engine".to_owned()),
    })
}

impl Engines {
    /// Looks at every engine and role once; `marked` are the roles that our policies speak of as made by us.
    pub(super) async fn gather(
        declaration: &Declaration,
        marked: BTreeSet<String>,
        session: &Session,
    ) -> Result<Self, Error> {
        let declared = declaration.minted();
        let mounts: BTreeSet<&str> = declared.iter().map(|role| role.mount()).collect();
        let mounts =
            each(mounts, async |mount| Ok((mount.to_owned(), EngineMount::look(session, mount).await?)))
                .await?;
        let mounts: BTreeMap<String, EngineMount> = mounts.into_iter().collect();
        let mounted = declared.iter().filter(|role| {
            matches!(
                mounts.get(role.mount()),
                Some(EngineMount::Unconfigured(_) | EngineMount::Configured(..))
            )
        });
        let roles = each(mounted, async |role| {
            let path = role.api_path();
            Ok((path.clone(), role_at(session, &path).await?))
        })
        .await?;
        let left = marked.into_iter().filter(|path| !declared.iter().any(|role| role.api_path() == *path));
        let leftovers = each(left, async |path: String| {
            let there = match session.look::<Map<String, Value>>(&path).await {
                Err(vault::Error::Refused { status: 400..=499, .. }) => None,
                there => there?,
            };
            Ok(there.map(|_| path))
        })
        .await?;
        let found = |(path, role): (String, Option<Map<String, Value>>)| Some((path, role?));
        Ok(Self {
            mounts,
            roles: roles.into_iter().filter_map(found).collect(),
            leftovers: leftovers.into_iter().flatten().collect(),
        })
    }
}

async fn role_at(session: &Session, path: &str) -> Result<Option<Map<String, Value>>, Error> {
    let found: Option<Map<String, Value>> = session.look(path).await?;
    Ok(found.map(with_scopes_apart))
}

/// The public engine shows the scopes as one text.
fn with_scopes_apart(mut role: Map<String, Value>) -> Map<String, Value> {
    if let Some(Value::String(text)) = role.get("scopes") {
        let apart: Vec<&str> = text.split(',').map(str::trim).filter(|scope| !scope.is_empty()).collect();
        role.insert("scopes".to_owned(), json!(apart));
    }
    role
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_scopes_of_both_makers_are_a_list() {
        let scopes = |said: Value| {
            let role = Map::from_iter([("path".to_owned(), json!("a")), ("scopes".to_owned(), said)]);
            with_scopes_apart(role)["scopes"].clone()
        };
        let both = json!(["api", "read_repository"]);
        assert_eq!((scopes(json!("api, read_repository")), scopes(both.clone())), (both.clone(), both));
        assert_eq!(scopes(json!("")), json!([]));
    }
}
