use std::path::Path;

use zeroize::Zeroizing;

use super::core::LoadError;
use crate::{
    audit::{AuditKeys, AuditLog, SealKey, Tip, Witness},
    clock::Moment,
    random,
    storage::{Batch, StorageError, Store, json},
};

/// Opens the audit log with the keys that the store keeps for it, and says in it what is missing of what was known.
///
/// # Errors
/// When the log or the store refuses.
pub(super) async fn open(store: &Store, path: &Path, now: Moment) -> Result<AuditLog, LoadError> {
    let keys = keys(store).await?;
    let log = AuditLog::open(path, keys, known(store)?, now)?;
    remember(store, log.tip());
    Ok(log)
}

/// How far the log is known to have come.
///
/// # Errors
/// When the store cannot be read.
pub(super) fn known(store: &Store) -> Result<Option<Tip>, StorageError> {
    let Some(kept) = store.read(TIP)? else { return Ok(None) };
    serde_json::from_slice(&kept).map(Some).map_err(|error| StorageError::Read(error.to_string()))
}

/// What the store knows of the log; nothing when there was never one.
///
/// # Errors
/// When the store cannot be read.
pub(super) fn witness(store: &Store) -> Result<Option<Witness>, StorageError> {
    let Some(kept) = store.read(SEAL)? else { return Ok(None) };
    let mut secret = Zeroizing::new([0; 32]);
    if kept.len() != secret.len() {
        return Err(StorageError::Read(format!("{SEAL} is no key")));
    }
    secret.copy_from_slice(&kept);
    Ok(Some(Witness { key: SealKey::new(&secret), tip: known(store)? }))
}

/// Keeps in the store how far the log has come, apart from the log itself.
pub(super) fn remember(store: &Store, tip: Tip) {
    if known(store).is_ok_and(|known| known.is_some_and(|known| known.number == tip.number)) {
        return;
    }
    if let Ok(tip) = json(&tip) {
        let mut batch = Batch::default();
        batch.put(TIP, tip);
        // Nobody waits for it: what is known may be a little behind, and never ahead.
        let _ = store.submit(batch);
    }
}

async fn keys(store: &Store) -> Result<AuditKeys, StorageError> {
    let mut keys = [Zeroizing::new([0; 32]), Zeroizing::new([0; 32])];
    for (key, entry) in keys.iter_mut().zip([SALT, SEAL]) {
        match store.read(entry)? {
            Some(kept) if kept.len() == key.len() => key.copy_from_slice(&kept),
            Some(_) => return Err(StorageError::Read(format!("{entry} is no key"))),
            None => {
                *key = Zeroizing::new(random::bytes());
                let mut batch = Batch::default();
                batch.put(entry, Zeroizing::new(key.to_vec()));
                store.commit(batch).await?;
            }
        }
    }
    let [salt, seal] = keys;
    Ok(AuditKeys::new(&salt, &seal))
}

/// What stays as it is when a backup is put in the place of everything: the log goes on.
pub(super) const STAYS: [&str; 3] = [TIP, SALT, SEAL];

const TIP: &str = "core/audit/tip";
const SALT: &str = "core/audit/salt";
const SEAL: &str = "core/audit/seal";
