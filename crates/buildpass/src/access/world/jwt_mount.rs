use serde_json::{Map, Value};

use crate::{
    access::Error,
    vault::{Found, Session},
};

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

#[derive(serde::Deserialize)]
struct ConfigAnswer {
    data: Option<Map<String, Value>>,
}

pub(super) async fn look(session: &Session, mount: &str) -> Result<JwtMount, Error> {
    let found: Found<ConfigAnswer> = session.look(&format!("auth/{mount}/config")).await?;
    Ok(match found {
        Found::NoMount => JwtMount::Absent,
        Found::Nothing => JwtMount::Unconfigured,
        Found::There(ConfigAnswer { data }) => {
            let config = data.unwrap_or_default();
            let says = |key: &str| match config.get(key) {
                Some(Value::String(text)) => !text.is_empty(),
                Some(Value::Array(all)) => !all.is_empty(),
                _ => false,
            };
            let verifies = ["oidc_discovery_url", "jwks_url", "jwt_validation_pubkeys", "jwks_pairs"]
                .into_iter()
                .any(says);
            if verifies { JwtMount::Configured(config) } else { JwtMount::Unconfigured }
        }
    })
}
