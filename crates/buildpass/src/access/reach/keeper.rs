use serde::Deserialize;
use serde_json::{Map, Value};

use super::RoleFiles;
use crate::{
    access::Error,
    vault::{self, Session},
};

/// Who says which roles and policies there are.
pub(super) enum Keeper<'a> {
    Vault(&'a Session),
    Files(&'a RoleFiles),
}

/// What came of looking.
pub(super) enum Looked<T> {
    Found(T),
    Absent,
    /// Nobody can say, and why.
    Unseen(String),
}

#[derive(Deserialize)]
struct Policy {
    policy: String,
}

impl Keeper<'_> {
    /// The roles of an auth method.
    pub(super) async fn names(&self, mount: &str) -> Result<Looked<Vec<String>>, Error> {
        let session = match self {
            Self::Files(files) => return Ok(Looked::Found(files.names())),
            Self::Vault(session) => session,
        };
        let folder = format!("auth/{mount}/role");
        Ok(match allowed(session.list(&folder).await)? {
            Some(names) => Looked::Found(names),
            None => {
                Looked::Unseen(format!("{folder} may not be listed, so that only declared roles are seen"))
            }
        })
    }

    pub(super) async fn role(&self, mount: &str, name: &str) -> Result<Looked<Map<String, Value>>, Error> {
        let session = match self {
            Self::Files(files) => return Ok(files.role(name).cloned().map_or(Looked::Absent, Looked::Found)),
            Self::Vault(session) => session,
        };
        let path = format!("auth/{mount}/role/{name}");
        Ok(match allowed(session.look(&path).await)? {
            Some(found) => found.map_or(Looked::Absent, Looked::Found),
            None => Looked::Unseen(format!("{path} may not be read")),
        })
    }

    /// A policy's text. A vault that has none of that name lets nobody do anything by it; a folder may lack it.
    pub(super) async fn policy(&self, name: &str) -> Result<Looked<String>, Error> {
        let session = match self {
            Self::Files(files) => {
                let unseen = || Looked::Unseen(format!("the policy {name} is not in the folder"));
                return Ok(files.policy(name).map_or_else(unseen, |text| Looked::Found(text.to_owned())));
            }
            Self::Vault(session) => session,
        };
        let found = allowed(session.look::<Policy>(&format!("sys/policies/acl/{name}")).await)?;
        Ok(match found {
            Some(found) => found.map_or(Looked::Absent, |found| Looked::Found(found.policy)),
            None => Looked::Unseen(format!("the policy {name} may not be read")),
        })
    }
}

/// Nothing where the vault does not let us look.
fn allowed<T>(looked: Result<T, vault::Error>) -> Result<Option<T>, Error> {
    match looked {
        Ok(found) => Ok(Some(found)),
        Err(vault::Error::Refused { status: 403, .. }) => Ok(None),
        Err(error) => Err(error.into()),
    }
}
