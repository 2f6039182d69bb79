use std::collections::BTreeMap;

use super::{
    cas, custom_metadata,
    kept::Kept,
    path::SecretPath,
    secret::Secret,
    secrets::Secrets,
    settings::{Changes, Life},
};
use crate::{
    exchange::{Answer, FieldError, Request},
    json::Json,
    kv::KvError,
    storage::Batch,
};

pub(super) fn read(secrets: &Secrets, path: &SecretPath<'_>) -> Result<Answer, KvError> {
    let kept = secrets.kept(&secrets.shelf.view()?, path)?.ok_or(KvError::NotFound)?;
    Ok(Answer::data(&kept.secret.describe_all()))
}

pub(super) async fn write(
    secrets: &Secrets,
    path: &SecretPath<'_>,
    request: &Request<'_>,
) -> Result<Answer, KvError> {
    let given = Given::read(request, KvError::Field)?;
    if given.is_empty() {
        return Ok(Answer::empty());
    }
    let named = request.fields.has("custom_metadata");
    let custom_metadata = custom_metadata::read(&given.custom_metadata.clone().unwrap_or_default())?;
    let _turn = secrets.shelf.turn(&path.normal).await;
    let view = secrets.shelf.view()?;
    let (mount, kept) = (secrets.settings(&view)?, secrets.kept(&view, path)?);
    let known = kept.as_ref().map(|kept| &kept.secret);
    let version = known.map_or(0, |secret| secret.metadata_version);
    let settings = known.map(|secret| &secret.settings);
    cas::check_metadata(request.fields, version, (&mount, settings), KvError::Field)?;
    let mut kept = kept.unwrap_or_else(|| Kept::new(Secret::new(request.now)));
    let secret = &mut kept.secret;
    secret.settings.apply(&given.changes);
    if named {
        secret.custom_metadata = Some(custom_metadata).filter(|texts| !texts.is_empty());
    }
    finish(secrets, path, kept, (given, &mount), request).await
}

/// A JSON merge patch, which null makes shorter; it is OpenBao's, which cannot lift a limit of time.
pub(super) async fn patch(
    secrets: &Secrets,
    path: &SecretPath<'_>,
    request: &Request<'_>,
) -> Result<Answer, KvError> {
    let given = Given::read(request, KvError::Query)?;
    if given.is_empty() {
        return Ok(Answer::empty());
    }
    let named = given.custom_metadata.iter().flatten().filter(|(_, value)| **value != Json::Null);
    custom_metadata::read(&named.map(|(name, value)| (name.clone(), value.clone())).collect())?;
    let _turn = secrets.shelf.turn(&path.normal).await;
    let view = secrets.shelf.view()?;
    let mount = secrets.settings(&view)?;
    let Some(mut kept) = secrets.kept(&view, path)? else { return Ok(Answer::nothing()) };
    let secret = &mut kept.secret;
    let settings = (&mount, Some(&secret.settings));
    cas::check_metadata(request.fields, secret.metadata_version, settings, KvError::Query)?;
    let mut texts = secret.custom_metadata.take().unwrap_or_default();
    match &given.custom_metadata {
        Some(changes) => merge_texts(&mut texts, changes)?,
        None if request.fields.has("custom_metadata") => texts.clear(),
        None => {}
    }
    secret.custom_metadata = Some(texts).filter(|texts| !texts.is_empty());
    if let Some(most) = given.changes.max_versions
        && u32::try_from(most).is_err()
    {
        let problem = format!("number {most} into Go struct field .max_versions of type uint32");
        return Err(KvError::PatchUnreadable(problem));
    }
    let life = given.changes.life.filter(|life| *life != Life::Unset).unwrap_or(secret.settings.life);
    secret.settings.apply(&given.changes);
    secret.settings.life = life;
    finish(secrets, path, kept, (given, &mount), request).await
}

/// Everything about a secret, its versions included.
pub(super) async fn delete(secrets: &Secrets, path: &SecretPath<'_>) -> Result<Answer, KvError> {
    let _turn = secrets.shelf.turn(&path.normal).await;
    if let Some(kept) = secrets.kept(&secrets.shelf.view()?, path)? {
        let mut batch = Batch::default();
        secrets.forget(&path.normal, &kept.secret, &mut batch);
        secrets.shelf.commit(batch).await?;
    }
    Ok(Answer::empty())
}

/// What a request says about a secret.
struct Given {
    changes: Changes,
    custom_metadata: Option<BTreeMap<String, Json>>,
    nothing: bool,
}

impl Given {
    fn read(request: &Request<'_>, refused: fn(FieldError) -> KvError) -> Result<Self, KvError> {
        let changes = Changes::read(request.fields).map_err(refused)?;
        let custom_metadata = request.fields.object("custom_metadata").map_err(refused)?;
        let nothing = changes.is_empty() && !request.fields.has("custom_metadata");
        Ok(Self { changes, custom_metadata, nothing })
    }

    fn is_empty(&self) -> bool {
        self.nothing
    }
}

async fn finish(
    secrets: &Secrets,
    path: &SecretPath<'_>,
    mut kept: Kept,
    (given, mount): (Given, &super::settings::Settings),
    request: &Request<'_>,
) -> Result<Answer, KvError> {
    kept.secret.metadata_version += 1;
    kept.secret.updated = request.now;
    let mut batch = Batch::default();
    secrets.keep(path, &kept, &mut batch)?;
    secrets.shelf.commit(batch).await?;
    let warnings = given.changes.warnings(mount);
    Ok(if warnings.is_empty() { Answer::empty() } else { Answer::warned(warnings) })
}

fn merge_texts(
    texts: &mut BTreeMap<String, String>,
    changes: &BTreeMap<String, Json>,
) -> Result<(), KvError> {
    for (name, change) in changes {
        let kind = match change {
            Json::Null => {
                texts.remove(name);
                continue;
            }
            Json::Text(text) => {
                texts.insert(name.clone(), text.as_str().to_owned());
                continue;
            }
            Json::Number(_) => "number",
            Json::Flag(_) => "bool",
            Json::List(_) | Json::Deep(_) => "array",
            Json::Object(_) => "object",
        };
        let problem = format!("{kind} into Go struct field .custom_metadata.{name} of type string");
        return Err(KvError::PatchUnreadable(problem));
    }
    Ok(())
}
