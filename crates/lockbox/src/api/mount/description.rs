use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};

use crate::random;

/// One mount: what is said about it, and what is inside.
#[derive(Debug)]
pub(crate) struct Mount<T> {
    pub(crate) description: Description,
    pub(crate) inside: T,
}

/// What is said about a mount.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct Description {
    pub(crate) kind: String,
    /// With a slash at its end.
    pub(crate) path: String,
    pub(crate) accessor: String,
    text: String,
    pub(super) options: Value,
    pub(super) uuid: String,
}

impl Description {
    pub(crate) fn new(kind: &str, path: &str, text: &str) -> Self {
        let (path, text) = (path.to_owned(), text.to_owned());
        let prefix = if matches!(kind, "token" | "jwt") { "auth_" } else { "" };
        let accessor = format!("{prefix}{kind}_{}", random::hex(&random::bytes::<4>()));
        Self { kind: kind.to_owned(), path, accessor, text, options: Value::Null, uuid: random::uuid() }
    }

    pub(crate) fn with_options(self, options: Value) -> Self {
        Self { options, ..self }
    }

    /// As `sys/mounts` and `sys/auth` show it.
    pub(crate) fn to_json(&self) -> Map<String, Value> {
        let mut config = json!({ "default_lease_ttl": 0, "force_no_cache": false, "max_lease_ttl": 0 });
        if self.is_auth() {
            config["token_type"] = "default-service".into();
        }
        let described = json!({
            "accessor": self.accessor,
            "config": config,
            "description": self.text,
            "external_entropy_access": false,
            "local": false,
            "options": self.options,
            "plugin_version": "",
            "running_plugin_version": "v2.7.2+builtin.bao",
            "running_sha256": "",
            "seal_wrap": false,
            "type": self.kind,
            "uuid": self.uuid,
        });
        let mut described = match described {
            Value::Object(map) => map,
            _ => Map::new(),
        };
        if matches!(self.kind.as_str(), "kv" | "jwt") {
            described.insert("deprecation_status".to_owned(), "supported".into());
        }
        described
    }

    /// As `tune` shows it.
    pub(crate) fn tuning(&self) -> Value {
        let mut tuning = json!({
            "default_lease_ttl": DEFAULT_TTL_SECONDS,
            "description": self.text,
            "force_no_cache": false,
            "max_lease_ttl": DEFAULT_TTL_SECONDS,
        });
        if self.is_auth() {
            tuning["token_type"] = "default-service".into();
        } else {
            tuning["options"] = self.options.clone();
        }
        tuning
    }

    fn is_auth(&self) -> bool {
        matches!(self.kind.as_str(), "token" | "jwt")
    }
}

const DEFAULT_TTL_SECONDS: u64 = 768 * 3600;
