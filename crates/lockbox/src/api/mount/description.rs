use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};

use super::{Tuning, tuning::or_systems_seconds};
use crate::{
    auth::token::{KindRule, Lifetimes},
    kv::Version,
    random,
};

/// One mount: what is said about it, and what is inside.
#[derive(Debug)]
pub(crate) struct Mount<T> {
    pub(crate) description: Description,
    pub(crate) inside: std::sync::Arc<T>,
}

/// What is said about a mount.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct Description {
    pub(crate) kind: String,
    /// With a slash at its end.
    pub(crate) path: String,
    pub(crate) accessor: String,
    pub(super) text: String,
    pub(super) options: Value,
    pub(super) uuid: String,
    #[serde(default)]
    pub(crate) tuning: Tuning,
    #[serde(default)]
    pub(super) flags: Flags,
}

/// What is said when a mount is made, and has no effect here but to be shown.
#[derive(Clone, Copy, Debug, Default, Serialize, Deserialize)]
#[serde(default)]
pub(crate) struct Flags {
    pub(crate) local: bool,
    pub(crate) seal_wrap: bool,
    pub(crate) external_entropy_access: bool,
}

impl Description {
    pub(crate) fn new(kind: &str, path: &str, text: &str) -> Self {
        let (path, text) = (path.to_owned(), text.to_owned());
        let is_auth = is_method(kind);
        let prefix = if is_auth { "auth_" } else { "" };
        let accessor = format!("{prefix}{kind}_{}", random::hex(&random::bytes::<4>()));
        let rule = if is_auth { KindRule::DefaultService } else { KindRule::Default };
        let tuning = Tuning { kind: rule, ..Tuning::default() };
        let (uuid, flags) = (random::uuid(), Flags::default());
        Self { kind: kind.to_owned(), path, accessor, text, options: Value::Null, uuid, tuning, flags }
    }

    pub(crate) fn with_options(self, options: Value) -> Self {
        Self { options, ..self }
    }

    pub(crate) fn with_tuning(self, tuning: Tuning) -> Self {
        Self { tuning, ..self }
    }

    pub(crate) fn with_flags(self, flags: Flags) -> Self {
        Self { flags, ..self }
    }

    /// Which of the two key-value engines it is.
    pub(crate) fn version(&self) -> Version {
        match self.option("version").parse() {
            Ok(2) => Version::Two,
            _ => Version::One,
        }
    }

    pub(super) fn option(&self, name: &str) -> &str {
        self.options[name].as_str().unwrap_or_default()
    }

    pub(crate) fn lifetimes(&self) -> Lifetimes {
        self.tuning.lifetimes()
    }

    /// As `sys/mounts` and `sys/auth` show it.
    pub(crate) fn to_json(&self) -> Map<String, Value> {
        let mut config = Map::new();
        config.insert("default_lease_ttl".to_owned(), self.tuning.default_lease_seconds.into());
        config.insert("max_lease_ttl".to_owned(), self.tuning.max_lease_seconds.into());
        self.tuning.describe(&mut config);
        if self.is_auth() {
            config.insert("token_type".to_owned(), self.tuning.kind.name().into());
        }
        let Flags { local, seal_wrap, external_entropy_access } = self.flags;
        let described = json!({
            "accessor": self.accessor,
            "config": config,
            "description": self.text,
            "external_entropy_access": external_entropy_access,
            "local": local,
            "options": self.options,
            "plugin_version": self.tuning.plugin_version,
            "running_plugin_version": BUILT_IN_VERSION,
            "running_sha256": "",
            "seal_wrap": seal_wrap,
            "type": self.kind,
            "uuid": self.uuid,
        });
        let mut described = described.as_object().cloned().unwrap_or_default();
        if matches!(self.kind.as_str(), "kv" | "jwt" | "oidc") {
            described.insert("deprecation_status".to_owned(), "supported".into());
        }
        described
    }

    /// As `tune` shows it.
    pub(crate) fn tuned(&self) -> Map<String, Value> {
        let mut tuned = Map::new();
        let times = [
            ("default_lease_ttl", self.tuning.default_lease_seconds),
            ("max_lease_ttl", self.tuning.max_lease_seconds),
        ];
        for (name, seconds) in times {
            tuned.insert(name.to_owned(), or_systems_seconds(seconds).into());
        }
        tuned.insert("description".to_owned(), self.text.as_str().into());
        self.tuning.describe(&mut tuned);
        if self.is_auth() {
            tuned.insert("token_type".to_owned(), self.tuning.kind.name().into());
        }
        if self.flags.external_entropy_access {
            tuned.insert("external_entropy_access".to_owned(), true.into());
        }
        if self.options.as_object().is_some_and(|options| !options.is_empty()) {
            tuned.insert("options".to_owned(), self.options.clone());
        }
        if !self.tuning.plugin_version.is_empty() {
            tuned.insert("plugin_version".to_owned(), self.tuning.plugin_version.as_str().into());
        }
        tuned
    }

    pub(super) fn is_auth(&self) -> bool {
        is_method(&self.kind)
    }

    /// Whether it is listed for who has no token.
    pub(crate) fn is_for_everybody(&self) -> bool {
        self.tuning.listing_visibility == "unauth"
    }

    /// As it is listed for them.
    pub(crate) fn to_passers_by(&self) -> Value {
        json!({ "description": self.text, "options": self.options, "type": self.kind })
    }

    /// Whether it is part of every vault, and can hardly be changed.
    pub(super) fn is_built_in(&self) -> bool {
        matches!(self.kind.as_str(), "system" | "identity" | "cubbyhole")
    }
}

/// `jwt` and `oidc` are one method by two names.
fn is_method(kind: &str) -> bool {
    matches!(kind, "token" | "jwt" | "oidc")
}

/// The version of every engine and method, as OpenBao names its own.
pub(super) const BUILT_IN_VERSION: &str = "v2.7.2+builtin.bao";
