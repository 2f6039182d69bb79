use serde_json::{Map, Value, json};

use crate::{
    api::{Core, failure::Failure, process::Asking},
    auth::token::Session,
    exchange::{Answer, Field, Request, Schema},
    policy::Acl,
};

/// What the token that asks may do.
pub(super) fn of_self(asking: &Asking<'_>, request: &Request<'_>) -> Result<Answer, Failure> {
    BY_TOKEN.check(request.fields).map_err(Failure::Validation)?;
    let paths = paths(request)?;
    Ok(BY_TOKEN.noted(described(asking.acl, &paths)?, request.fields))
}

/// The same of the token that is named.
pub(super) fn of_token(core: &Core, request: &Request<'_>) -> Result<Answer, Failure> {
    BY_TOKEN.check(request.fields).map_err(Failure::Validation)?;
    // OpenBao looks for a text here, and takes nothing else for one.
    let named = request.fields.value("token").and_then(Value::as_str).filter(|id| !id.is_empty());
    let id = named.ok_or(Failure::NoTokenNamed)?;
    let paths = paths(request)?;
    let session = core.tokens.find(id, request.now).ok_or(Failure::UnknownTokenNamed)?;
    Ok(BY_TOKEN.noted(described(&acl(core, &session, request), &paths)?, request.fields))
}

/// The same of the token whose accessor is named.
pub(super) fn of_accessor(core: &Core, request: &Request<'_>) -> Result<Answer, Failure> {
    BY_ACCESSOR.check(request.fields).map_err(Failure::Validation)?;
    let accessor = request.fields.text("accessor")?.unwrap_or_default();
    if accessor.is_empty() {
        return Err(Failure::NoAccessor);
    }
    let session = core.tokens.find_by_accessor(&accessor, request.now);
    let session = session.ok_or(Failure::UnknownAccessorNamed)?;
    let paths = paths(request)?;
    Ok(BY_ACCESSOR.noted(described(&acl(core, &session, request), &paths)?, request.fields))
}

fn paths(request: &Request<'_>) -> Result<Vec<String>, Failure> {
    let mut paths = request.fields.texts("paths")?.unwrap_or_default();
    if paths.is_empty() {
        paths = request.fields.texts("path")?.unwrap_or_default();
    }
    if paths.is_empty() { Err(Failure::NoPaths) } else { Ok(paths) }
}

/// By path; for a single path under `capabilities` too.
fn described(acl: &Acl, paths: &[String]) -> Result<Answer, Failure> {
    if paths.iter().any(|path| path.trim().is_empty()) {
        return Err(Failure::EmptyPath);
    }
    let mut answer = Map::new();
    for path in paths {
        let names: Value = json!(acl.names(path));
        if let [_] = paths {
            answer.insert("capabilities".to_owned(), names.clone());
        }
        answer.insert(path.clone(), names);
    }
    Ok(Answer::merged(&answer))
}

fn acl(core: &Core, session: &Session, request: &Request<'_>) -> Acl {
    let token = &session.token;
    Acl::new(&core.policies, token.policies.iter().map(String::as_str))
        .at(request.now)
        .borne_by(&token.entity_id)
}

const BY_TOKEN: Schema = Schema(&[("token", Field::Text), ("path", Field::Texts), ("paths", Field::Texts)]);
const BY_ACCESSOR: Schema =
    Schema(&[("accessor", Field::Text), ("path", Field::Texts), ("paths", Field::Texts)]);
