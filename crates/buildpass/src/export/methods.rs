use serde_json::{Map, Value};

use super::{
    Exporter, Fate,
    exporter::{Thing, without},
};
use crate::vault::Error;

impl Exporter<'_> {
    /// Every JWT method with its configuration and roles; what else is mounted is said to stay.
    pub(super) async fn methods(&mut self) -> Result<(), Error> {
        let (here, there) = (self.mounted("sys/auth").await?, self.mounted_there("sys/auth").await?);
        for (path, mount) in here {
            match mount.kind() {
                "jwt" | "oidc" => {}
                "token" => {
                    // Every vault has it; how it is tuned is told with the rest.
                    self.settle_mount(("auth", "sys/auth", &path), &mount, there.get(&path)).await?;
                    continue;
                }
                kind => {
                    self.tell("auth", path, (Fate::Left, format!("its type is {kind}")));
                    continue;
                }
            }
            let settled = self.settle_mount(("auth", "sys/auth", &path), &mount, there.get(&path)).await?;
            if let Some(is_there) = settled {
                self.jwt_config(&path, is_there).await?;
                self.roles("role", &format!("auth/{path}role"), is_there).await?;
            }
        }
        Ok(())
    }

    /// The roles that tokens are made by.
    pub(super) async fn token_roles(&mut self) -> Result<(), Error> {
        self.roles("token role", "auth/token/roles", true).await
    }

    async fn jwt_config(&mut self, mount: &str, is_there: bool) -> Result<(), Error> {
        let path = format!("auth/{mount}config");
        let Some(here) = self.from.look::<Map<String, Value>>(&path).await? else { return Ok(()) };
        let there = if is_there { self.to.look::<Map<String, Value>>(&path).await? } else { None };
        // A new method answers with a configuration that says nothing.
        let there = there.filter(|there| KEYS.iter().any(|key| says_something(there.get(*key))));
        let asks_browsers = says_something(here.get("oidc_client_id"));
        let here = without(here, &["status"]);
        self.settle(Thing { what: "config", name: path.clone(), path: path.clone(), here, there }).await?;
        if asks_browsers {
            let detail = "`oidc_client_secret` cannot be read: write it there by hand".to_owned();
            self.tell("config", path, (Fate::Left, detail));
        }
        Ok(())
    }

    async fn roles(&mut self, what: &'static str, folder: &str, is_there: bool) -> Result<(), Error> {
        for name in self.from.list(folder).await? {
            let path = format!("{folder}/{name}");
            let Some(here) = self.from.look::<Map<String, Value>>(&path).await? else { continue };
            let there = if is_there { self.to.look(&path).await? } else { None };
            let here = without(here, &OLDER_NAMES);
            self.settle(Thing { what, name: path.clone(), path, here, there }).await?;
        }
        Ok(())
    }
}

fn says_something(value: Option<&Value>) -> bool {
    match value {
        Some(Value::String(text)) => !text.is_empty(),
        Some(Value::Array(values)) => !values.is_empty(),
        _ => false,
    }
}

/// Where a method's keys come from: it has one of them when it is configured.
const KEYS: [&str; 4] = ["oidc_discovery_url", "jwks_url", "jwks_pairs", "jwt_validation_pubkeys"];

/// What is shown for older clients beside the `token_…` field that says it, and the name, which is in the path.
const OLDER_NAMES: [&str; 9] = [
    "name",
    "policies",
    "ttl",
    "max_ttl",
    "period",
    "num_uses",
    "bound_cidrs",
    "explicit_max_ttl",
    "token_strictly_bind_ip",
];
