use std::fmt;

use serde_json::value::RawValue;

use super::super::{KvError, walk};
use crate::{
    exchange::{Answer, Fields, Operation, Request},
    storage::{Batch, Shelf, StorageError, json},
};

/// The values by path.
pub(crate) struct Secrets(Shelf);

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
            Operation::Read => self.read(request.path),
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
        loop {
            let mut batch = Batch::default();
            for path in walk::some_entries(&self.0, ENTRIES)? {
                batch.delete(self.0.path(&path));
            }
            if batch.is_empty() {
                return Ok(());
            }
            self.0.commit(batch).await?;
        }
    }

    fn read(&self, path: &str) -> Result<Answer, KvError> {
        let text = self.0.read(&entry(path))?.ok_or(KvError::NotFound)?;
        let json: &RawValue = serde_json::from_slice(&text).map_err(|_| KvError::NotFound)?;
        let fields: Fields = serde_json::from_slice(&text).map(Fields::new).map_err(|_| KvError::NotFound)?;
        Ok(Answer::data(&json).leased(lease_seconds(&fields)))
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

/// How long a reader should take it for good: a hint, nothing ends.
fn lease_seconds(fields: &Fields) -> u64 {
    let ttl = fields.duration("ttl").ok().flatten();
    let ttl = ttl.or_else(|| fields.duration("lease").ok().flatten()).filter(|ttl| !ttl.is_zero());
    ttl.map_or(DEFAULT_LEASE_SECONDS, |ttl| ttl.as_secs())
}

fn entry(path: &str) -> String {
    [ENTRIES, path].concat()
}

const ENTRIES: &str = "secret/";
const DEFAULT_LEASE_SECONDS: u64 = 768 * 3600;
