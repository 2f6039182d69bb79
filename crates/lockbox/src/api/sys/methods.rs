use serde_json::json;

use super::mounts::described;
use crate::{
    api::{
        Core,
        failure::Failure,
        mount::{Description, Mount, MountError},
    },
    auth::{Method, jwt},
    exchange::{Answer, Operation, Request},
};

pub(super) fn list(core: &Core) -> Answer {
    Answer::merged(&described(core.methods.descriptions().iter()))
}

pub(super) fn handle(core: &Core, path: &str, request: &Request<'_>) -> Result<Answer, Failure> {
    let (path, tunes) = path.strip_suffix("/tune").map_or((path, false), |path| (path, true));
    let path = format!("{}/", path.trim_end_matches('/'));
    match (request.operation, tunes) {
        (Operation::Read, tunes) => {
            let mount = core.methods.at(&path).ok_or(MountError::NoMethod(path))?;
            let description = &mount.description;
            Ok(if tunes {
                Answer::merged(&description.tuning())
            } else {
                Answer::merged(&description.to_json())
            })
        }
        (Operation::Create | Operation::Update, false) => enable(core, &path, request),
        (Operation::Delete, false) => disable(core, &path),
        _ => Err(Failure::UnsupportedOperation),
    }
}

fn enable(core: &Core, path: &str, request: &Request<'_>) -> Result<Answer, Failure> {
    let kind = request.fields.text("type")?.filter(|kind| !kind.is_empty()).ok_or(MountError::NoKind)?;
    if kind != "jwt" {
        return Err(MountError::UnknownKind(kind).into());
    }
    let text = request.fields.text("description")?.unwrap_or_default();
    let description = Description::new("jwt", path, &text).with_options(json!({}));
    core.methods.mount(Mount { description, inside: Method::Jwt(jwt::Method::default()) })?;
    Ok(Answer::empty())
}

/// A method takes along the tokens that it gave.
fn disable(core: &Core, path: &str) -> Result<Answer, Failure> {
    if path == "token/" {
        return Err(MountError::TokenStays.into());
    }
    if core.methods.at(path).is_some() {
        core.methods.remove(path);
        core.tokens.revoke_issued_under(&format!("auth/{path}"));
    }
    Ok(Answer::empty())
}
