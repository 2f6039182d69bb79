use std::{
    collections::BTreeMap,
    net::IpAddr,
    sync::{Arc, PoisonError, RwLock},
};

use serde_json::{Map, Value};
use zeroize::Zeroizing;

use super::{
    JwtError,
    config::Config,
    login::{self, Attempt},
    role::Role,
    schemas::{self, role_name},
};
use crate::{
    auth::token::{KindRule, Lifetimes, Order, Terms},
    clock::Moment,
    exchange::{Answer, Fields, Operation, Request, Schema},
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

/// Where a method is mounted, and what that says of the tokens that it gives.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Mounted<'a> {
    /// `jwt/`.
    pub(crate) path: &'a str,
    pub(crate) accessor: &'a str,
    pub(crate) lifetimes: Lifetimes,
    /// Which kind of token it gives where a role leaves it open.
    pub(crate) kind: KindRule,
}

impl Method {
    /// The method of the mount with this id, with what was configured before.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub(crate) fn load(store: Arc<Store>, mount_id: &str) -> Result<Self, JwtError> {
        let shelf = Shelf::new(store, format!("auth/{mount_id}/"));
        let config = shelf.read_json(CONFIG)?.map(Config::load).transpose()?.map(Arc::new);
        let mut roles = BTreeMap::new();
        for name in shelf.children(ROLES)? {
            if let Some(fields) = shelf.read_json(&role_entry(&name))? {
                roles.insert(name, Arc::new(Role::default().merge(&without_nulls(fields))?));
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
        role_name(path).is_none_or(|name| self.role(&name.to_lowercase()).is_some())
    }

    /// Configuration and roles; logging in is [`Method::login`].
    ///
    /// # Errors
    /// When what is asked for is not there, not known, or refused.
    pub(crate) async fn handle(&self, request: &Request<'_>, mount: Lifetimes) -> Result<Answer, JwtError> {
        let role = role_name(request.path);
        match (request.path, role, request.operation) {
            ("config", _, Operation::Read) => {
                let config = self.config().ok_or(JwtError::NotFound)?;
                schemas::CONFIG.check(request.fields).map_err(JwtError::Body)?;
                Ok(schemas::CONFIG.noted(config.describe().await, request.fields))
            }
            ("config", _, Operation::Create | Operation::Update) => {
                schemas::CONFIG.check(request.fields).map_err(JwtError::Body)?;
                let _turn = self.shelf.turn(CONFIG).await;
                let (config, warning) = Config::write(request.fields, self.config().as_deref()).await?;
                self.keep(CONFIG, json(&config.written)?).await?;
                *self.config.write().unwrap_or_else(PoisonError::into_inner) = Some(Arc::new(config));
                Ok(told(warning.map(str::to_owned), &schemas::CONFIG, request.fields))
            }
            ("role/" | "role", _, Operation::List) => self.list_roles(request.fields),
            ("login" | "config" | "role" | "role/", _, _) => Err(JwtError::UnsupportedOperation),
            (_, Some(name), _) => self.handle_role(&name.to_lowercase(), request, mount).await,
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
        schemas::LOGIN.check(request.fields).map_err(JwtError::Body)?;
        let config = self.config().ok_or(JwtError::NoConfig)?;
        let named = request.fields.text("role").map_err(JwtError::Body)?.filter(|name| !name.is_empty());
        let name = named.unwrap_or_else(|| config.written.default_role.clone()).to_lowercase();
        if name.is_empty() {
            return Err(JwtError::NoRole);
        }
        if name.contains("..") {
            return Err(JwtError::RelativePath);
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

    async fn handle_role(
        &self,
        name: &str,
        request: &Request<'_>,
        mount: Lifetimes,
    ) -> Result<Answer, JwtError> {
        let entry = role_entry(name);
        match request.operation {
            Operation::Read => {
                let role = self.role(name).ok_or(JwtError::NotFound)?;
                Ok(schemas::ROLE.noted(role.describe(), request.fields))
            }
            Operation::Create | Operation::Update => {
                schemas::ROLE.check(request.fields)?;
                let _turn = self.shelf.turn(&entry).await;
                let role = self.role(name).map(|role| (*role).clone()).unwrap_or_default();
                let role = role.merge(request.fields)?;
                self.keep(&entry, json(&role.describe().data)?).await?;
                let warning = role.check_on(mount)?.or(role.browser.warning().map(str::to_owned));
                let mut roles = self.roles.write().unwrap_or_else(PoisonError::into_inner);
                roles.insert(name.to_owned(), Arc::new(role));
                Ok(told(warning, &schemas::ROLE, request.fields))
            }
            Operation::Delete => {
                let _turn = self.shelf.turn(&entry).await;
                let mut batch = Batch::default();
                batch.delete(self.shelf.path(&entry));
                self.shelf.commit(batch).await?;
                self.roles.write().unwrap_or_else(PoisonError::into_inner).remove(name);
                Ok(Answer::empty())
            }
            Operation::Patch | Operation::List | Operation::Scan | Operation::Head => {
                Err(JwtError::UnsupportedOperation)
            }
        }
    }

    async fn keep(&self, entry: &str, kept: Zeroizing<Vec<u8>>) -> Result<(), StorageError> {
        let mut batch = Batch::default();
        batch.put(self.shelf.path(entry), kept);
        self.shelf.commit(batch).await
    }

    fn list_roles(&self, fields: &Fields) -> Result<Answer, JwtError> {
        schemas::ROLES.check(fields).map_err(JwtError::Body)?;
        let after = fields.text("after")?.unwrap_or_default();
        let limit =
            fields.integer("limit")?.and_then(|limit| usize::try_from(limit).ok()).filter(|limit| *limit > 0);
        let roles = self.roles.read().unwrap_or_else(PoisonError::into_inner);
        let names = roles.keys().filter(|name| **name > after).take(limit.unwrap_or(usize::MAX));
        let names: Vec<String> = names.cloned().collect();
        if names.is_empty() {
            return Err(JwtError::NotFound);
        }
        Ok(schemas::ROLES.noted(Answer::keys(&names), fields))
    }

    /// What a login gave, with a word about what it asked for in vain.
    pub(crate) fn noted(answer: Answer, fields: &Fields) -> Answer {
        schemas::LOGIN.noted(answer, fields)
    }

    fn config(&self) -> Option<Arc<Config>> {
        self.config.read().unwrap_or_else(PoisonError::into_inner).clone()
    }

    fn role(&self, name: &str) -> Option<Arc<Role>> {
        self.roles.read().unwrap_or_else(PoisonError::into_inner).get(name).cloned()
    }
}

/// Nothing to say, but for the warning.
fn told(warning: Option<String>, schema: &Schema, fields: &Fields) -> Answer {
    warning.map_or_else(Answer::empty, |warning| schema.noted(Answer::warning(warning), fields))
}

/// What is null was never written.
fn without_nulls(mut written: Map<String, Value>) -> Fields {
    written.retain(|_, value| !value.is_null());
    Fields::new(written)
}

fn role_entry(name: &str) -> String {
    [ROLES, name].concat()
}

const CONFIG: &str = "config";
const ROLES: &str = "role/";
