use std::fmt;

use super::super::{KvError, walk};
use crate::{
    exchange::{Answer, Field, Operation, Request, Schema, parse},
    json::{Json, Numbers, read as parsed},
    storage::{Batch, Shelf, StorageError},
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
        Ok(!is_folder(path) && self.0.view()?.holds(&entry(path))?)
    }

    /// # Errors
    /// When nothing is there or nothing was given.
    pub(crate) async fn handle(&self, request: &Request<'_>) -> Result<Answer, KvError> {
        let answer = match request.operation {
            Operation::Read => self.read(request.path),
            Operation::List => Ok(Answer::keys(&self.0.children(&entry(&folder(request.path)))?)),
            Operation::Scan => self.scan(request.path),
            Operation::Create | Operation::Update => self.write(request).await,
            Operation::Delete => self.delete(request.path).await,
            Operation::Patch => Err(KvError::UnsupportedOperation),
        }?;
        let answer = SCHEMA.noted(answer, request.fields);
        // A list of nothing is not there, unless there is a word about it.
        let nothing = request.operation == Operation::List && answer.warnings.is_empty();
        if nothing && answer.is_of_nothing() { Err(KvError::NotFound) } else { Ok(answer) }
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
        if is_folder(path) {
            return Err(KvError::NotFound);
        }
        let text = self.0.view()?.read(&entry(path))?.ok_or(KvError::NotFound)?;
        let unreadable = |problem: String| StorageError::Read(problem);
        let seconds = lease_seconds(parsed(&text).as_ref());
        let text =
            String::from_utf8(text.to_vec()).map_err(|error| unreadable(error.utf8_error().to_string()))?;
        let answer = Answer::written(text).map_err(|error| unreadable(error.to_string()))?;
        Ok(answer.leased(seconds))
    }

    fn scan(&self, path: &str) -> Result<Answer, KvError> {
        Ok(Answer::keys(&walk::all_entries(&self.0.view()?, &entry(&folder(path)))?))
    }

    async fn write(&self, request: &Request<'_>) -> Result<Answer, KvError> {
        if request.path.is_empty() {
            return Err(KvError::NoPath);
        }
        let value = request.fields.json();
        if value.is_empty() {
            return Err(KvError::NoFields);
        }
        let mut batch = Batch::default();
        batch.put(self.0.path(&entry(request.path)), Json::Object(value).write(Numbers::AsWritten));
        self.0.commit(batch).await?;
        Ok(Answer::empty())
    }

    async fn delete(&self, path: &str) -> Result<Answer, KvError> {
        if !is_folder(path) {
            let mut batch = Batch::default();
            batch.delete(self.0.path(&entry(path)));
            self.0.commit(batch).await?;
        }
        Ok(Answer::empty())
    }
}

impl fmt::Debug for Secrets {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Secrets([REDACTED])")
    }
}

/// How long a reader should take it for good: a hint, nothing ends.
fn lease_seconds(value: Option<&Json>) -> i64 {
    let Some(Json::Object(members)) = value else { return DEFAULT_LEASE_SECONDS };
    let nanos = match members.get("ttl").or_else(|| members.get("lease")) {
        Some(Json::Null) => Some(0),
        Some(Json::Number(text) | Json::Text(text)) => parse(text).ok(),
        Some(Json::Flag(_) | Json::List(_) | Json::Object(_)) | None => None,
    };
    nanos.map_or(DEFAULT_LEASE_SECONDS, |nanos| nanos / 1_000_000_000)
}

/// Folders have entries of their own, which come and go with what is in them.
fn is_folder(path: &str) -> bool {
    path.is_empty() || path.ends_with('/')
}

/// The folder of this name: empty, or with a slash at its end.
fn folder(path: &str) -> String {
    if is_folder(path) { path.to_owned() } else { format!("{path}/") }
}

fn entry(path: &str) -> String {
    [ENTRIES, path].concat()
}

const SCHEMA: Schema = Schema(&[("path", Field::OfPath)]);
const ENTRIES: &str = "secret/";
const DEFAULT_LEASE_SECONDS: i64 = 768 * 3600;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_value_says_how_long_it_is_good() {
        for (value, expected) in [
            (r#"{"ttl":"1h"}"#, 3600),
            (r#"{"ttl":60}"#, 60),
            (r#"{"ttl":""}"#, 0),
            (r#"{"ttl":null}"#, 0),
            (r#"{"ttl":"-5s"}"#, -5),
            (r#"{"ttl":"1.5s"}"#, 1),
            (r#"{"lease":"90"}"#, 90),
            (r#"{"ttl":"5","lease":"90"}"#, 5),
            (r#"{"ttl":"x","lease":"90"}"#, DEFAULT_LEASE_SECONDS),
            (r#"{"ttl":1.5}"#, DEFAULT_LEASE_SECONDS),
            (r#"{"ttl":true}"#, DEFAULT_LEASE_SECONDS),
            ("{}", DEFAULT_LEASE_SECONDS),
        ] {
            assert_eq!(lease_seconds(parsed(value.as_bytes()).as_ref()), expected, "{value}");
        }
    }
}
