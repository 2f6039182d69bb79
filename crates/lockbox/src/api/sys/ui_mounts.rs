use serde_json::json;

use super::mounts::described;
use crate::{
    api::{Core, failure::Failure, http::Incoming},
    auth::token::TokenError,
    exchange::{Answer, Operation},
    policy::{Acl, Verdict},
};

/// All mounts that a token can see, or the one that a path lies in: how clients learn which KV version it is. Asking does
/// not use a token up, and without one nothing is seen.
///
/// # Errors
/// When the token is none, or cannot see the mount.
pub(crate) fn ui_mounts(core: &Core, incoming: &Incoming, rest: &str) -> Result<Answer, Failure> {
    if rest == "/" || matches!(incoming.operation, Operation::List | Operation::Scan) {
        return Err(Failure::UnsupportedOpenPath);
    }
    if incoming.operation != Operation::Read {
        return Err(Failure::UnsupportedLogin);
    }
    let session = match incoming.token.as_deref() {
        Some(id) => core.tokens.recognise(id, incoming.peer.ip(), core.now())?,
        None if rest.is_empty() => return Ok(Answer::data(&json!({ "auth": {}, "secret": {} }))),
        None => return Err(TokenError::Refused.into()),
    };
    let acl = &Acl::new(&core.policies, session.token.policies.iter().map(String::as_str))
        .at(core.now())
        .borne_by(&session.token.entity_id);
    match rest.trim_start_matches('/') {
        "" => Ok(all(core, acl)),
        path => one(core, acl, path),
    }
}

fn one(core: &Core, acl: &Acl, path: &str) -> Result<Answer, Failure> {
    let asked = format!("{}/", path.trim_end_matches('/'));
    let found = match path.strip_prefix("auth/") {
        Some(inside) => {
            core.mounts.methods.find(inside).map(|(mount, _)| ("auth/", mount.description.clone()))
        }
        None => core.mounts.engines.find(path).map(|(mount, _)| ("", mount.description.clone())),
    };
    let seen = found.filter(|(place, mount)| sees(acl, place, &mount.path));
    let Some((_, mount)) = seen else { return Err(Failure::MountNotSeen(asked)) };
    let mut described = mount.to_json();
    described.insert("path".to_owned(), json!(mount.path));
    Ok(Answer::data(&described))
}

fn all(core: &Core, acl: &Acl) -> Answer {
    let mut engines = core.mounts.engines.descriptions();
    engines.extend(core.mounts.built_in());
    engines.retain(|mount| sees(acl, "", &mount.path));
    let mut methods = core.mounts.methods.descriptions();
    methods.retain(|mount| sees(acl, "auth/", &mount.path));
    Answer::data(&json!({ "auth": described(methods.iter()), "secret": described(engines.iter()) }))
}

fn sees(acl: &Acl, place: &str, mount: &str) -> bool {
    acl.reaches_into(&format!("{place}{mount}")) == Verdict::Allow
}
