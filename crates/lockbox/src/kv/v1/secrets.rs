use std::fmt;

use zeroize::Zeroizing;

use super::super::{KvError, walk};
use crate::{
    exchange::{Answer, Field, Operation, Request, Schema, parse},
    json::{Json, Numbers, read as parsed},
    storage::{Batch, Shelf, StorageError, all_entries},
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
        Ok(!is_folder(path) && self.0.view()?.holds(&entry(path))?)
    }

    /// # Errors
    /// When nothing is there or nothing was given.
    pub(crate) async fn handle(&self, request: &Request<'_>) -> Result<Answer, KvError> {
        let answer = match request.operation {
            Operation::Read => self.read(request),
            Operation::List => Ok(Answer::keys(&self.0.children(&entry(&folder(request.path)))?)),
            Operation::Scan => self.scan(request.path),
            Operation::Create | Operation::Update => self.write(request).await,
            Operation::Delete => self.delete(request.path).await,
            Operation::Patch | Operation::Head => Err(KvError::UnsupportedOperation),
        }?;
        let answer = SCHEMA.noted(answer, request.fields);
        // A list of nothing is not there, unless there is a word about it.
        let nothing = request.operation == Operation::List && answer.warnings.is_empty();
        if nothing && answer.is_of_nothing() { Err(KvError::NotFound) } else { Ok(answer) }
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
            if let Some(value) = shelf.view()?.read(&entry)? {
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
        let path = request.path;
        if is_folder(path) {
            return Err(KvError::NotFound);
        }
        let text = self.0.view()?.read(&entry(path))?.ok_or(KvError::NotFound)?;
        let unreadable = |problem: String| StorageError::Read(problem);
        let seconds = lease_seconds(parsed(&text).as_ref()).unwrap_or(request.lease_seconds);
        let text =
            String::from_utf8(text.to_vec()).map_err(|error| unreadable(error.utf8_error().to_string()))?;
        let answer = Answer::written(text).map_err(|error| unreadable(error.to_string()))?;
        Ok(answer.leased(seconds))
    }

    fn scan(&self, path: &str) -> Result<Answer, KvError> {
        Ok(Answer::keys(&all_entries(&self.0.view()?, &entry(&folder(path)))?))
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

/// How long a reader should take it for good, if it says so: a hint, nothing ends.
fn lease_seconds(value: Option<&Json>) -> Option<i64> {
    let Some(Json::Object(members)) = value else { return None };
    let nanos = match members.get("ttl").or_else(|| members.get("lease"))? {
        Json::Null => 0,
        Json::Number(text) | Json::Text(text) => parse(text).ok()?,
        Json::Flag(_) | Json::List(_) | Json::Object(_) | Json::Deep(_) => return None,
    };
    Some(nanos / 1_000_000_000)
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_value_says_how_long_it_is_good() {
        for (value, expected) in [
            (r#"{"ttl":"1h"}"#, Some(3600)),
            (r#"{"ttl":60}"#, Some(60)),
            (r#"{"ttl":""}"#, Some(0)),
            (r#"{"ttl":null}"#, Some(0)),
            (r#"{"ttl":"-5s"}"#, Some(-5)),
            (r#"{"ttl":"1.5s"}"#, Some(1)),
            (r#"{"lease":"90"}"#, Some(90)),
            (r#"{"ttl":"5","lease":"90"}"#, Some(5)),
            (r#"{"ttl":"x","lease":"90"}"#, None),
            (r#"{"ttl":1.5}"#, None),
            (r#"{"ttl":true}"#, None),
            ("{}", None),
        ] {
            assert_eq!(lease_seconds(parsed(value.as_bytes()).as_ref()), expected, "{value}");
        }
    }
}
