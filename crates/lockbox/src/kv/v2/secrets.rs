use std::{
    collections::BTreeMap,
    fmt,
    sync::{PoisonError, RwLock},
};

use super::{data, metadata, secret::Secret, settings, settings::Settings, versions};
use crate::{
    exchange::{Answer, Operation, Request},
    kv::KvError,
};

/// The secrets by path.
#[derive(Default)]
pub(crate) struct Secrets {
    store: RwLock<Store>,
}

/// What one mount holds.
#[derive(Default)]
pub(super) struct Store {
    pub(super) settings: Settings,
    pub(super) secrets: BTreeMap<String, Secret>,
}

impl Secrets {
    pub(crate) fn holds(&self, path: &str) -> bool {
        let Some((_, path)) = path.split_once('/') else {
            return true;
        };
        self.store.read().unwrap_or_else(PoisonError::into_inner).secrets.contains_key(path)
    }

    /// # Errors
    /// When what is asked for is not there, not known, or refused.
    pub(crate) fn handle(&self, request: &Request<'_>) -> Result<Answer, KvError> {
        let read = || self.store.read().unwrap_or_else(PoisonError::into_inner);
        let write = || self.store.write().unwrap_or_else(PoisonError::into_inner);
        let operation = request.operation;
        let Some((place, path)) = request.path.split_once('/') else {
            return match (request.path, operation) {
                ("config", Operation::Read) => Ok(settings::read(&read())),
                ("config", Operation::Create | Operation::Update) => settings::write(&mut write(), request),
                ("config", _) => Err(KvError::UnsupportedOperation),
                ("data" | "metadata", _) => Ok(Answer::warning(ROOT_WARNING).gone()),
                _ => Ok(unknown_path(operation)),
            };
        };
        let path = path.strip_suffix('/').filter(|_| operation != Operation::List).unwrap_or(path);
        match (place, operation) {
            ("data", Operation::Read) => data::read(&read(), path, request),
            ("data", Operation::Create | Operation::Update) => data::write(&mut write(), path, request),
            ("data", Operation::Patch) => data::patch(&mut write(), path, request),
            ("data", Operation::Delete) => Ok(data::delete(&mut write(), path, request)),
            ("metadata", Operation::Read) => metadata::read(&read(), path),
            ("metadata", Operation::List) => metadata::list(&read(), path),
            ("metadata", Operation::Create | Operation::Update) => {
                metadata::write(&mut write(), path, request)
            }
            ("metadata", Operation::Delete) => Ok(metadata::delete(&mut write(), path)),
            ("delete", Operation::Create | Operation::Update) => {
                versions::delete(&mut write(), path, request)
            }
            ("undelete", Operation::Create | Operation::Update) => {
                versions::undelete(&mut write(), path, request)
            }
            ("destroy", Operation::Create | Operation::Update) => {
                versions::destroy(&mut write(), path, request)
            }
            ("data" | "metadata" | "delete" | "undelete" | "destroy", _) => {
                Err(KvError::UnsupportedOperation)
            }
            _ => Ok(unknown_path(operation)),
        }
    }
}

impl fmt::Debug for Secrets {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Secrets([REDACTED])")
    }
}

fn unknown_path(operation: Operation) -> Answer {
    let command = match operation {
        Operation::Read => "get",
        Operation::List => "list",
        Operation::Scan => "scan",
        Operation::Create | Operation::Update => "put",
        Operation::Patch => "patch",
        Operation::Delete => "delete",
    };
    Answer::warning(format!(
        "Invalid path for a versioned K/V secrets engine. See the API docs for the appropriate API endpoints to \
         use. If using the OpenBao CLI, use 'bao kv {command}' for this operation."
    ))
    .gone()
}

const ROOT_WARNING: &str = "Non-listing operations on the root of a K/V v2 mount are not supported.";
