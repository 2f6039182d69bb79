use zeroize::Zeroizing;

use super::{
    cas,
    kept::{self, Kept},
    path::SecretPath,
    secret::{Secret, VersionAnswer},
    secrets::Secrets,
    settings::Settings,
};
use crate::{
    exchange::{Answer, Request},
    json::{Json, Numbers, merge, read as parsed, written},
    kv::KvError,
    storage::{Batch, StorageError},
};

pub(super) fn read(
    secrets: &Secrets,
    path: &SecretPath<'_>,
    request: &Request<'_>,
) -> Result<Answer, KvError> {
    let wanted = request.fields.integer("version").map_err(KvError::Query)?.unwrap_or_default();
    let view = secrets.shelf.view()?;
    let kept = secrets.kept(&view, path)?.ok_or(KvError::NotFound)?;
    let (number, version) = kept.secret.version(wanted).ok_or(KvError::NotFound)?;
    let metadata = kept.secret.describe(number, version);
    if version.is_readable(request.now) {
        let value = secrets.value(&view, &kept, path, number)?;
        answer(&value, &metadata)
    } else {
        Ok(answer(b"null", &metadata)?.gone())
    }
}

/// The value is JSON already, and is not looked into.
fn answer(value: &[u8], metadata: &VersionAnswer<'_>) -> Result<Answer, KvError> {
    let unreadable = |problem: String| StorageError::Read(problem);
    let value = std::str::from_utf8(value).map_err(|error| unreadable(error.to_string()))?;
    let metadata = written(metadata).map_err(|error| unreadable(error.to_string()))?;
    let answer = Answer::written(format!("{{\"data\":{value},\"metadata\":{metadata}}}"));
    Ok(answer.map_err(|error| unreadable(error.to_string()))?)
}

pub(super) async fn write(
    secrets: &Secrets,
    path: &SecretPath<'_>,
    request: &Request<'_>,
) -> Result<Answer, KvError> {
    if !request.fields.has("data") {
        return Err(KvError::NoData);
    }
    let given = request.fields.object("data").map_err(KvError::Field)?;
    let value = given.map_or(Json::Null, Json::Object).write(Numbers::AsFloats);
    let _turn = secrets.shelf.turn(&path.normal).await;
    let view = secrets.shelf.view()?;
    let (mount, kept) = (secrets.settings(&view)?, secrets.kept(&view, path)?);
    let known = kept.as_ref().map(|kept| &kept.secret);
    let current = known.map_or(0, |secret| secret.current);
    cas::check(request.fields, current, (&mount, known.map(|secret| &secret.settings)))?;
    let kept = kept.unwrap_or_else(|| Kept::new(Secret::new(request.now)));
    put(secrets, path, (kept, value), &mount, request).await
}

/// A JSON merge patch (RFC 7396) on the newest version.
pub(super) async fn patch(
    secrets: &Secrets,
    path: &SecretPath<'_>,
    request: &Request<'_>,
) -> Result<Answer, KvError> {
    if !request.fields.has("data") {
        return Err(KvError::NoData);
    }
    let changes = request.fields.object("data").map_err(KvError::Query)?;
    let _turn = secrets.shelf.turn(&path.normal).await;
    let view = secrets.shelf.view()?;
    let mount = secrets.settings(&view)?;
    let Some(kept) = secrets.kept(&view, path)? else { return Ok(Answer::nothing()) };
    let secret = &kept.secret;
    cas::check(request.fields, secret.current, (&mount, Some(&secret.settings)))?;
    let Some((number, version)) = secret.version(0) else { return Ok(Answer::nothing()) };
    if !version.is_readable(request.now) {
        return Ok(Answer::data(&secret.describe(number, version)).gone());
    }
    let Some(Json::Object(mut members)) = parsed(&secrets.value(&view, &kept, path, number)?) else {
        return Err(KvError::NoResource);
    };
    let patched = match changes {
        Some(changes) => {
            merge(&mut members, changes);
            Json::Object(members)
        }
        None => Json::Null,
    };
    put(secrets, path, (kept, patched.write(Numbers::AsFloats)), &mount, request).await
}

/// Deletes the newest version, which can be undone.
pub(super) async fn delete(
    secrets: &Secrets,
    path: &SecretPath<'_>,
    request: &Request<'_>,
) -> Result<Answer, KvError> {
    let _turn = secrets.shelf.turn(&path.normal).await;
    if let Some(mut kept) = secrets.kept(&secrets.shelf.view()?, path)?
        && let Some(version) = kept.secret.versions.get_mut(&kept.secret.current)
    {
        version.delete(request.now);
        let mut batch = Batch::default();
        secrets.keep(path, &kept, &mut batch)?;
        secrets.shelf.commit(batch).await?;
    }
    Ok(Answer::empty())
}

/// Adds a version. A small value takes the place of the one before it, which moves to a place of its own.
async fn put(
    secrets: &Secrets,
    path: &SecretPath<'_>,
    (mut kept, value): (Kept, Zeroizing<Vec<u8>>),
    mount: &Settings,
    request: &Request<'_>,
) -> Result<Answer, KvError> {
    let mut batch = Batch::default();
    let before = kept.secret.current;
    for gone in kept.secret.add(path, mount, request.now) {
        secrets.forget_value(&path.normal, gone, &mut batch);
    }
    if let Some(before_value) = kept.value()
        && kept.secret.versions.contains_key(&before)
    {
        secrets.keep_value(&path.normal, before, Zeroizing::new(before_value.to_vec()), &mut batch);
    }
    let secret = kept.secret;
    if kept::is_small(&value) {
        secrets.keep_entry(path, kept::entry(&secret, Some(&value))?, &mut batch);
    } else {
        secrets.keep_entry(path, kept::entry(&secret, None)?, &mut batch);
        secrets.keep_value(&path.normal, secret.current, value, &mut batch);
    }
    secrets.shelf.commit(batch).await?;
    let (number, version) = secret.version(0).ok_or(KvError::NotFound)?;
    Ok(Answer::data(&secret.describe(number, version)))
}
