use super::{Exporter, exporter::Found, mounts::Engine};
use crate::vault::{Error, Session, Values};

impl Exporter<'_> {
    /// Every secret of an engine of version 1.
    pub(super) async fn plain_secrets(&mut self, engine: &Engine) -> Result<(), Error> {
        for name in names(self.from, &engine.path).await? {
            let path = format!("{}{name}", engine.path);
            let Some(here) = self.from.look::<Values>(&path).await? else { continue };
            let there = if engine.is_there { self.to.look::<Values>(&path).await? } else { None };
            let found = match there {
                None => Found::Nothing,
                Some(there) if there.is_same_as(&here) => Found::Same,
                Some(_) => Found::Other,
            };
            let outcome = self.attempt(found, String::new(), self.to.set_values(&path, &here)).await?;
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
