use std::{
    collections::BTreeMap,
    fmt,
    sync::{PoisonError, RwLock},
};

use serde_json::value::RawValue;
use zeroize::Zeroizing;

use super::super::{KvError, listing};
use crate::exchange::{Answer, Fields, Operation, Request};

/// The values by path.
#[derive(Default)]
pub(crate) struct Secrets(RwLock<BTreeMap<String, Secret>>);

struct Secret {
    json: Zeroizing<String>,
    /// How long a reader should take it for good: a hint, nothing ends.
    lease_seconds: u64,
}

impl Secrets {
    pub(crate) fn holds(&self, path: &str) -> bool {
        self.0.read().unwrap_or_else(PoisonError::into_inner).contains_key(path)
    }

    /// # Errors
    /// When nothing is there or nothing was given.
    pub(crate) fn handle(&self, request: &Request<'_>) -> Result<Answer, KvError> {
        match request.operation {
            Operation::Read => self.read(request.path),
            Operation::List => self.list(request.path),
            Operation::Create | Operation::Update => self.write(request.path, request.fields),
            Operation::Delete => {
                self.0.write().unwrap_or_else(PoisonError::into_inner).remove(request.path);
                Ok(Answer::empty())
            }
            Operation::Patch | Operation::Scan => Err(KvError::UnsupportedOperation),
        }
    }

    fn read(&self, path: &str) -> Result<Answer, KvError> {
        let secrets = self.0.read().unwrap_or_else(PoisonError::into_inner);
        let secret = secrets.get(path).ok_or(KvError::NotFound)?;
        let json: &RawValue = serde_json::from_str(&secret.json).map_err(|_| KvError::NotFound)?;
        Ok(Answer::data(&json).leased(secret.lease_seconds))
    }

    fn list(&self, path: &str) -> Result<Answer, KvError> {
        let names = listing::children(&self.0.read().unwrap_or_else(PoisonError::into_inner), path);
        if names.is_empty() { Err(KvError::NotFound) } else { Ok(Answer::keys(&names)) }
    }

    fn write(&self, path: &str, fields: &Fields) -> Result<Answer, KvError> {
        if fields.all().is_empty() {
            return Err(KvError::NoFields);
        }
        let ttl = fields.duration("ttl").ok().flatten();
        let ttl = ttl.or_else(|| fields.duration("lease").ok().flatten()).filter(|ttl| !ttl.is_zero());
        let json = serde_json::to_string(fields.all()).map_err(|_| KvError::NoFields)?;
        let lease_seconds = ttl.map_or(DEFAULT_LEASE_SECONDS, |ttl| ttl.as_secs());
        let secret = Secret { json: Zeroizing::new(json), lease_seconds };
        self.0.write().unwrap_or_else(PoisonError::into_inner).insert(path.to_owned(), secret);
        Ok(Answer::empty())
    }
}

impl fmt::Debug for Secrets {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Secrets([REDACTED])")
    }
}

const DEFAULT_LEASE_SECONDS: u64 = 768 * 3600;
