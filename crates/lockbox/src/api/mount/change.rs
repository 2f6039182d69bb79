use std::sync::{Arc, PoisonError};

use super::{Description, Mount, MountError, MountTable, Mounts};
use crate::{auth::token::Tokens, clock::Moment, engine::Engine, exchange::Fields, storage::Batch};

/// Mounts that are changed where they are, or moved.
impl Mounts {
    /// Takes over what is given about the mount that a path lies in; what of it is said.
    ///
    /// # Errors
    /// When there is no mount, something is wrong, or the disk refuses: nothing is changed then.
    pub(crate) async fn tune(
        &self,
        path: &str,
        fields: &Fields,
        now: Moment,
    ) -> Result<Option<String>, MountError> {
        let _turn = self.turn.lock().await;
        if let Some(inside) = path.strip_prefix("auth/") {
            let (mount, _) = self.methods.find(inside).ok_or_else(|| MountError::NoEntry(path.to_owned()))?;
            let tuned = mount.description.tune(path, fields)?;
            let tuned_mount = Mount { description: tuned.description, inside: Arc::clone(&mount.inside) };
            self.swap(&self.methods, &mount, tuned_mount).await?;
            return Ok(tuned.warning);
        }
        if self.tune_built_in(path, fields).await? {
            return Ok(None);
        }
        let (mount, _) = self.engines.find(path).ok_or_else(|| MountError::NoEntry(path.to_owned()))?;
        let tuned = mount.description.tune(path, fields)?;
        if mount.description.upgrades_to(&tuned.description) || mount.inside.is_closed().await {
            self.upgrade(&mount, tuned.description, now).await?;
        } else {
            let tuned_mount = Mount { description: tuned.description, inside: Arc::clone(&mount.inside) };
            self.swap(&self.engines, &mount, tuned_mount).await?;
        }
        Ok(tuned.warning)
    }

    /// Gives an engine another path; what it holds stays where it is.
    ///
    /// # Errors
    /// When there is none, the path is taken, or the disk refuses.
    pub(crate) async fn move_engine(&self, from: &str, to: &str) -> Result<(), MountError> {
        let _turn = self.turn.lock().await;
        let before = self.relocate(&self.engines, from, to, "")?;
        let moved = self.write().await;
        if moved.is_err() {
            self.engines.remove(to);
            self.engines.put_back(before);
        }
        Ok(moved?)
    }

    /// The same of an auth method, both paths without `auth/`: the tokens that it gave end in the same step.
    ///
    /// # Errors
    /// As of [`Self::move_engine`].
    pub(crate) async fn move_method(&self, from: &str, to: &str, tokens: &Tokens) -> Result<(), MountError> {
        let _turn = self.turn.lock().await;
        let before = self.relocate(&self.methods, from, to, "auth/")?;
        let issued = format!("auth/{from}");
        let moved = tokens.revoke_issued_under(&issued, self.record()?).await;
        if moved.is_err() {
            self.methods.remove(to);
            self.methods.put_back(before);
        }
        moved?;
        Ok(tokens.revoke_issued_under(&issued, Batch::default()).await?)
    }

    async fn tune_built_in(&self, path: &str, fields: &Fields) -> Result<bool, MountError> {
        let before = self.built_in();
        let mut after = before.clone();
        let Some(tuned) = after.iter_mut().find(|mount| path.starts_with(&mount.path)) else {
            return Ok(false);
        };
        *tuned = tuned.tune(path, fields)?.description;
        let set = |mounts| *self.built_in.write().unwrap_or_else(PoisonError::into_inner) = mounts;
        set(after);
        self.write().await.inspect_err(|_| set(before))?;
        Ok(true)
    }

    /// Another description of the same mount.
    async fn swap<T>(
        &self,
        table: &MountTable<T>,
        before: &Arc<Mount<T>>,
        after: Mount<T>,
    ) -> Result<(), MountError> {
        table.insert(after);
        self.write().await.inspect_err(|_| table.put_back(Arc::clone(before)))?;
        Ok(())
    }

    /// Moves a mount in memory; returns it as it was.
    fn relocate<T>(
        &self,
        table: &MountTable<T>,
        from: &str,
        to: &str,
        place: &str,
    ) -> Result<Arc<Mount<T>>, MountError> {
        let before = table.at(from).ok_or_else(|| MountError::NothingToMove(format!("{place}{from}")))?;
        table.check_free(to).map_err(|error| match error {
            MountError::InUse(taken) => MountError::TakenByOther(format!("{place}{taken}")),
            other => other,
        })?;
        let description = Description { path: to.to_owned(), ..before.description.clone() };
        table.remove(from);
        table.insert(Mount { description, inside: Arc::clone(&before.inside) });
        Ok(before)
    }

    /// Makes version 2 of an engine, step by step: what is on record as version 2 is moved there at the next start if
    /// this is cut short.
    async fn upgrade(
        &self,
        before: &Arc<Mount<Engine>>,
        after: Description,
        now: Moment,
    ) -> Result<(), MountError> {
        before.inside.close().await;
        let moving = Mount { description: after.clone(), inside: Arc::clone(&before.inside) };
        self.engines.insert(moving);
        if let Err(error) = self.write().await {
            before.inside.reopen().await;
            self.engines.put_back(Arc::clone(before));
            return Err(error.into());
        }
        let mount = self.engine(after);
        mount.inside.finish_upgrade(now).await?;
        self.engines.insert(mount);
        Ok(())
    }
}
