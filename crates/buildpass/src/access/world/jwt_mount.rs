use serde_json::{Map, Value};

use crate::{access::Error, vault::Session};

/// The JWT auth method that jobs log in by.
#[derive(Clone, Debug, PartialEq)]
pub enum JwtMount {
    /// Nothing is mounted there.
    Absent,
    /// It verifies nobody yet.
    Unconfigured,
    /// It verifies with these settings.
    Configured(Map<String, Value>),
    /// No grant is declared, so that it was not looked at.
    Unasked,
}

pub(super) async fn look(session: &Session, mount: &str) -> Result<JwtMount, Error> {
    let path = format!("auth/{mount}/config");
    let Some(config) = session.look::<Map<String, Value>>(&path).await? else {
        return Ok(match session.leads_somewhere(&path).await? {
            true => JwtMount::Unconfigured,
            false => JwtMount::Absent,
        });
    };
    let says = |key: &str| match config.get(key) {
        Some(Value::String(text)) => !text.is_empty(),
        Some(Value::Array(all)) => !all.is_empty(),
        _ => false,
    };
    let keys = ["oidc_discovery_url", "jwks_url", "jwt_validation_pubkeys", "jwks_pairs"];
    let verifies = keys.into_iter().any(says);
    Ok(if verifies { JwtMount::Configured(config) } else { JwtMount::Unconfigured })
}
