use std::sync::Arc;

use serde::{Deserialize, Serialize};
use tokio::sync::Mutex;

use super::{Description, Mount, MountError, MountTable};
use crate::{
    api::core::LoadError,
    auth::{
        Method,
        jwt::{self, JwtError},
    },
    kv::{Engine, Version},
    storage::{Batch, StorageError, Store, json},
};

/// The engines and auth methods, and their record in the store.
pub(crate) struct Mounts {
    store: Arc<Store>,
    pub(crate) engines: MountTable<Engine>,
    pub(crate) methods: MountTable<Method>,
    /// Held by who mounts or unmounts.
    turn: Mutex<()>,
}

/// The mounts as the store holds them.
#[derive(Default, Serialize, Deserialize)]
struct Written {
    engines: Vec<Description>,
    methods: Vec<Description>,
    /// Unmounted, and not yet let go of.
    doomed: Vec<Description>,
}

impl Mounts {
    /// The mounts that are in the store; an empty one gets the tokens' own.
    ///
    /// # Errors
    /// When the store cannot be read, or holds what this version does not know.
    pub(crate) async fn load(store: Arc<Store>) -> Result<Self, LoadError> {
        let mounts = Self {
            store,
            engines: MountTable::default(),
            methods: MountTable::default(),
            turn: Mutex::default(),
        };
        let Some(bytes) = mounts.store.read(ENTRY)? else {
            let token = Description::new("token", "token/", "token based credentials");
            mounts.methods.insert(Mount { description: token, inside: Method::Token });
            mounts.write(Vec::new()).await?;
            return Ok(mounts);
        };
        let written: Written =
            serde_json::from_slice(&bytes).map_err(|error| StorageError::Read(error.to_string()))?;
        for description in written.engines {
            mounts.engines.insert(mounts.engine(description));
        }
        for description in written.methods {
            mounts.methods.insert(mounts.method(description)?);
        }
        if !written.doomed.is_empty() {
            mounts.finish(written.doomed).await?;
        }
        Ok(mounts)
    }

    /// # Errors
    /// When the path is taken, or the disk refuses.
    pub(crate) async fn mount_engine(&self, description: Description) -> Result<(), MountError> {
        let _turn = self.turn.lock().await;
        self.engines.check_free(&description.path)?;
        let path = description.path.clone();
        self.engines.insert(self.engine(description));
        self.write(Vec::new()).await.inspect_err(|_| self.engines.remove(&path))?;
        Ok(())
    }

    /// # Errors
    /// When the path is taken, or the disk refuses.
    pub(crate) async fn mount_method(&self, description: Description) -> Result<(), MountError> {
        let _turn = self.turn.lock().await;
        self.methods.check_free(&description.path)?;
        let path = description.path.clone();
        self.methods.insert(self.method(description)?);
        self.write(Vec::new()).await.inspect_err(|_| self.methods.remove(&path))?;
        Ok(())
    }

    /// Unmounts an engine, then lets go of its secrets; killed in between, the next start goes on.
    ///
    /// # Errors
    /// When the disk refuses.
    pub(crate) async fn unmount_engine(&self, path: &str) -> Result<(), MountError> {
        let _turn = self.turn.lock().await;
        let Some(mount) = self.engines.at(path) else { return Ok(()) };
        self.engines.remove(path);
        Ok(self.finish(vec![mount.description.clone()]).await?)
    }

    /// Unmounts a method, then lets go of its roles.
    ///
    /// # Errors
    /// When the disk refuses.
    pub(crate) async fn unmount_method(&self, path: &str) -> Result<(), MountError> {
        let _turn = self.turn.lock().await;
        let Some(mount) = self.methods.at(path) else { return Ok(()) };
        self.methods.remove(path);
        Ok(self.finish(vec![mount.description.clone()]).await?)
    }

    async fn finish(&self, doomed: Vec<Description>) -> Result<(), StorageError> {
        self.write(doomed.clone()).await?;
        for description in doomed {
            match description.kind.as_str() {
                "jwt" => {
                    if let Ok(mount) = self.method(description)
                        && let Method::Jwt(method) = mount.inside
                    {
                        method.clear().await?;
                    }
                }
                _ => self.engine(description).inside.clear().await?,
            }
        }
        self.write(Vec::new()).await
    }

    async fn write(&self, doomed: Vec<Description>) -> Result<(), StorageError> {
        let written =
            Written { engines: self.engines.descriptions(), methods: self.methods.descriptions(), doomed };
        let mut batch = Batch::default();
        batch.put(ENTRY, json(&written)?);
        self.store.commit(batch).await
    }

    fn engine(&self, description: Description) -> Mount<Engine> {
        let version = if description.options["version"] == "2" { Version::Two } else { Version::One };
        let inside = Engine::new(version, Arc::clone(&self.store), &description.uuid);
        Mount { description, inside }
    }

    fn method(&self, description: Description) -> Result<Mount<Method>, JwtError> {
        let inside = match description.kind.as_str() {
            "jwt" => Method::Jwt(jwt::Method::load(Arc::clone(&self.store), &description.uuid)?),
            _ => Method::Token,
        };
        Ok(Mount { description, inside })
    }
}

const ENTRY: &str = "core/mounts";
