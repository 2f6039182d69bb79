use crate::{
    api::{
        Core,
        failure::Failure,
        mount::{Description, MountError, TUNED},
    },
    exchange::{Answer, Operation, Request},
};

/// `tune` of the mount that a path lies in; that of a method begins with `auth/`.
pub(super) async fn handle(core: &Core, path: &str, request: &Request<'_>) -> Result<Answer, Failure> {
    match request.operation {
        Operation::Read => {
            let mount = description(core, path).ok_or_else(|| MountError::NoView(path.to_owned()))?;
            Ok(Answer::merged(&mount.tuned()))
        }
        Operation::Create | Operation::Update => {
            TUNED.check(request.fields).map_err(Failure::Validation)?;
            Ok(match core.mounts.tune(path, request.fields, request.now).await? {
                Some(warning) => TUNED.noted(Answer::warning(warning), request.fields),
                None => Answer::empty(),
            })
        }
        _ => Err(Failure::UnsupportedOperation),
    }
}

/// What is said of the mount that a path lies in.
pub(super) fn description(core: &Core, path: &str) -> Option<Description> {
    if let Some(inside) = path.strip_prefix("auth/") {
        return core.mounts.methods.find(inside).map(|(mount, _)| mount.description.clone());
    }
    let built_in = core.mounts.built_in().into_iter().find(|mount| path.starts_with(&mount.path));
    built_in.or_else(|| core.mounts.engines.find(path).map(|(mount, _)| mount.description.clone()))
}
