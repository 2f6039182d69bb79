use serde_json::{Value, json};

use super::Hands;
use crate::{
    access::{Error, JwtMount, wanted},
    vault,
};

/// The vault's words for a mount that somebody has made meanwhile.
const THERE_ALREADY: &str = "path is already in use";

impl Hands<'_> {
    pub(super) async fn mount_kv(&self, path: &str) -> Result<(), Error> {
        let body = json!({ "type": "kv", "options": { "version": "2" } });
        unless_there(self.write(&format!("sys/mounts/{path}"), &body).await)
    }

    pub(super) async fn mount_auth(&self, path: &str) -> Result<(), Error> {
        unless_there(self.write(&format!("sys/auth/{path}"), &json!({ "type": "jwt" })).await)
    }

    pub(super) async fn configure_auth(&self, path: &str) -> Result<(), Error> {
        let there = match &self.world.jwt {
            JwtMount::Configured(there) => Some(there),
            JwtMount::Absent | JwtMount::Unconfigured | JwtMount::Unasked => None,
        };
        let config = wanted::jwt_config(&self.declaration.issuer, there);
        self.write(&format!("auth/{path}/config"), &Value::Object(config)).await
    }
}

pub(super) fn unless_there(made: Result<(), Error>) -> Result<(), Error> {
    match made {
        Err(Error::Vault(vault::Error::Refused { text, .. })) if text.contains(THERE_ALREADY) => Ok(()),
        made => made,
    }
}
