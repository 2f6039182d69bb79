use std::fmt;

use serde_json::value::RawValue;
use zeroize::Zeroizing;

use super::super::{KvError, walk};
use crate::{
    exchange::{Answer, Fields, Operation, Request},
    storage::{Batch, Shelf, StorageError, json},
};

/// The values by path.
pub(crate) struct Secrets(Shelf);

/// One value, as JSON.
pub(crate) struct Kept {
    pub(crate) path: String,
    pub(crate) value: Zeroizing<Vec<u8>>,
}

impl Secrets {
    pub(crate) fn new(shelf: Shelf) -> Self {
        Self(shelf)
    }

    /// # Errors
    /// When the path cannot be looked up.
    pub(crate) fn holds(&self, path: &str) -> Result<bool, StorageError> {
        self.0.holds(&entry(path))
    }

    /// # Errors
    /// When nothing is there or nothing was given.
    pub(crate) async fn handle(&self, request: &Request<'_>) -> Result<Answer, KvError> {
        match request.operation {
            Operation::Read => self.read(request),
            Operation::List => self.list(request.path),
            Operation::Create | Operation::Update => self.write(request.path, request.fields).await,
            Operation::Delete => {
                let mut batch = Batch::default();
                batch.delete(self.0.path(&entry(request.path)));
                self.0.commit(batch).await?;
                Ok(Answer::empty())
            }
            Operation::Patch => Err(KvError::UnsupportedOperation),
        }
    }

    /// # Errors
    /// When the disk refuses.
    pub(crate) async fn clear(&self) -> Result<(), StorageError> {
        Self::clear_shelf(&self.0).await
    }

    /// The same of a shelf that has another version's values too.
    ///
    /// # Errors
    /// When the disk refuses.
    pub(crate) async fn clear_shelf(shelf: &Shelf) -> Result<(), StorageError> {
        loop {
            let mut batch = Batch::default();
            for path in walk::some_entries(shelf, ENTRIES)? {
                batch.delete(shelf.path(&path));
            }
            if batch.is_empty() {
                return Ok(());
            }
            shelf.commit(batch).await?;
        }
    }

    /// Some values of a shelf, each with its path; none when it has no more.
    ///
    /// # Errors
    /// When one cannot be read.
    pub(crate) fn some_of(shelf: &Shelf) -> Result<Vec<Kept>, StorageError> {
        let mut values = Vec::new();
        for entry in walk::some_entries(shelf, ENTRIES)? {
            if let Some(value) = shelf.read(&entry)? {
                let path = entry.strip_prefix(ENTRIES).unwrap_or(&entry).to_owned();
                values.push(Kept { path, value });
            }
        }
        Ok(values)
    }

    pub(crate) fn forget(shelf: &Shelf, path: &str, batch: &mut Batch) {
        batch.delete(shelf.path(&entry(path)));
    }

    fn read(&self, request: &Request<'_>) -> Result<Answer, KvError> {
        let text = self.0.read(&entry(request.path))?.ok_or(KvError::NotFound)?;
        let json: &RawValue = serde_json::from_slice(&text).map_err(|_| KvError::NotFound)?;
        let fields: Fields = serde_json::from_slice(&text).map(Fields::new).map_err(|_| KvError::NotFound)?;
        Ok(Answer::data(&json).leased(lease_seconds(&fields).unwrap_or(request.lease_seconds)))
    }

    fn list(&self, path: &str) -> Result<Answer, KvError> {
        let names = self.0.children(&entry(path))?;
        if names.is_empty() { Err(KvError::NotFound) } else { Ok(Answer::keys(&names)) }
    }

    async fn write(&self, path: &str, fields: &Fields) -> Result<Answer, KvError> {
        if fields.all().is_empty() {
            return Err(KvError::NoFields);
        }
        let mut batch = Batch::default();
        batch.put(self.0.path(&entry(path)), json(fields.all())?);
        self.0.commit(batch).await?;
        Ok(Answer::empty())
    }
}

impl fmt::Debug for Secrets {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Secrets([REDACTED])")
    }
}

/// How long a reader should take it for good, if it says so: a hint, nothing ends.
fn lease_seconds(fields: &Fields) -> Option<i64> {
    let ttl = fields.duration("ttl").ok().flatten();
    let ttl = ttl.or_else(|| fields.duration("lease").ok().flatten()).filter(|ttl| !ttl.is_zero());
    ttl.and_then(|ttl| i64::try_from(ttl.as_secs()).ok())
}

fn entry(path: &str) -> String {
    [ENTRIES, path].concat()
}

const ENTRIES: &str = "secret/";
