use std::{cell::Cell, collections::BTreeMap};

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};

use super::{
    Exporter, Fate,
    exporter::{Found, without},
};
use crate::vault::Error;

/// A key-value engine that is on both sides, or would be.
pub(super) struct Engine {
    /// With a slash at its end.
    pub(super) path: String,
    pub(super) is_versioned: bool,
    /// Whether the other side had it before: where it had not, nothing is in it.
    pub(super) is_there: bool,
}

/// A mount as `sys/mounts` and `sys/auth` show it.
#[derive(Clone, Debug, Deserialize)]
pub(super) struct Mount {
    #[serde(rename = "type")]
    kind: String,
    #[serde(default)]
    description: String,
    #[serde(default)]
    options: Option<BTreeMap<String, String>>,
    #[serde(default)]
    config: Map<String, Value>,
    #[serde(default)]
    local: bool,
    #[serde(default)]
    seal_wrap: bool,
}

#[derive(Serialize)]
struct Order<'a> {
    #[serde(rename = "type")]
    kind: &'a str,
    description: &'a str,
    options: &'a Option<BTreeMap<String, String>>,
    config: Map<String, Value>,
    local: bool,
    seal_wrap: bool,
}

impl Exporter<'_> {
    /// Every key-value engine; what else is mounted is said to stay.
    pub(super) async fn engines(&mut self) -> Result<Vec<Engine>, Error> {
        let (here, there) = (self.mounted("sys/mounts").await?, self.mounted_there("sys/mounts").await?);
        let mut engines = Vec::new();
        for (path, mount) in here {
            match mount.kind() {
                "system" | "identity" | "cubbyhole" => continue,
                "kv" | "generic" => {}
                kind => {
                    self.tell("mount", path, (Fate::Left, format!("its type is {kind}")));
                    continue;
                }
            }
            let settled = self.settle_mount(("mount", "sys/mounts", &path), &mount, there.get(&path)).await?;
            if let Some(is_there) = settled {
                engines.push(Engine { is_versioned: mount.is_versioned(), path, is_there });
            }
        }
        Ok(engines)
    }

    /// Whether the mount was on the other side before; nothing where it cannot be there.
    pub(super) async fn settle_mount(
        &mut self,
        (what, list, path): (&'static str, &str, &str),
        mount: &Mount,
        there: Option<&Mount>,
    ) -> Result<Option<bool>, Error> {
        let Some(there) = there else {
            let (to, order) = (format!("{list}/{}", path.trim_end_matches('/')), mount.order());
            let made_elsewhere = Cell::new(false);
            let mounting = async {
                match self.to.set(&to, &order).await {
                    // By somebody else; or by the first try, whose answer was lost on the way.
                    Err(Error::Refused { text, .. }) if text.contains(THERE_ALREADY) => {
                        made_elsewhere.set(true);
                        Ok(())
                    }
                    outcome => outcome,
                }
            };
            let outcome = self.attempt(Found::Nothing, String::new(), mounting).await?;
            let is_refused = outcome.0 == Fate::Refused;
            self.tell(what, path, outcome);
            return Ok((!is_refused).then_some(made_elsewhere.get()));
        };
        if !mount.is_like(there) {
            let detail = "another type of engine or method is mounted there: move it away first";
            self.tell(what, path, (Fate::Differs, detail.to_owned()));
            return Ok(None);
        }
        let differing = mount.differing(there);
        let found = if differing.is_empty() { Found::Same } else { Found::Other };
        let (to, tune) = (format!("{list}/{path}tune"), mount.tune());
        let outcome = self.attempt(found, differing.join(", "), self.to.set(&to, &tune)).await?;
        self.tell(what, path, outcome);
        Ok(Some(true))
    }

    pub(super) async fn mounted(&self, list: &str) -> Result<BTreeMap<String, Mount>, Error> {
        self.from.look_for(list).await
    }

    pub(super) async fn mounted_there(&self, list: &str) -> Result<BTreeMap<String, Mount>, Error> {
        self.to.look_for(list).await
    }
}

/// The vault's words for a mount that is there.
const THERE_ALREADY: &str = "path is already in use";

impl Mount {
    /// What every vault has is named otherwise in a namespace.
    pub(super) fn kind(&self) -> &str {
        self.kind.strip_prefix("ns_").unwrap_or(&self.kind)
    }

    fn is_versioned(&self) -> bool {
        let version = self.options.as_ref().and_then(|options| options.get("version"));
        version.is_some_and(|version| version == "2")
    }

    fn is_like(&self, other: &Self) -> bool {
        self.kind() == other.kind() && self.is_versioned() == other.is_versioned()
    }

    fn settings(&self) -> Map<String, Value> {
        let mut settings = without(self.config.clone(), &["force_no_cache", "plugin_version"]);
        // Two names for what nobody has chosen; a namespace's own mount has the other one.
        settings
            .retain(|name, value| name != "token_type" || value != "default-service" && value != "default");
        settings
    }

    fn order(&self) -> Value {
        let Self { kind, description, options, local, seal_wrap, .. } = self;
        let config = self.settings();
        let order = Order { kind, description, options, config, local: *local, seal_wrap: *seal_wrap };
        serde_json::to_value(order).unwrap_or_default()
    }

    fn tune(&self) -> Value {
        let mut tune = self.settings();
        tune.insert("description".to_owned(), json!(self.description));
        Value::Object(tune)
    }

    fn differing(&self, there: &Self) -> Vec<String> {
        let (mut here, mut there_too) = (self.settings(), there.settings());
        here.insert("description".to_owned(), json!(self.description));
        there_too.insert("description".to_owned(), json!(there.description));
        super::exporter::differing(&here, &there_too)
    }
}
