use serde_json::json;

use super::mounts::described;
use crate::{
    api::{
        Core,
        failure::Failure,
        mount::{Description, MountError},
    },
    exchange::{Answer, Operation, Request},
};

pub(super) fn list(core: &Core) -> Answer {
    Answer::merged(&described(core.mounts.methods.descriptions().iter()))
}

pub(super) async fn handle(core: &Core, path: &str, request: &Request<'_>) -> Result<Answer, Failure> {
    let (path, tunes) = path.strip_suffix("/tune").map_or((path, false), |path| (path, true));
    let path = format!("{}/", path.trim_end_matches('/'));
    match (request.operation, tunes) {
        (Operation::Read, tunes) => {
            let mount = core.mounts.methods.at(&path).ok_or(MountError::NoMethod(path))?;
            let description = &mount.description;
            Ok(if tunes {
                Answer::merged(&description.tuning())
            } else {
                Answer::merged(&description.to_json())
            })
        }
        (Operation::Create | Operation::Update, false) => enable(core, &path, request).await,
        (Operation::Delete, false) => disable(core, &path).await,
        _ => Err(Failure::UnsupportedOperation),
    }
}

async fn enable(core: &Core, path: &str, request: &Request<'_>) -> Result<Answer, Failure> {
    let kind = request.fields.text("type")?.filter(|kind| !kind.is_empty()).ok_or(MountError::NoKind)?;
    if kind != "jwt" {
        return Err(MountError::UnknownKind(kind).into());
    }
    let text = request.fields.text("description")?.unwrap_or_default();
    let description = Description::new("jwt", path, &text).with_options(json!({}));
    core.mounts.mount_method(description).await?;
    Ok(Answer::empty())
}

/// A method takes along the tokens that it gave.
async fn disable(core: &Core, path: &str) -> Result<Answer, Failure> {
    if path == "token/" {
        return Err(MountError::TokenStays.into());
    }
    if core.mounts.methods.at(path).is_some() {
        let issued = format!("auth/{path}");
        // Killed in between, nobody is left with a token of a method that is gone.
        core.tokens.revoke_issued_under(&issued).await?;
        core.mounts.unmount_method(path).await?;
        core.tokens.revoke_issued_under(&issued).await?;
    }
    Ok(Answer::empty())
}
