use super::{
    mounts::{MADE, described, flags, folder, said},
    tune,
};
use crate::{
    api::{
        Core,
        failure::Failure,
        mount::{Description, MountError, Of, Tuning},
    },
    exchange::{Answer, Fields, Operation, Request},
};

pub(super) fn list(core: &Core) -> Answer {
    Answer::merged(&described(core.mounts.methods.descriptions().iter()))
}

pub(super) async fn handle(core: &Core, path: &str, request: &Request<'_>) -> Result<Answer, Failure> {
    if let Some(tuned) = path.strip_suffix("/tune") {
        return tune::handle(core, &format!("auth/{}", folder(tuned)), request).await;
    }
    let path = folder(path);
    match request.operation {
        Operation::Read => {
            let mount = core.mounts.methods.at(&path).ok_or(MountError::NoMethod(path))?;
            Ok(Answer::merged(&mount.description.to_json()))
        }
        Operation::Create | Operation::Update => {
            MADE.check(request.fields).map_err(Failure::Validation)?;
            enable(core, &path, request.fields).await
        }
        Operation::Delete => disable(core, &path).await,
        _ => Err(Failure::UnsupportedOperation),
    }
}

async fn enable(core: &Core, path: &str, fields: &Fields) -> Result<Answer, Failure> {
    let kind = fields.text("type")?.unwrap_or_default();
    let config = fields.map("config")?.cloned().unwrap_or_default();
    let tuning = Tuning::configured(&kind, Of::Method, &config)?;
    let options = fields.texts_by_name("options")?.unwrap_or_default();
    match kind.as_str() {
        "" => return Err(MountError::NoKind.into()),
        "plugin" => return Err(MountError::NoPluginName.into()),
        _ if options.get("version").is_some_and(|version| !version.is_empty()) => {
            return Err(MountError::NoMethodVersions(kind).into());
        }
        "token" => return Err(MountError::TokenOnce.into()),
        _ => core.mounts.methods.check_free(path)?,
    }
    if !matches!(kind.as_str(), "jwt" | "oidc") {
        return Err(MountError::UnknownKind(kind).into());
    }
    let text = fields.text("description")?.unwrap_or_default();
    let description =
        Description::new(&kind, path, &text).with_options(said(fields, options)).with_tuning(tuning);
    core.mounts.mount_method(description.with_flags(flags(fields)?)).await?;
    Ok(Answer::empty())
}

/// A method takes along the tokens that it gave.
async fn disable(core: &Core, path: &str) -> Result<Answer, Failure> {
    if path == "token/" {
        return Err(MountError::TokenStays.into());
    }
    core.mounts.unmount_method(path, &core.tokens).await?;
    Ok(Answer::empty())
}
