use std::{
    collections::BTreeMap,
    sync::{Arc, PoisonError, RwLock},
};

use super::{Lifetimes, TokenError, TokenRole};
use crate::{
    exchange::Fields,
    storage::{Batch, Shelf, StorageError, Store, json},
};

/// The forms that tokens are made by, by name.
#[derive(Debug)]
pub(crate) struct TokenRoles {
    shelf: Shelf,
    roles: RwLock<BTreeMap<String, Arc<TokenRole>>>,
}

impl TokenRoles {
    /// # Errors
    /// When the store cannot be read.
    pub(crate) fn load(store: Arc<Store>) -> Result<Self, StorageError> {
        let shelf = Shelf::new(store, "core/token-roles/".to_owned());
        let mut roles = BTreeMap::new();
        for name in shelf.children("")? {
            if let Some(role) = shelf.read_json::<TokenRole>(&name)? {
                roles.insert(name, Arc::new(role));
            }
        }
        Ok(Self { shelf, roles: RwLock::new(roles) })
    }

    pub(crate) fn read(&self, name: &str) -> Option<Arc<TokenRole>> {
        self.roles.read().unwrap_or_else(PoisonError::into_inner).get(name).cloned()
    }

    pub(crate) fn names(&self) -> Vec<String> {
        self.roles.read().unwrap_or_else(PoisonError::into_inner).keys().cloned().collect()
    }

    /// Writes what is given and leaves the rest; says what of it has no effect.
    ///
    /// # Errors
    /// When the role would be wrong, or the disk refuses.
    pub(crate) async fn write(
        &self,
        name: &str,
        fields: &Fields,
        mount: Lifetimes,
    ) -> Result<Vec<String>, TokenError> {
        let _turn = self.shelf.turn(name).await;
        let mut role = self.read(name).map_or_else(TokenRole::new, |role| (*role).clone());
        let warnings = role.merge(fields, mount)?;
        let mut batch = Batch::default();
        batch.put(self.shelf.path(name), json(&role)?);
        self.shelf.commit(batch).await?;
        let mut roles = self.roles.write().unwrap_or_else(PoisonError::into_inner);
        roles.insert(name.to_owned(), Arc::new(role));
        Ok(warnings)
    }

    /// # Errors
    /// When the disk refuses.
    pub(crate) async fn delete(&self, name: &str) -> Result<(), StorageError> {
        let _turn = self.shelf.turn(name).await;
        let mut batch = Batch::default();
        batch.delete(self.shelf.path(name));
        self.shelf.commit(batch).await?;
        self.roles.write().unwrap_or_else(PoisonError::into_inner).remove(name);
        Ok(())
    }
}
