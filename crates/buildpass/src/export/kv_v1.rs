use serde_json::{Map, Value};

use super::{
    Exporter,
    exporter::{Found, refused},
    mounts::Engine,
};
use crate::vault::{Error, Session};

impl Exporter<'_> {
    /// Every secret of an engine of version 1.
    pub(super) async fn plain_secrets(&mut self, engine: &Engine) -> Result<(), Error> {
        for name in names(self.from, &engine.path).await? {
            let path = format!("{}{name}", engine.path);
            let Some(here) = self.from.look::<Map<String, Value>>(&path).await? else { continue };
            let there = if engine.is_there { self.to.look::<Map<String, Value>>(&path).await? } else { None };
            let found = match there {
                None => Found::Nothing,
                Some(there) if there == here => Found::Same,
                Some(_) => Found::Other,
            };
            let outcome = match self.allowed(found) {
                Ok(fate) => match self.write(&path, &Value::Object(here)).await {
                    Ok(()) => (fate, String::new()),
                    Err(error) => refused(error)?,
                },
                Err(fate) => (fate, String::new()),
            };
            self.tell("secret", path, outcome);
        }
        Ok(())
    }
}

/// The paths of all entries in a folder, however deep.
pub(super) async fn names(vault: &Session, folder: &str) -> Result<Vec<String>, Error> {
    let (mut entries, mut folders) = (Vec::new(), vec![String::new()]);
    while let Some(inner) = folders.pop() {
        for name in vault.list(&format!("{folder}{inner}")).await? {
            let path = format!("{inner}{name}");
            if name.ends_with('/') { folders.push(path) } else { entries.push(path) }
        }
    }
    entries.sort_unstable();
    Ok(entries)
}
