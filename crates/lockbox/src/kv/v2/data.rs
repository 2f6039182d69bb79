use serde::Serialize;
use serde_json::{Map, Value, value::RawValue};
use zeroize::Zeroizing;

use super::{
    secret::{Secret, VersionAnswer},
    secrets::Secrets,
};
use crate::{
    exchange::{Answer, Fields, Request},
    kv::KvError,
    storage::{Batch, json},
};

#[derive(Serialize)]
struct DataAnswer<'a> {
    data: Option<&'a RawValue>,
    metadata: VersionAnswer<'a>,
}

pub(super) fn read(secrets: &Secrets, path: &str, request: &Request<'_>) -> Result<Answer, KvError> {
    let wanted = request.fields.integer("version").map_err(KvError::Query)?.unwrap_or_default();
    let secret = secrets.secret(path)?.ok_or(KvError::NotFound)?;
    let number = u64::try_from(wanted).ok().filter(|number| *number > 0).unwrap_or(secret.current);
    let version = secret.versions.get(&number).ok_or(KvError::NotFound)?;
    let value = if version.is_readable(request.now) { secrets.value(path, number)? } else { None };
    let data: Option<&RawValue> = value.as_ref().and_then(|json| serde_json::from_slice(json).ok());
    let answer = Answer::data(&DataAnswer { data, metadata: secret.describe(number, version) });
    Ok(if data.is_some() { answer } else { answer.gone() })
}

pub(super) async fn write(secrets: &Secrets, path: &str, request: &Request<'_>) -> Result<Answer, KvError> {
    if !request.fields.has("data") {
        return Err(KvError::NoData);
    }
    let value = json(&request.fields.map("data")?)?;
    let _turn = secrets.shelf.turn(path).await;
    let secret = secrets.secret(path)?;
    put(secrets, path, secret, value, request).await
}

/// A JSON merge patch (RFC 7396) on the current version.
pub(super) async fn patch(secrets: &Secrets, path: &str, request: &Request<'_>) -> Result<Answer, KvError> {
    let changes = request.fields.map("data")?.ok_or(KvError::NoData)?;
    let _turn = secrets.shelf.turn(path).await;
    let secret = secrets.secret(path)?.ok_or(KvError::NotFound)?;
    let readable =
        secret.versions.get(&secret.current).is_some_and(|version| version.is_readable(request.now));
    let current = if readable { secrets.value(path, secret.current)? } else { None };
    let mut data: Value =
        current.and_then(|json| serde_json::from_slice(&json).ok()).ok_or(KvError::NotFound)?;
    merge(&mut data, changes);
    let value = json(&data)?;
    put(secrets, path, Some(secret), value, request).await
}

pub(super) async fn delete(secrets: &Secrets, path: &str, request: &Request<'_>) -> Result<Answer, KvError> {
    let _turn = secrets.shelf.turn(path).await;
    if let Some(mut secret) = secrets.secret(path)?
        && let Some(version) = secret.versions.get_mut(&secret.current)
    {
        version.delete(request.now);
        let mut batch = Batch::default();
        secrets.keep(path, &secret, &mut batch)?;
        secrets.shelf.commit(batch).await?;
    }
    Ok(Answer::empty())
}

async fn put(
    secrets: &Secrets,
    path: &str,
    known: Option<Secret>,
    value: Zeroizing<Vec<u8>>,
    request: &Request<'_>,
) -> Result<Answer, KvError> {
    let settings = secrets.settings()?;
    let required = settings.cas_required || known.as_ref().is_some_and(|secret| secret.settings.cas_required);
    let current = known.as_ref().map_or(0, |secret| secret.current);
    match expected_version(request.fields)? {
        Some(expected) if u64::try_from(expected) != Ok(current) => return Err(KvError::CasMismatch),
        None if required => return Err(KvError::CasRequired),
        Some(_) | None => {}
    }
    let mut secret = known.unwrap_or_else(|| Secret::new(request.now));
    let mut batch = Batch::default();
    for gone in secret.add(&settings, request.now) {
        secrets.forget_value(path, gone, &mut batch);
    }
    secrets.keep_value(path, secret.current, value, &mut batch);
    secrets.keep(path, &secret, &mut batch)?;
    secrets.shelf.commit(batch).await?;
    let version = secret.versions.get(&secret.current).ok_or(KvError::NotFound)?;
    Ok(Answer::data(&secret.describe(secret.current, version)))
}

fn expected_version(fields: &Fields) -> Result<Option<i64>, KvError> {
    let Some(options) = fields.map("options")? else {
        return Ok(None);
    };
    Ok(Fields::from(options.clone()).integer("cas")?)
}

fn merge(target: &mut Value, changes: &Map<String, Value>) {
    if !target.is_object() {
        *target = Value::Object(Map::new());
    }
    let Some(target) = target.as_object_mut() else {
        return;
    };
    for (name, change) in changes {
        match change {
            Value::Null => {
                target.remove(name);
            }
            Value::Object(nested) => merge(target.entry(name.clone()).or_insert(Value::Null), nested),
            other => {
                target.insert(name.clone(), other.clone());
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_patch_changes_removes_and_nests() {
        let mut target = json!({ "a": 1, "b": { "c": 2, "d": 3 } });
        merge(&mut target, json!({ "a": null, "b": { "c": 4 }, "e": { "f": 5 } }).as_object().unwrap());
        assert_eq!(target, json!({ "b": { "c": 4, "d": 3 }, "e": { "f": 5 } }));
    }
}
