use std::sync::Arc;

use zeroize::Zeroizing;

use super::CubbyholeError;
use crate::{
    auth::token::Key,
    exchange::{Answer, Field, Operation, Request, Schema},
    json::{Json, Numbers},
    storage::{Batch, Pending, Shelf, StorageError, Store, all_entries},
};

/// The cubbyholes of all tokens.
#[derive(Debug)]
pub(crate) struct Cubbyholes {
    store: Arc<Store>,
    shelf: Shelf,
}

impl Cubbyholes {
    pub(crate) fn new(store: Arc<Store>) -> Self {
        Self { shelf: Shelf::new(Arc::clone(&store), "cubbyhole/".to_owned()), store }
    }

    /// Whose cubbyholes are not empty.
    ///
    /// # Errors
    /// When they cannot be read.
    pub(crate) fn owners(&self) -> Result<Vec<Key>, StorageError> {
        let folders = self.shelf.children("")?;
        Ok(folders.iter().filter_map(|folder| folder.trim_end_matches('/').parse().ok()).collect())
    }

    /// # Errors
    /// When the path cannot be looked up.
    pub(crate) fn holds(&self, owner: Key, path: &str) -> Result<bool, StorageError> {
        Ok(!is_folder(path) && self.shelf.view()?.holds(&entry(owner, path))?)
    }

    /// What was written by its owner, as JSON.
    ///
    /// # Errors
    /// When it cannot be read.
    pub(crate) fn read(&self, owner: Key, path: &str) -> Result<Option<Zeroizing<Vec<u8>>>, StorageError> {
        if is_folder(path) { Ok(None) } else { self.shelf.view()?.read(&entry(owner, path)) }
    }

    /// Puts a value in, together with what else is written.
    pub(crate) fn put(&self, owner: Key, path: &str, value: Zeroizing<Vec<u8>>, batch: &mut Batch) {
        batch.put(self.shelf.path(&entry(owner, path)), value);
    }

    /// # Errors
    /// When nothing is there or nothing was given.
    pub(crate) async fn handle(&self, owner: Key, request: &Request<'_>) -> Result<Answer, CubbyholeError> {
        let answer = match request.operation {
            Operation::Read => self.answer(owner, request.path),
            Operation::List => Ok(Answer::keys(&self.shelf.children(&entry(owner, &folder(request.path)))?)),
            Operation::Create | Operation::Update => self.write(owner, request).await,
            Operation::Delete => self.delete(owner, request.path).await,
            Operation::Patch | Operation::Scan | Operation::Head => Err(CubbyholeError::UnsupportedOperation),
        }?;
        let answer = SCHEMA.noted(answer, request.fields);
        // A list of nothing is not there, unless there is a word about it.
        let nothing = request.operation == Operation::List && answer.warnings.is_empty();
        if nothing && answer.is_of_nothing() { Err(CubbyholeError::NotFound) } else { Ok(answer) }
    }

    /// Lets go of all that an owner had; nothing to wait for when that was nothing.
    ///
    /// # Errors
    /// When it cannot be read; what is left is let go at the next start.
    pub(crate) fn clear(&self, owner: Key) -> Result<Option<Pending>, StorageError> {
        let folder = entry(owner, "");
        let mut pending = None;
        for paths in all_entries(&self.shelf.view()?, &folder)?.chunks(MOST_AT_ONCE) {
            let mut batch = Batch::default();
            for path in paths {
                batch.delete(self.shelf.path(&[folder.as_str(), path].concat()));
            }
            pending = Some(self.store.submit(batch));
        }
        // Writes land in their order: who waits for the last waits for all.
        Ok(pending)
    }

    fn answer(&self, owner: Key, path: &str) -> Result<Answer, CubbyholeError> {
        if path.is_empty() {
            return Err(CubbyholeError::NoPath);
        }
        let text = self.read(owner, path)?.ok_or(CubbyholeError::NotFound)?;
        let unreadable = |problem: String| StorageError::Read(problem);
        let text =
            String::from_utf8(text.to_vec()).map_err(|error| unreadable(error.utf8_error().to_string()))?;
        Ok(Answer::written(text).map_err(|error| unreadable(error.to_string()))?)
    }

    async fn write(&self, owner: Key, request: &Request<'_>) -> Result<Answer, CubbyholeError> {
        let value = request.fields.json();
        if value.is_empty() {
            return Err(CubbyholeError::NoFields);
        }
        if request.path.is_empty() {
            return Err(CubbyholeError::NoPath);
        }
        let mut batch = Batch::default();
        self.put(owner, request.path, Json::Object(value).write(Numbers::AsWritten), &mut batch);
        self.shelf.commit(batch).await?;
        Ok(Answer::empty())
    }

    async fn delete(&self, owner: Key, path: &str) -> Result<Answer, CubbyholeError> {
        if !is_folder(path) {
            let mut batch = Batch::default();
            batch.delete(self.shelf.path(&entry(owner, path)));
            self.shelf.commit(batch).await?;
        }
        Ok(Answer::empty())
    }
}

/// Folders have entries of their own, which come and go with what is in them.
fn is_folder(path: &str) -> bool {
    path.is_empty() || path.ends_with('/')
}

/// The folder of this name: empty, or with a slash at its end.
fn folder(path: &str) -> String {
    if is_folder(path) { path.to_owned() } else { format!("{path}/") }
}

fn entry(owner: Key, path: &str) -> String {
    format!("{owner}/{path}")
}

const SCHEMA: Schema = Schema(&[("path", Field::OfPath)]);
/// So much goes in one write.
const MOST_AT_ONCE: usize = 1000;

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::{clock::Moment, exchange::Fields};

    async fn write(cubbyholes: &Cubbyholes, owner: Key, path: &str) {
        let fields: Fields = json!({ "x": path }).as_object().cloned().unwrap_or_default().into();
        let request = Request {
            operation: Operation::Create,
            path,
            fields: &fields,
            now: Moment::at_second(0),
            lease_seconds: 0,
        };
        cubbyholes.handle(owner, &request).await.unwrap();
    }

    #[tokio::test]
    async fn everybody_has_their_own_and_leaves_nothing() {
        let store = Arc::new(Store::in_memory().await);
        let cubbyholes = Cubbyholes::new(store);
        let (mine, yours) = (Key::of("mine"), Key::of("yours"));
        for path in ["a", "b/c", "b/d/e"] {
            write(&cubbyholes, mine, path).await;
        }
        write(&cubbyholes, yours, "a").await;
        assert_eq!(*cubbyholes.read(yours, "a").unwrap().unwrap(), br#"{"x":"a"}"#);
        let mut owners = cubbyholes.owners().unwrap();
        owners.sort_unstable();
        let mut expected = [mine, yours];
        expected.sort_unstable();
        assert_eq!(owners, expected);
        cubbyholes.clear(mine).unwrap().unwrap().landed().await.unwrap();
        assert_eq!(cubbyholes.owners().unwrap(), [yours]);
        for path in ["a", "b/c", "b/d/e"] {
            assert!(!cubbyholes.holds(mine, path).unwrap(), "{path}");
        }
        assert!(cubbyholes.holds(yours, "a").unwrap() && cubbyholes.clear(mine).unwrap().is_none());
    }
}
