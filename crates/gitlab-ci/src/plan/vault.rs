use super::job::VaultSecret;
use super::spot::Spot;
use crate::invalid::Invalid;
use crate::yaml::Value;

/// The engine of the short form, and the mount of one that names none.
const USUAL_ENGINE: &str = "kv-v2";

/// `vault:` of a secret, in its short form or its long one.
///
/// # Errors
/// Where GitLab would refuse it.
pub(super) fn secret(spot: &Spot<'_, '_>) -> Result<VaultSecret, Invalid> {
    match &spot.value.node.value {
        Value::Text(text) if text.trim().is_empty() => Err(spot.invalid("config can't be blank")),
        Value::Text(text) => Ok(short(text, spot)),
        Value::Mapping(_) => long(spot),
        _ => Err(spot.invalid("should be a hash or a string")),
    }
}

/// `path/field@mount`: the last `@` and the last `/` count.
fn short(text: &str, spot: &Spot<'_, '_>) -> VaultSecret {
    let (secret, mount) = match text.rsplit_once('@') {
        Some((secret, mount)) if !secret.is_empty() => (secret, mount),
        _ => (text, USUAL_ENGINE),
    };
    let (path, field) = secret.rsplit_once('/').unwrap_or(("", secret));
    VaultSecret {
        engine: USUAL_ENGINE.into(),
        mount: mount.into(),
        path: path.into(),
        field: field.into(),
        place: spot.place(),
    }
}

fn long(spot: &Spot<'_, '_>) -> Result<VaultSecret, Invalid> {
    spot.allow_keys(&[&["engine", "path", "field"]])?;
    let text = |around: &Spot<'_, '_>, key| match around.key(key) {
        Some(text) => text.filled_text().map(Into::into),
        None => Err(around.invalid(&alloc::format!("{key} can't be blank"))),
    };
    let (path, field) = (text(spot, "path")?, text(spot, "field")?);
    let Some(engine) = spot.key("engine") else { return Err(spot.invalid("engine can't be blank")) };
    engine.allow_keys(&[&["name", "path"]])?;
    Ok(VaultSecret {
        engine: text(&engine, "name")?,
        mount: text(&engine, "path")?,
        path,
        field,
        place: spot.place(),
    })
}
