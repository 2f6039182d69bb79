use serde_json::json;

use super::{
    secret::Secret,
    secrets::{Secrets, metadata_entry},
    settings::Settings,
};
use crate::{
    exchange::{Answer, Request, full},
    kv::KvError,
    storage::Batch,
};

pub(super) fn read(secrets: &Secrets, path: &str) -> Result<Answer, KvError> {
    let secret = secrets.secret(path)?.ok_or(KvError::NotFound)?;
    Ok(Answer::data(&json!({
        "cas_required": secret.settings.cas_required,
        "created_time": secret.created,
        "current_metadata_version": secret.metadata_version,
        "current_version": secret.current,
        "custom_metadata": secret.custom_metadata,
        "delete_version_after": full(secret.settings.delete_version_after),
        "max_versions": secret.settings.max_versions,
        "metadata_cas_required": false,
        "oldest_version": secret.oldest,
        "updated_time": secret.updated,
        "versions": secret.describe_versions(),
    })))
}

pub(super) fn list(secrets: &Secrets, path: &str) -> Result<Answer, KvError> {
    let names = secrets.shelf.children(&metadata_entry(path))?;
    if names.is_empty() { Err(KvError::NotFound) } else { Ok(Answer::keys(&names)) }
}

pub(super) async fn write(secrets: &Secrets, path: &str, request: &Request<'_>) -> Result<Answer, KvError> {
    let custom_metadata = request.fields.texts_by_name("custom_metadata")?;
    Settings::default().merge(request.fields)?;
    let _turn = secrets.shelf.turn(path).await;
    let mut secret = secrets.secret(path)?.unwrap_or_else(|| Secret::new(request.now));
    secret.settings.merge(request.fields)?;
    secret.custom_metadata = custom_metadata.or(secret.custom_metadata.take());
    secret.metadata_version += 1;
    secret.updated = request.now;
    let mut batch = Batch::default();
    secrets.keep(path, &secret, &mut batch)?;
    secrets.shelf.commit(batch).await?;
    Ok(Answer::empty())
}

/// Everything about a secret, its versions included.
pub(super) async fn delete(secrets: &Secrets, path: &str) -> Result<Answer, KvError> {
    let _turn = secrets.shelf.turn(path).await;
    if let Some(secret) = secrets.secret(path)? {
        let mut batch = Batch::default();
        secrets.forget(path, &secret, &mut batch);
        secrets.shelf.commit(batch).await?;
    }
    Ok(Answer::empty())
}
