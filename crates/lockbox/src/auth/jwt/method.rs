use std::{
    collections::BTreeMap,
    net::IpAddr,
    sync::{Arc, PoisonError, RwLock},
};

use super::{
    JwtError,
    config::Config,
    login::{self, Attempt},
    role::Role,
};
use crate::{
    auth::token::{Order, Terms},
    clock::Moment,
    exchange::{Answer, Fields, Operation, Request},
    storage::{Batch, Shelf, StorageError, Store, json},
};

/// One mounted method.
#[derive(Debug)]
pub(crate) struct Method {
    shelf: Shelf,
    config: RwLock<Option<Arc<Config>>>,
    roles: RwLock<BTreeMap<String, Arc<Role>>>,
}

/// Who logs in from where, and by whose clock.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Client {
    pub(crate) from: IpAddr,
    /// The machine's time, which the issuer's is close to.
    pub(crate) time: Moment,
}

/// Where a method is mounted, as the tokens that it gives say.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Mounted<'a> {
    /// `jwt/`.
    pub(crate) path: &'a str,
    pub(crate) accessor: &'a str,
}

impl Method {
    /// The method of the mount with this id, with what was configured before.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub(crate) fn load(store: Arc<Store>, mount_id: &str) -> Result<Self, JwtError> {
        let shelf = Shelf::new(store, format!("auth/{mount_id}/"));
        let config = match shelf.read_json(CONFIG)?.map(Fields::new) {
            Some(fields) => Some(Arc::new(Config::read(&fields)?)),
            None => None,
        };
        let mut roles = BTreeMap::new();
        for name in shelf.children(ROLES)? {
            if let Some(fields) = shelf.read_json(&role_entry(&name))?.map(Fields::new) {
                roles.insert(name, Arc::new(Role::default().merge(&fields)?));
            }
        }
        Ok(Self { shelf, config: RwLock::new(config), roles: RwLock::new(roles) })
    }

    /// Lets go of everything that it holds.
    ///
    /// # Errors
    /// When the disk refuses.
    pub(crate) async fn clear(&self) -> Result<(), StorageError> {
        let mut batch = Batch::default();
        batch.delete(self.shelf.path(CONFIG));
        for name in self.shelf.children(ROLES)? {
            batch.delete(self.shelf.path(&role_entry(&name)));
        }
        self.shelf.commit(batch).await
    }

    /// Whether a write to this path would be an update.
    pub(crate) fn holds(&self, path: &str) -> bool {
        path.strip_prefix("role/").is_none_or(|name| self.role(&name.to_lowercase()).is_some())
    }

    /// Configuration and roles; logging in is [`Method::login`].
    ///
    /// # Errors
    /// When what is asked for is not there, not known, or refused.
    pub(crate) async fn handle(&self, request: &Request<'_>) -> Result<Answer, JwtError> {
        let role = request.path.strip_prefix("role/").filter(|name| !name.contains('/'));
        match (request.path, role, request.operation) {
            ("config", _, Operation::Read) => {
                self.config().map(|config| config.describe()).ok_or(JwtError::NotFound)
            }
            ("config", _, Operation::Create | Operation::Update) => {
                let _turn = self.shelf.turn(CONFIG).await;
                let config = Config::write(request.fields).await?;
                self.keep(CONFIG, &config.describe()).await?;
                *self.config.write().unwrap_or_else(PoisonError::into_inner) = Some(Arc::new(config));
                Ok(Answer::empty())
            }
            ("role/" | "role", _, Operation::List) => self.list_roles(),
            ("login" | "config" | "role" | "role/", _, _) => Err(JwtError::UnsupportedOperation),
            (_, Some(name), _) => self.handle_role(&name.to_lowercase(), request).await,
            (_, None, _) => Err(JwtError::UnsupportedPath),
        }
    }

    /// What token a login gives.
    ///
    /// # Errors
    /// With the first check that failed.
    pub(crate) async fn login(
        &self,
        mounted: Mounted<'_>,
        request: &Request<'_>,
        client: Client,
    ) -> Result<Order, JwtError> {
        let config = self.config().ok_or(JwtError::NoConfig)?;
        let named = request.fields.text("role").map_err(JwtError::Body)?.filter(|name| !name.is_empty());
        let name = named.unwrap_or_else(|| config.default_role.clone()).to_lowercase();
        if name.is_empty() {
            return Err(JwtError::NoRole);
        }
        let Some(role) = self.role(&name) else {
            return Err(JwtError::UnknownRole(name));
        };
        let attempt = Attempt { config: &config, role_name: &name, role: &role, mounted, client };
        login::order(&attempt, request).await
    }

    /// What a role says now about the time of the tokens that it gave.
    pub(crate) fn terms(&self, role: &str) -> Option<Terms> {
        self.role(role).map(|role| role.token.terms())
    }

    async fn handle_role(&self, name: &str, request: &Request<'_>) -> Result<Answer, JwtError> {
        let entry = role_entry(name);
        match request.operation {
            Operation::Read => self.role(name).map(|role| role.describe()).ok_or(JwtError::NotFound),
            Operation::Create | Operation::Update => {
                let _turn = self.shelf.turn(&entry).await;
                let role = self.role(name).map(|role| (*role).clone()).unwrap_or_default();
                let role = role.merge(request.fields)?;
                self.keep(&entry, &role.describe()).await?;
                let mut roles = self.roles.write().unwrap_or_else(PoisonError::into_inner);
                roles.insert(name.to_owned(), Arc::new(role));
                Ok(Answer::empty())
            }
            Operation::Delete => {
                let _turn = self.shelf.turn(&entry).await;
                let mut batch = Batch::default();
                batch.delete(self.shelf.path(&entry));
                self.shelf.commit(batch).await?;
                self.roles.write().unwrap_or_else(PoisonError::into_inner).remove(name);
                Ok(Answer::empty())
            }
            Operation::Patch | Operation::List | Operation::Scan => Err(JwtError::UnsupportedOperation),
        }
    }

    /// What is read back is what is kept.
    async fn keep(&self, entry: &str, described: &Answer) -> Result<(), StorageError> {
        let mut batch = Batch::default();
        batch.put(self.shelf.path(entry), json(&described.data)?);
        self.shelf.commit(batch).await
    }

    fn list_roles(&self) -> Result<Answer, JwtError> {
        let roles = self.roles.read().unwrap_or_else(PoisonError::into_inner);
        let names: Vec<String> = roles.keys().cloned().collect();
        if names.is_empty() { Err(JwtError::NotFound) } else { Ok(Answer::keys(&names)) }
    }

    fn config(&self) -> Option<Arc<Config>> {
        self.config.read().unwrap_or_else(PoisonError::into_inner).clone()
    }

    fn role(&self, name: &str) -> Option<Arc<Role>> {
        self.roles.read().unwrap_or_else(PoisonError::into_inner).get(name).cloned()
    }
}

fn role_entry(name: &str) -> String {
    [ROLES, name].concat()
}

const CONFIG: &str = "config";
const ROLES: &str = "role/";
