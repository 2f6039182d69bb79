use serde_json::{Map, Value, json};

use super::{secret::Secret, secrets::Store};
use crate::{
    clock::Moment,
    exchange::{Answer, Request, full},
    kv::{KvError, listing},
};

pub(super) fn read(store: &Store, path: &str) -> Result<Answer, KvError> {
    let secret = store.secrets.get(path).ok_or(KvError::NotFound)?;
    let versions: Map<String, Value> = secret
        .versions
        .iter()
        .map(|(number, version)| {
            let described = json!({
                "created_time": version.created,
                "deletion_time": version.deletion.map(Moment::rfc3339).unwrap_or_default(),
                "destroyed": version.json.is_none(),
            });
            (number.to_string(), described)
        })
        .collect();
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
        "versions": versions,
    })))
}

pub(super) fn list(store: &Store, path: &str) -> Result<Answer, KvError> {
    let names = listing::children(&store.secrets, path);
    if names.is_empty() { Err(KvError::NotFound) } else { Ok(Answer::keys(&names)) }
}

pub(super) fn write(store: &mut Store, path: &str, request: &Request<'_>) -> Result<Answer, KvError> {
    let custom_metadata = request.fields.texts_by_name("custom_metadata")?;
    let mut settings = super::settings::Settings::default();
    settings.merge(request.fields)?;
    let secret = store.secrets.entry(path.to_owned()).or_insert_with(|| Secret::new(request.now));
    secret.settings.merge(request.fields)?;
    secret.custom_metadata = custom_metadata.or(secret.custom_metadata.take());
    secret.metadata_version += 1;
    secret.updated = request.now;
    Ok(Answer::empty())
}

/// Everything about a secret, its versions included.
pub(super) fn delete(store: &mut Store, path: &str) -> Answer {
    store.secrets.remove(path);
    Answer::empty()
}
