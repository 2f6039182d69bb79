use std::collections::BTreeMap;

use serde_json::{Map, Value, json};

use super::tune;
use crate::{
    api::{
        Core,
        failure::Failure,
        mount::{Description, Flags, MountError, Of, Tuning},
    },
    exchange::{Answer, Field, Fields, Operation, Request, Schema},
};

pub(super) fn list(core: &Core) -> Answer {
    Answer::merged(&described(core.mounts.engines.descriptions().iter().chain(&core.mounts.built_in())))
}

/// The mounts by path.
pub(super) fn described<'a>(mounts: impl Iterator<Item = &'a Description>) -> Map<String, Value> {
    mounts.map(|mount| (mount.path.clone(), Value::Object(mount.to_json()))).collect()
}

pub(super) async fn handle(core: &Core, path: &str, request: &Request<'_>) -> Result<Answer, Failure> {
    if let Some(tuned) = path.strip_suffix("/tune") {
        return tune::handle(core, &folder(tuned), request).await;
    }
    let path = folder(path);
    match request.operation {
        Operation::Read => {
            let mount = tune::description(core, &path).ok_or(MountError::NoEngine(path))?;
            Ok(Answer::merged(&mount.to_json()))
        }
        Operation::Create | Operation::Update => {
            MADE.check(request.fields).map_err(Failure::Validation)?;
            enable(core, &path, request.fields).await
        }
        Operation::Delete => {
            if is_reserved(&path) && tune::description(core, &path).is_some_and(|mount| mount.path == path) {
                return Err(MountError::Stays(path).into());
            }
            if core.mounts.engines.at(&path).is_some() {
                core.end_leases_under(&path).await?;
                core.mounts.unmount_engine(&path).await?;
                // Those that were given meanwhile.
                core.end_leases_under(&path).await?;
            }
            Ok(Answer::empty())
        }
        _ => Err(Failure::UnsupportedOperation),
    }
}

/// With a slash at its end.
pub(super) fn folder(path: &str) -> String {
    format!("{}/", path.trim_end_matches('/'))
}

async fn enable(core: &Core, path: &str, fields: &Fields) -> Result<Answer, Failure> {
    let named = fields.text("type")?.unwrap_or_default();
    let config = fields.map("config")?.cloned().unwrap_or_default();
    let tuning = Tuning::configured(&named, Of::Engine, &config)?;
    let mut options = fields.texts_by_name("options")?.unwrap_or_default();
    let kind = match named.as_str() {
        "" => return Err(MountError::NoKind.into()),
        "plugin" => match fields.text("plugin_name")?.filter(|name| !name.is_empty()) {
            None => return Err(MountError::NoPluginName.into()),
            Some(plugin) => plugin,
        },
        _ => named,
    };
    let (kind, version) = match kind.as_str() {
        "kv-v1" => ("kv", Some("1")),
        "kv-v2" => ("kv", Some("2")),
        kind => (kind, None),
    };
    if let Some(version) = version {
        options.insert("version".to_owned(), version.to_owned());
    }
    let version = options.get("version").map(String::as_str).unwrap_or_default();
    if kind != "kv" && !version.is_empty() {
        return Err(MountError::NoVersions(kind.to_owned()).into());
    }
    if is_reserved(path) {
        return Err(MountError::Reserved(path.to_owned()).into());
    }
    if SINGLE.contains(&kind) {
        return Err(MountError::NotMountable(kind.to_owned()).into());
    }
    core.mounts.engines.check_free(path)?;
    match (kind, version) {
        ("kv", "" | "1" | "2") | ("generic" | "gitlab", _) => {}
        ("kv", _) => return Err(MountError::UnknownVersion.into()),
        _ => return Err(MountError::UnknownKind(kind.to_owned()).into()),
    }
    let text = fields.text("description")?.unwrap_or_default();
    let options = said(fields, options.clone());
    let description = Description::new(kind, path, &text).with_options(options).with_tuning(tuning);
    core.mounts.mount_engine(description.with_flags(flags(fields)?)).await?;
    Ok(Answer::empty())
}

/// Options as they are shown: null where that was said, and nothing else.
pub(super) fn said(fields: &Fields, options: BTreeMap<String, String>) -> Value {
    let is_null = fields.has("options") && fields.value("options").is_none();
    if is_null && options.is_empty() { Value::Null } else { json!(options) }
}

pub(super) fn flags(fields: &Fields) -> Result<Flags, Failure> {
    Ok(Flags {
        local: fields.flag("local")?.unwrap_or_default(),
        seal_wrap: fields.flag("seal_wrap")?.unwrap_or_default(),
        external_entropy_access: fields.flag("external_entropy_access")?.unwrap_or_default(),
    })
}

fn is_reserved(path: &str) -> bool {
    RESERVED.iter().any(|reserved| path.starts_with(reserved))
}

pub(super) const RESERVED: [&str; 5] = ["audit/", "auth/", "cubbyhole/", "identity/", "sys/"];
const SINGLE: [&str; 7] =
    ["cubbyhole", "identity", "ns_cubbyhole", "ns_identity", "ns_system", "system", "token"];

/// The fields of what is enabled.
pub(super) const MADE: Schema = Schema(&[
    ("path", Field::OfPath),
    ("type", Field::Text),
    ("description", Field::Text),
    ("config", Field::Object),
    ("local", Field::Flag),
    ("seal_wrap", Field::Flag),
    ("external_entropy_access", Field::Flag),
    ("plugin_name", Field::Text),
    ("plugin_version", Field::Text),
    ("options", Field::Pairs),
]);
