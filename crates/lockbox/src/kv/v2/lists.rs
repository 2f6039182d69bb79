use serde_json::{Map, Value, json};

use super::{
    path::SecretPath,
    secrets::{METADATA, Secrets},
};
use crate::{
    exchange::{Answer, Request},
    kv::{KvError, walk},
    storage::ShelfView,
};

/// The names in a folder, or the part of them that the request asks for.
pub(super) fn list(
    secrets: &Secrets,
    path: &SecretPath<'_>,
    request: &Request<'_>,
) -> Result<Answer, KvError> {
    let names = page(&secrets.shelf.view()?, path, request)?;
    Ok(Answer::keys(&names))
}

/// Everything in a folder, however deep.
pub(super) fn scan(secrets: &Secrets, path: &SecretPath<'_>) -> Result<Answer, KvError> {
    let paths = walk::all_entries(&secrets.shelf.view()?, &folder(path))?;
    Ok(Answer::keys(&paths))
}

/// The same, with what is known about each.
pub(super) fn detailed_list(
    secrets: &Secrets,
    path: &SecretPath<'_>,
    request: &Request<'_>,
) -> Result<Answer, KvError> {
    let view = secrets.shelf.view()?;
    let names = page(&view, path, request)?;
    detailed(secrets, &view, path, names)
}

pub(super) fn detailed_scan(secrets: &Secrets, path: &SecretPath<'_>) -> Result<Answer, KvError> {
    let view = secrets.shelf.view()?;
    let paths = walk::all_entries(&view, &folder(path))?;
    detailed(secrets, &view, path, paths)
}

fn detailed(
    secrets: &Secrets,
    view: &ShelfView<'_>,
    folder: &SecretPath<'_>,
    names: Vec<String>,
) -> Result<Answer, KvError> {
    if names.is_empty() {
        return Ok(Answer::keys(&names));
    }
    let mut details = Map::new();
    for name in &names {
        let path = format!("{}{name}", folder.folder());
        let kept = secrets.kept(view, &SecretPath::from(path.as_str()))?;
        details
            .insert(name.clone(), kept.map_or(Value::Object(Map::new()), |kept| kept.secret.describe_all()));
    }
    Ok(Answer::data(&json!({ "key_info": details, "keys": names })))
}

fn page(view: &ShelfView<'_>, path: &SecretPath<'_>, request: &Request<'_>) -> Result<Vec<String>, KvError> {
    let after = request.fields.text("after").map_err(KvError::Query)?.unwrap_or_default();
    let limit = request.fields.integer("limit").map_err(KvError::Query)?.unwrap_or_default();
    let limit = usize::try_from(limit).ok().filter(|limit| *limit > 0).unwrap_or(usize::MAX);
    let mut names = view.children(&folder(path))?;
    names.retain(|name| *name > after);
    names.truncate(limit);
    Ok(names)
}

fn folder(path: &SecretPath<'_>) -> String {
    [METADATA, &path.folder()].concat()
}
