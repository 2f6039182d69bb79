use std::fmt;

use zeroize::Zeroizing;

use super::{data, metadata, secret::Secret, settings, settings::Settings, versions};
use crate::{
    clock::Moment,
    exchange::{Answer, Operation, Request},
    kv::{KvError, walk},
    storage::{Batch, Shelf, StorageError, json},
};

/// The secrets by path.
pub(crate) struct Secrets {
    pub(in crate::kv) shelf: Shelf,
}

impl Secrets {
    pub(crate) fn new(shelf: Shelf) -> Self {
        Self { shelf }
    }

    /// # Errors
    /// When the path cannot be looked up.
    pub(crate) fn holds(&self, path: &str) -> Result<bool, StorageError> {
        match path.split_once('/') {
            Some((_, path)) => self.shelf.holds(&metadata_entry(path)),
            None => Ok(true),
        }
    }

    /// # Errors
    /// When what is asked for is not there, not known, or refused.
    pub(crate) async fn handle(&self, request: &Request<'_>) -> Result<Answer, KvError> {
        let operation = request.operation;
        let Some((place, path)) = request.path.split_once('/') else {
            return match (request.path, operation) {
                ("config", Operation::Read) => settings::read(self),
                ("config", Operation::Create | Operation::Update) => settings::write(self, request).await,
                ("config", _) => Err(KvError::UnsupportedOperation),
                ("data" | "metadata", _) => Ok(Answer::warning(ROOT_WARNING).gone()),
                _ => Ok(unknown_path(operation)),
            };
        };
        let path = path.strip_suffix('/').filter(|_| operation != Operation::List).unwrap_or(path);
        let write = matches!(operation, Operation::Create | Operation::Update);
        match (place, operation) {
            ("data", Operation::Read) => data::read(self, path, request),
            ("data", Operation::Patch) => data::patch(self, path, request).await,
            ("data", Operation::Delete) => data::delete(self, path, request).await,
            ("data", _) if write => data::write(self, path, request).await,
            ("metadata", Operation::Read) => metadata::read(self, path),
            ("metadata", Operation::List) => metadata::list(self, path),
            ("metadata", Operation::Delete) => metadata::delete(self, path).await,
            ("metadata", _) if write => metadata::write(self, path, request).await,
            ("delete", _) if write => versions::delete(self, path, request).await,
            ("undelete", _) if write => versions::undelete(self, path, request).await,
            ("destroy", _) if write => versions::destroy(self, path, request).await,
            ("data" | "metadata" | "delete" | "undelete" | "destroy", _) => {
                Err(KvError::UnsupportedOperation)
            }
            _ => Ok(unknown_path(operation)),
        }
    }

    /// # Errors
    /// When the disk refuses.
    pub(crate) async fn clear(&self) -> Result<(), StorageError> {
        loop {
            let mut batch = Batch::default();
            for entry in walk::some_entries(&self.shelf, METADATA)? {
                let path = entry.strip_prefix(METADATA).unwrap_or(&entry);
                if let Some(secret) = self.secret(path)? {
                    self.forget(path, &secret, &mut batch);
                }
            }
            if batch.is_empty() {
                batch.delete(self.shelf.path(SETTINGS));
                return self.shelf.commit(batch).await;
            }
            self.shelf.commit(batch).await?;
        }
    }

    pub(super) fn secret(&self, path: &str) -> Result<Option<Secret>, StorageError> {
        self.shelf.read_json(&metadata_entry(path))
    }

    /// The value of a version, as JSON.
    pub(super) fn value(&self, path: &str, number: u64) -> Result<Option<Zeroizing<Vec<u8>>>, StorageError> {
        self.shelf.read_unlisted(&value_entry(path, number))
    }

    pub(super) fn settings(&self) -> Result<Settings, StorageError> {
        Ok(self.shelf.read_json(SETTINGS)?.unwrap_or_default())
    }

    pub(super) fn keep_settings(&self, settings: &Settings, batch: &mut Batch) -> Result<(), StorageError> {
        batch.put(self.shelf.path(SETTINGS), json(settings)?);
        Ok(())
    }

    pub(super) fn keep(&self, path: &str, secret: &Secret, batch: &mut Batch) -> Result<(), StorageError> {
        batch.put(self.shelf.path(&metadata_entry(path)), json(secret)?);
        Ok(())
    }

    pub(super) fn keep_value(&self, path: &str, number: u64, value: Zeroizing<Vec<u8>>, batch: &mut Batch) {
        batch.put_unlisted(self.shelf.path(&value_entry(path, number)), value);
    }

    pub(super) fn forget_value(&self, path: &str, number: u64, batch: &mut Batch) {
        batch.delete_unlisted(self.shelf.path(&value_entry(path, number)));
    }

    /// Takes over a value that had no versions: it is the first of its secret.
    ///
    /// # Errors
    /// When JSON cannot say it.
    pub(in crate::kv) fn adopt(
        &self,
        path: &str,
        value: Zeroizing<Vec<u8>>,
        now: Moment,
        batch: &mut Batch,
    ) -> Result<(), StorageError> {
        let mut secret = Secret::new(now);
        secret.add(&Settings::default(), now);
        secret.oldest = secret.current;
        self.keep_value(path, secret.current, value, batch);
        self.keep(path, &secret, batch)
    }

    /// The secret with all its versions.
    pub(super) fn forget(&self, path: &str, secret: &Secret, batch: &mut Batch) {
        batch.delete(self.shelf.path(&metadata_entry(path)));
        for number in secret.versions.keys() {
            self.forget_value(path, *number, batch);
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

pub(super) fn metadata_entry(path: &str) -> String {
    [METADATA, path].concat()
}

fn value_entry(path: &str, number: u64) -> String {
    format!("value/{number}/{path}")
}

const METADATA: &str = "metadata/";
const SETTINGS: &str = "config";
const ROOT_WARNING: &str = "Non-listing operations on the root of a K/V v2 mount are not supported.";
