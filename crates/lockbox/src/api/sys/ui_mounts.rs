use serde_json::json;

use super::mounts::described;
use crate::{
    api::{Core, failure::Failure},
    exchange::Answer,
    policy::{Acl, Verdict},
};

/// All mounts that a token can see, or the one that a path lies in: how clients learn which KV version it is.
pub(crate) fn ui_mounts(core: &Core, acl: &Acl, path: &str) -> Result<Answer, Failure> {
    let path = path.trim_start_matches('/');
    if path.is_empty() {
        return Ok(all(core, acl));
    }
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
