use serde_json::{Value, json};

use super::{Hands, mounts::unless_there};
use crate::access::{EngineMount, Error, gitlab_of, unconfigured, wanted};

impl Hands<'_> {
    pub(super) async fn mount_engine(&self, path: &str, engine: &str) -> Result<(), Error> {
        unless_there(self.write(&format!("sys/mounts/{path}"), &json!({ "type": engine })).await)
    }

    /// Writes a role, whole. An engine that was mounted a moment ago does not know whose rights to use.
    pub(super) async fn engine_role(&self, path: &str) -> Result<(), Error> {
        let Some(role) = self.declaration.minted().iter().find(|role| role.api_path() == path) else {
            return Ok(());
        };
        let mount = self.world.engines.mounts.get(role.mount());
        let Some(maker) = mount.and_then(EngineMount::maker) else { return Ok(()) };
        if let Some(EngineMount::Absent(_)) = mount
            && gitlab_of(self.session, role.mount()).await?.is_none()
        {
            return Err(unconfigured(role.mount(), self.gitlab.address()));
        }
        self.write(path, &Value::Object(wanted::engine_role_body(role, maker))).await
    }
}
