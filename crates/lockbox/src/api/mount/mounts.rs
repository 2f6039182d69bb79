use std::sync::{Arc, PoisonError, RwLock};

use serde::{Deserialize, Serialize};
use tokio::sync::Mutex;

use super::{Description, Flags, Mount, MountError, MountTable, Tuning};
use crate::{
    api::core::LoadError,
    auth::{
        Method,
        jwt::{self, JwtError},
        token::{Lifetimes, Tokens},
    },
    clock::Moment,
    engine::Engine,
    storage::{Batch, StorageError, Store, json},
};

/// The engines and auth methods, and their record in the store.
pub(crate) struct Mounts {
    pub(super) store: Arc<Store>,
    pub(crate) engines: MountTable<Engine>,
    pub(crate) methods: MountTable<Method>,
    /// What is part of every vault: only what is said of it is kept here.
    pub(super) built_in: RwLock<Vec<Description>>,
    /// Unmounted, and not yet let go of: on record until it is, whatever else is written meanwhile.
    doomed: RwLock<Vec<Description>>,
    /// Held by who mounts, unmounts, moves or tunes.
    pub(super) turn: Mutex<()>,
}

/// The mounts as the store holds them.
#[derive(Default, Serialize, Deserialize)]
struct Written {
    engines: Vec<Description>,
    methods: Vec<Description>,
    #[serde(default)]
    built_in: Vec<Description>,
    /// Unmounted, and not yet let go of.
    doomed: Vec<Description>,
}

impl Mounts {
    /// The mounts that are in the store; an empty one gets the tokens' own, and what is part of every vault.
    ///
    /// # Errors
    /// When the store cannot be read, or holds what this version does not know.
    pub(crate) async fn load(store: Arc<Store>, now: Moment) -> Result<Self, LoadError> {
        let mounts = Self {
            store,
            engines: MountTable::default(),
            methods: MountTable::default(),
            built_in: RwLock::default(),
            doomed: RwLock::default(),
            turn: Mutex::default(),
        };
        let written = match mounts.store.read(ENTRY)? {
            Some(bytes) => {
                serde_json::from_slice(&bytes).map_err(|error| StorageError::Read(error.to_string()))?
            }
            None => Written {
                methods: vec![Description::new("token", "token/", "token based credentials")],
                ..Written::default()
            },
        };
        for description in written.engines {
            // A move of values that was cut short goes on before anybody asks for them.
            let mount = mounts.engine(description);
            mount.inside.finish_upgrade(now).await?;
            mounts.engines.insert(mount);
        }
        for description in written.methods {
            mounts.methods.insert(mounts.method(description)?);
        }
        let is_new = written.built_in.is_empty();
        let built_in = if is_new { every_vaults() } else { written.built_in };
        *mounts.built_in.write().unwrap_or_else(PoisonError::into_inner) = built_in;
        if is_new {
            mounts.write().await?;
        }
        mounts.set_doomed(written.doomed);
        mounts.clear().await?;
        Ok(mounts)
    }

    /// # Errors
    /// When the path is taken, or the disk refuses.
    pub(crate) async fn mount_engine(&self, description: Description) -> Result<(), MountError> {
        let _turn = self.turn.lock().await;
        self.engines.check_free(&description.path)?;
        let path = description.path.clone();
        self.engines.insert(self.engine(description));
        self.write().await.inspect_err(|_| self.engines.remove(&path))?;
        Ok(())
    }

    /// # Errors
    /// When the path is taken, or the disk refuses.
    pub(crate) async fn mount_method(&self, description: Description) -> Result<(), MountError> {
        let _turn = self.turn.lock().await;
        self.methods.check_free(&description.path)?;
        let path = description.path.clone();
        self.methods.insert(self.method(description)?);
        self.write().await.inspect_err(|_| self.methods.remove(&path))?;
        Ok(())
    }

    /// Unmounts an engine, then lets go of its secrets; killed in between, the next start goes on.
    ///
    /// # Errors
    /// When the disk refuses: it stays mounted if that could not be written.
    pub(crate) async fn unmount_engine(&self, path: &str) -> Result<(), MountError> {
        let _turn = self.turn.lock().await;
        let Some(mount) = self.engines.at(path) else { return Ok(()) };
        self.engines.remove(path);
        let before = self.doom(&mount.description);
        self.write().await.inspect_err(|_| {
            self.set_doomed(before);
            self.engines.put_back(mount);
        })?;
        Ok(self.clear().await?)
    }

    /// Unmounts a method, and ends the tokens that it gave in the same step; then lets go of its roles.
    ///
    /// # Errors
    /// As of [`Self::unmount_engine`].
    pub(crate) async fn unmount_method(&self, path: &str, tokens: &Tokens) -> Result<(), MountError> {
        let _turn = self.turn.lock().await;
        let Some(mount) = self.methods.at(path) else { return Ok(()) };
        self.methods.remove(path);
        let before = self.doom(&mount.description);
        let issued = format!("auth/{path}");
        let written = match self.record() {
            Ok(record) => tokens.revoke_issued_under(&issued, record).await,
            Err(error) => Err(error),
        };
        written.inspect_err(|_| {
            self.set_doomed(before);
            self.methods.put_back(mount);
        })?;
        // A login that was under way then found its method still there.
        tokens.revoke_issued_under(&issued, Batch::default()).await?;
        Ok(self.clear().await?)
    }

    /// What is said of the mounts that every vault has.
    pub(crate) fn built_in(&self) -> Vec<Description> {
        self.built_in.read().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// How long the tokens live that are made by tokens.
    pub(crate) fn token_lifetimes(&self) -> Lifetimes {
        self.methods.at("token/").map(|mount| mount.description.lifetimes()).unwrap_or_default()
    }

    /// Lets go of what is doomed.
    async fn clear(&self) -> Result<(), StorageError> {
        let doomed = self.doomed();
        if doomed.is_empty() {
            return Ok(());
        }
        for description in doomed {
            match description.kind.as_str() {
                "jwt" | "oidc" => {
                    if let Ok(mount) = self.method(description)
                        && let Method::Jwt(method) = &*mount.inside
                    {
                        method.clear().await?;
                    }
                }
                _ => self.engine(description).inside.clear().await?,
            }
        }
        self.set_doomed(Vec::new());
        self.write().await
    }

    /// Dooms one more; returns those before it.
    fn doom(&self, description: &Description) -> Vec<Description> {
        let before = self.doomed();
        self.set_doomed(before.iter().chain([description]).cloned().collect());
        before
    }

    fn doomed(&self) -> Vec<Description> {
        self.doomed.read().unwrap_or_else(PoisonError::into_inner).clone()
    }

    fn set_doomed(&self, doomed: Vec<Description>) {
        *self.doomed.write().unwrap_or_else(PoisonError::into_inner) = doomed;
    }

    pub(super) async fn write(&self) -> Result<(), StorageError> {
        self.store.commit(self.record()?).await
    }

    /// The mounts as they are in memory.
    pub(super) fn record(&self) -> Result<Batch, StorageError> {
        let written = Written {
            engines: self.engines.descriptions(),
            methods: self.methods.descriptions(),
            built_in: self.built_in(),
            doomed: self.doomed(),
        };
        let mut batch = Batch::default();
        batch.put(ENTRY, json(&written)?);
        Ok(batch)
    }

    pub(super) fn engine(&self, description: Description) -> Mount<Engine> {
        let kind = (description.kind.as_str(), description.version());
        let inside = Engine::new(kind, Arc::clone(&self.store), &description.uuid);
        Mount { description, inside: Arc::new(inside) }
    }

    fn method(&self, description: Description) -> Result<Mount<Method>, JwtError> {
        let inside = match description.kind.as_str() {
            "jwt" | "oidc" => Method::Jwt(jwt::Method::load(Arc::clone(&self.store), &description.uuid)?),
            _ => Method::Token,
        };
        Ok(Mount { description, inside: Arc::new(inside) })
    }
}

fn every_vaults() -> Vec<Description> {
    let passing =
        |header: &str| Tuning { passthrough_request_headers: vec![header.to_owned()], ..Tuning::default() };
    let cubbyhole = Description::new("cubbyhole", "cubbyhole/", "per-token private secret storage");
    let identity = Description::new("identity", "identity/", "identity store");
    let text = "system endpoints used for control, policy and debugging";
    let system = Description::new("system", "sys/", text);
    vec![
        cubbyhole.with_flags(Flags { local: true, ..Flags::default() }),
        identity.with_tuning(passing("Authorization")),
        system.with_tuning(passing("Accept")).with_flags(Flags { seal_wrap: true, ..Flags::default() }),
    ]
}

const ENTRY: &str = "core/mounts";

#[cfg(test)]
mod tests {
    use zeroize::Zeroizing;

    use super::*;
    use crate::storage::{SimulatedDisk, lands};

    async fn load(store: &Arc<Store>) -> Mounts {
        Mounts::load(Arc::clone(store), Moment::at_second(0)).await.unwrap()
    }

    /// An engine with a secret, and where that is in the store.
    async fn mounted(mounts: &Mounts, path: &str) -> (Description, String) {
        let description = Description::new("kv", path, "");
        let secret = format!("kv/{}/secret/a", description.uuid);
        let mut batch = Batch::default();
        batch.put(secret.clone(), Zeroizing::new(b"{}".to_vec()));
        mounts.store.commit(batch).await.unwrap();
        mounts.mount_engine(description.clone()).await.unwrap();
        (description, secret)
    }

    #[tokio::test]
    async fn what_is_unmounted_stays_when_that_cannot_be_written() {
        let disk = SimulatedDisk::default();
        let store = Arc::new(disk.store().await);
        let (mounts, tokens) =
            (load(&store).await, Tokens::load(Arc::clone(&store), Moment::at_second(0)).await);
        let (_, secret) = mounted(&mounts, "ci/").await;
        mounts.mount_method(Description::new("jwt", "jwt/", "")).await.unwrap();
        disk.limit(Some(0));
        assert!(mounts.unmount_engine("ci/").await.is_err());
        assert!(mounts.unmount_method("jwt/", &tokens.unwrap()).await.is_err());
        disk.limit(None);
        lands(&store, Batch::default).await;
        mounted(&mounts, "other/").await;
        for mounts in [&mounts, &load(&store).await] {
            assert!(mounts.engines.at("ci/").is_some() && mounts.methods.at("jwt/").is_some());
        }
        assert!(store.read(&secret).unwrap().is_some());
    }

    #[tokio::test]
    async fn what_could_not_be_let_go_of_is_not_forgotten() {
        let store = Arc::new(Store::in_memory().await);
        let mounts = load(&store).await;
        let (description, secret) = mounted(&mounts, "ci/").await;
        // So far it comes when the disk refuses after the first step.
        mounts.engines.remove("ci/");
        mounts.doom(&description);
        mounts.write().await.unwrap();
        mounted(&mounts, "other/").await;
        assert!(store.read(&secret).unwrap().is_some());
        load(&store).await;
        assert!(store.read(&secret).unwrap().is_none());
    }
}
