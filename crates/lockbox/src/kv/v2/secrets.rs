use std::fmt;

use zeroize::Zeroizing;

use super::{
    data,
    kept::{self, Entry, Kept},
    lists, metadata,
    path::SecretPath,
    place::Place,
    secret::Secret,
    settings::{self, Settings},
    subkeys, versions,
};
use crate::{
    clock::Moment,
    exchange::{Answer, Fields, Operation, Request},
    kv::{KvError, walk},
    storage::{Batch, Shelf, ShelfView, StorageError, json},
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
    /// When the path cannot be looked up, or a field is not what it should be.
    pub(crate) fn holds(&self, path: &str, fields: &Fields) -> Result<bool, KvError> {
        match Place::find(path) {
            Some((place, path)) if place.tells_creation() => {
                place.schema().check(fields).map_err(KvError::Field)?;
                let path = SecretPath::from(path);
                Ok(!path.normal.is_empty() && self.shelf.view()?.holds(&metadata_entry(&path.normal))?)
            }
            _ => Ok(true),
        }
    }

    /// # Errors
    /// When what is asked for is not there, not known, or refused.
    pub(crate) async fn handle(&self, request: &Request<'_>) -> Result<Answer, KvError> {
        let Some((place, path)) = Place::find(request.path) else { return nowhere(request) };
        let (operation, path) = (request.operation, SecretPath::from(path));
        if !place.supports(operation) {
            return Err(KvError::UnsupportedOperation);
        }
        place.schema().check(request.fields).map_err(KvError::Query)?;
        let answer = match (place, operation) {
            (Place::Config, Operation::Read) => settings::read(self),
            (Place::Config, _) => settings::write(self, request).await,
            (Place::Data, Operation::Read) => data::read(self, &path, request),
            (Place::Data, Operation::Patch) => data::patch(self, &path, request).await,
            (Place::Data, Operation::Delete) => data::delete(self, &path, request).await,
            (Place::Data, _) => data::write(self, &path, request).await,
            (Place::Metadata, Operation::Read) => metadata::read(self, &path),
            (Place::Metadata, Operation::List) => lists::list(self, &path, request),
            (Place::Metadata, Operation::Scan) => lists::scan(self, &path),
            (Place::Metadata, Operation::Patch) => metadata::patch(self, &path, request).await,
            (Place::Metadata, Operation::Delete) => metadata::delete(self, &path).await,
            (Place::Metadata, _) => metadata::write(self, &path, request).await,
            (Place::DetailedMetadata, Operation::List) => lists::detailed_list(self, &path, request),
            (Place::DetailedMetadata, _) => lists::detailed_scan(self, &path),
            (Place::Subkeys, _) => subkeys::read(self, &path, request),
            (Place::Delete, _) => versions::delete(self, &path, request).await,
            (Place::Undelete, _) => versions::undelete(self, &path, request).await,
            (Place::Destroy, _) => versions::destroy(self, &path, request).await,
        }?;
        let answer = place.schema().noted(answer, request.fields);
        // A list of nothing is not there, unless there is a word about it.
        let nothing = operation == Operation::List && answer.warnings.is_empty() && answer.is_of_nothing();
        if nothing { Err(KvError::NotFound) } else { Ok(answer) }
    }

    /// # Errors
    /// When the disk refuses.
    pub(crate) async fn clear(&self) -> Result<(), StorageError> {
        loop {
            let mut batch = Batch::default();
            for entry in walk::some_entries(&self.shelf, METADATA)? {
                let path = entry.strip_prefix(METADATA).unwrap_or(&entry);
                if let Some(kept) = self.kept(&self.shelf.view()?, &SecretPath::from(path))? {
                    self.forget(path, &kept.secret, &mut batch);
                }
            }
            if batch.is_empty() {
                batch.delete(self.shelf.path(SETTINGS));
                return self.shelf.commit(batch).await;
            }
            self.shelf.commit(batch).await?;
        }
    }

    pub(super) fn entry(
        &self,
        view: &ShelfView<'_>,
        path: &SecretPath<'_>,
    ) -> Result<Option<Entry>, StorageError> {
        if path.normal.is_empty() {
            return Ok(None);
        }
        view.read(&metadata_entry(&path.normal))?.map(Entry::read).transpose()
    }

    pub(super) fn kept(
        &self,
        view: &ShelfView<'_>,
        path: &SecretPath<'_>,
    ) -> Result<Option<Kept>, StorageError> {
        self.entry(view, path)?.map(Entry::open).transpose()
    }

    /// The value of a version that can be read, as JSON.
    pub(super) fn value(
        &self,
        view: &ShelfView<'_>,
        kept: &Kept,
        path: &SecretPath<'_>,
        number: u64,
    ) -> Result<Zeroizing<Vec<u8>>, KvError> {
        if !kept.secret.versions.get(&number).is_some_and(|version| version.was_written_as(path)) {
            return Err(KvError::NoVersionData);
        }
        match kept.value().filter(|_| number == kept.secret.current) {
            Some(value) => Ok(Zeroizing::new(value.to_vec())),
            None => view.read_unlisted(&value_entry(&path.normal, number))?.ok_or(KvError::NoVersionData),
        }
    }

    pub(super) fn settings(&self, view: &ShelfView<'_>) -> Result<Settings, StorageError> {
        Ok(view.read_json(SETTINGS)?.unwrap_or_default())
    }

    pub(super) fn keep_settings(&self, settings: &Settings, batch: &mut Batch) -> Result<(), StorageError> {
        batch.put(self.shelf.path(SETTINGS), json(settings)?);
        Ok(())
    }

    pub(super) fn keep(
        &self,
        path: &SecretPath<'_>,
        kept: &Kept,
        batch: &mut Batch,
    ) -> Result<(), StorageError> {
        batch.put(self.shelf.path(&metadata_entry(&path.normal)), kept.entry()?);
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
        let (path, mut secret) = (SecretPath::from(path), Secret::new(now));
        secret.add(&path, &Settings::default(), now);
        secret.oldest = secret.current;
        let current = secret.current;
        let mut kept = Kept::new(secret);
        if kept::is_small(&value) {
            kept.take_in(Some(value));
        } else {
            self.keep_value(&path.normal, current, value, batch);
        }
        self.keep(&path, &kept, batch)
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

/// What is said about a path that is in no part of the engine.
fn nowhere(request: &Request<'_>) -> Result<Answer, KvError> {
    if matches!(request.path, "metadata" | "data" | "delete" | "undelete" | "destroy") {
        return Ok(Answer::warning(ROOT_WARNING).gone());
    }
    let command = match request.operation {
        Operation::Read => "get",
        Operation::List => "list",
        Operation::Scan => "scan",
        Operation::Create | Operation::Update => "put",
        Operation::Patch => "patch",
        Operation::Delete => "delete",
        Operation::Head => return Err(KvError::UnsupportedOperation),
    };
    Ok(Answer::warning(format!(
        "Invalid path for a versioned K/V secrets engine. See the API docs for the appropriate API endpoints to \
         use. If using the OpenBao CLI, use 'bao kv {command}' for this operation."
    ))
    .gone())
}

fn metadata_entry(path: &str) -> String {
    [METADATA, path].concat()
}

fn value_entry(path: &str, number: u64) -> String {
    format!("value/{number}/{path}")
}

pub(super) const METADATA: &str = "metadata/";
const SETTINGS: &str = "config";
const ROOT_WARNING: &str = "Non-listing operations on the root of a K/V v2 mount are not supported.";
