use zeroize::Zeroizing;

use super::{
    cas,
    kept::{self, Kept, Newest},
    path::SecretPath,
    secret::Secret,
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
    let entry = secrets.entry(&view, path)?.ok_or(KvError::NotFound)?;
    if wanted <= 0
        && path.is_normal()
        && let Some(Newest { said, deletion, value }) = entry.newest()
        && deletion.is_none_or(|deletion| deletion > request.now)
    {
        return answer(value, said);
    }
    let kept = entry.open()?;
    let (number, version) = kept.secret.version(wanted).ok_or(KvError::NotFound)?;
    let said = written(&kept.secret.describe(number, version)).map_err(unreadable)?;
    if version.is_readable(request.now) {
        answer(&secrets.value(&view, &kept, path, number)?, &said)
    } else {
        Ok(answer(b"null", &said)?.gone())
    }
}

/// Both are JSON already.
fn answer(value: &[u8], said: &str) -> Result<Answer, KvError> {
    let value = std::str::from_utf8(value).map_err(unreadable)?;
    let answer = Answer::written(["{\"data\":", value, ",\"metadata\":", said, "}"].concat());
    Ok(answer.map_err(unreadable)?)
}

fn unreadable(problem: impl std::fmt::Display) -> StorageError {
    StorageError::Read(problem.to_string())
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
    let (inside, apart) = if kept::is_small(&value) { (Some(value), None) } else { (None, Some(value)) };
    if let Some(value) = kept.take_in(inside)
        && kept.secret.versions.contains_key(&before)
    {
        secrets.keep_value(&path.normal, before, value, &mut batch);
    }
    if let Some(value) = apart {
        secrets.keep_value(&path.normal, kept.secret.current, value, &mut batch);
    }
    secrets.keep(path, &kept, &mut batch)?;
    secrets.shelf.commit(batch).await?;
    let (number, version) = kept.secret.version(0).ok_or(KvError::NotFound)?;
    Ok(Answer::data(&kept.secret.describe(number, version)))
}
