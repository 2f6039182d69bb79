use std::{
    collections::BTreeMap,
    sync::{Arc, PoisonError, RwLock},
};

use hyper::HeaderMap;
use serde::{Deserialize, Serialize};
use tokio::sync::Mutex;

use crate::{
    audit::Header,
    storage::{Batch, StorageError, Store, json},
};

/// The headers of requests that the audit log shows, by their names in small letters.
pub(crate) struct AuditedHeaders {
    store: Arc<Store>,
    chosen: RwLock<BTreeMap<String, Shown>>,
    /// Held by who changes them.
    turn: Mutex<()>,
}

/// How the log shows a header.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Shown {
    Plain,
    Hashed,
}

impl AuditedHeaders {
    /// # Errors
    /// When the store cannot be read, or holds what this version does not know.
    pub(super) fn load(store: Arc<Store>) -> Result<Self, StorageError> {
        let chosen = match store.read(ENTRY)? {
            Some(kept) => {
                serde_json::from_slice(&kept).map_err(|error| StorageError::Read(error.to_string()))?
            }
            None => BTreeMap::new(),
        };
        Ok(Self { store, chosen: RwLock::new(chosen), turn: Mutex::default() })
    }

    pub(super) fn all(&self) -> BTreeMap<String, Shown> {
        self.chosen.read().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Those of a request that are shown.
    pub(super) fn among<'h>(&self, headers: &'h HeaderMap) -> Vec<Header<'h>> {
        let chosen = self.chosen.read().unwrap_or_else(PoisonError::into_inner);
        if chosen.is_empty() {
            return Vec::new();
        }
        let shown = headers.iter().filter_map(|(name, value)| {
            let (name, value) = (name.as_str(), value.to_str().ok()?);
            Some(match chosen.get(name)? {
                Shown::Plain if !CREDENTIALS.contains(&name) => Header::Plain { name, value },
                Shown::Plain | Shown::Hashed => Header::Hashed { name, value },
            })
        });
        shown.collect()
    }

    /// Shows a header, or does not when it is shown as nothing.
    ///
    /// # Errors
    /// When the disk refuses.
    pub(super) async fn choose(&self, name: &str, shown: Option<Shown>) -> Result<(), StorageError> {
        let _turn = self.turn.lock().await;
        let mut chosen = self.all();
        match shown {
            Some(shown) => chosen.insert(name.to_lowercase(), shown),
            None => chosen.remove(&name.to_lowercase()),
        };
        let mut batch = Batch::default();
        batch.put(ENTRY, json(&chosen)?);
        self.store.commit(batch).await?;
        *self.chosen.write().unwrap_or_else(PoisonError::into_inner) = chosen;
        Ok(())
    }
}

const ENTRY: &str = "core/audited-headers";
/// Hashed however they were chosen: who may choose headers must not be given every bearer's token.
const CREDENTIALS: [&str; 2] = ["authorization", "x-vault-token"];
