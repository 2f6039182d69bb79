use serde_json::{Map, Value, json};

use crate::{
    api::{
        Core,
        failure::Failure,
        mount::{Description, MountError},
    },
    exchange::{Answer, Operation, Request},
};

pub(super) fn list(core: &Core) -> Answer {
    Answer::merged(&described(core.mounts.engines.descriptions().iter().chain([&system()])))
}

/// The mounts by path.
pub(super) fn described<'a>(mounts: impl Iterator<Item = &'a Description>) -> Map<String, Value> {
    mounts.map(|mount| (mount.path.clone(), Value::Object(mount.to_json()))).collect()
}

/// The server itself, which is among its mounts.
pub(super) fn system() -> Description {
    Description::new("system", "sys/", "system endpoints used for control, policy and debugging")
}

pub(super) async fn handle(core: &Core, path: &str, request: &Request<'_>) -> Result<Answer, Failure> {
    let (path, tunes) = path.strip_suffix("/tune").map_or((path, false), |path| (path, true));
    let path = format!("{}/", path.trim_end_matches('/'));
    match (request.operation, tunes) {
        (Operation::Read, tunes) => {
            let mount = core.mounts.engines.at(&path).ok_or(MountError::NoEngine(path))?;
            let description = &mount.description;
            Ok(if tunes {
                Answer::merged(&description.tuning())
            } else {
                Answer::merged(&description.to_json())
            })
        }
        (Operation::Create | Operation::Update, false) => enable(core, &path, request).await,
        (Operation::Delete, false) => {
            if is_reserved(&path) {
                return Err(MountError::Stays(path).into());
            }
            core.mounts.unmount_engine(&path).await?;
            Ok(Answer::empty())
        }
        _ => Err(Failure::UnsupportedOperation),
    }
}

async fn enable(core: &Core, path: &str, request: &Request<'_>) -> Result<Answer, Failure> {
    let kind = request.fields.text("type")?.filter(|kind| !kind.is_empty()).ok_or(MountError::NoKind)?;
    let asked = request.fields.texts_by_name("options")?.unwrap_or_default();
    let options = match (kind.as_str(), asked.get("version").map(String::as_str)) {
        ("kv-v2", None | Some("2")) | ("kv", Some("2")) => json!({ "version": "2" }),
        ("kv-v1", None | Some("1")) | ("kv", Some("1")) => json!({ "version": "1" }),
        ("kv", None) => json!({}),
        ("kv" | "kv-v1" | "kv-v2", Some(_)) => return Err(MountError::UnknownVersion.into()),
        _ => return Err(MountError::UnknownKind(kind).into()),
    };
    if is_reserved(path) {
        return Err(MountError::Reserved(path.to_owned()).into());
    }
    let text = request.fields.text("description")?.unwrap_or_default();
    let description = Description::new("kv", path, &text).with_options(options);
    core.mounts.mount_engine(description).await?;
    Ok(Answer::empty())
}

fn is_reserved(path: &str) -> bool {
    ["sys/", "auth/", "cubbyhole/", "identity/"].iter().any(|reserved| path.starts_with(reserved))
}
