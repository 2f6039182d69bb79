use zeroize::Zeroizing;

use crate::{
    random,
    storage::{Batch, StorageError, Store},
};

/// A key that outlives the process, as what is made with it does: drawn once, kept under this path.
///
/// # Errors
/// When the disk refuses, or what is kept is no key.
pub(super) async fn own_key(store: &Store, path: &str) -> Result<Zeroizing<[u8; 32]>, StorageError> {
    if let Some(kept) = store.read(path)? {
        let key = kept.as_slice().try_into().map(Zeroizing::new);
        return key.map_err(|_| StorageError::Read(format!("{path} holds no key")));
    }
    let key = Zeroizing::new(random::bytes::<32>());
    let mut batch = Batch::default();
    batch.put(path, Zeroizing::new(key.to_vec()));
    store.commit(batch).await?;
    Ok(key)
}
