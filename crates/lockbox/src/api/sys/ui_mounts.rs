use serde_json::{Map, Value, json};

use super::{mounts::described, tune};
use crate::{
    api::{Core, failure::Failure, http::Incoming, mount::Description},
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
    if rest == "/" {
        return Err(Failure::UnsupportedOpenPath);
    }
    if incoming.operation != Operation::Read {
        return Err(Failure::UnsupportedLogin);
    }
    let session = match incoming.token.as_deref() {
        Some(id) => core.tokens.recognise(id, incoming.peer.ip(), core.now())?,
        None if rest.is_empty() => return Ok(all_for_everybody(core)),
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
    let place = if path.starts_with("auth/") { "auth/" } else { "" };
    let found = tune::description(core, if place.is_empty() { &asked } else { path });
    let seen = found.filter(|mount| sees(acl, place, &mount.path));
    let Some(mount) = seen else { return Err(Failure::MountNotSeen(asked)) };
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

/// Those that are shown to who has no token.
fn all_for_everybody(core: &Core) -> Answer {
    let shown = |mounts: Vec<Description>| -> Map<String, Value> {
        let shown = mounts.into_iter().filter(Description::is_for_everybody);
        shown.map(|mount| (mount.path.clone(), mount.to_passers_by())).collect()
    };
    let (methods, engines) = (core.mounts.methods.descriptions(), core.mounts.engines.descriptions());
    Answer::data(&json!({ "auth": shown(methods), "secret": shown(engines) }))
}

fn sees(acl: &Acl, place: &str, mount: &str) -> bool {
    acl.reaches_into(&format!("{place}{mount}")) == Verdict::Allow
}
