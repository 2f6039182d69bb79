use serde_json::{Map, Value};

use super::{
    Exporter,
    exporter::{Thing, without},
};
use crate::vault::Error;

impl Exporter<'_> {
    /// Every policy but `root`, which nobody can write.
    pub(super) async fn policies(&mut self) -> Result<(), Error> {
        for name in self.from.list("sys/policies/acl").await?.into_iter().filter(|name| name != "root") {
            let path = format!("sys/policies/acl/{name}");
            let Some(here) = self.from.look::<Map<String, Value>>(&path).await? else { continue };
            let there = self.to.look(&path).await?;
            let here = without(here, &["name", "version", "modified"]);
            self.settle(Thing { what: "policy", name, path, here, there }).await?;
        }
        Ok(())
    }
}
