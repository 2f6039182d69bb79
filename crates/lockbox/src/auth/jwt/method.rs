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
    exchange::{Answer, Operation, Request},
};

/// One mounted method.
#[derive(Debug, Default)]
pub(crate) struct Method {
    config: RwLock<Option<Arc<Config>>>,
    roles: RwLock<BTreeMap<String, Arc<Role>>>,
}

/// Where a method is mounted, as the tokens that it gives say.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Mounted<'a> {
    /// `jwt/`.
    pub(crate) path: &'a str,
    pub(crate) accessor: &'a str,
}

impl Method {
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
                let config = Config::write(request.fields).await?;
                *self.config.write().unwrap_or_else(PoisonError::into_inner) = Some(Arc::new(config));
                Ok(Answer::empty())
            }
            ("role/" | "role", _, Operation::List) => self.list_roles(),
            ("login" | "config" | "role" | "role/", _, _) => Err(JwtError::UnsupportedOperation),
            (_, Some(name), operation) => self.handle_role(&name.to_lowercase(), operation, request),
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
        from: IpAddr,
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
        let attempt = Attempt { config: &config, role_name: &name, role: &role, mounted, from };
        login::order(&attempt, request).await
    }

    /// What a role says now about the time of the tokens that it gave.
    pub(crate) fn terms(&self, role: &str) -> Option<Terms> {
        self.role(role).map(|role| role.token.terms())
    }

    fn handle_role(
        &self,
        name: &str,
        operation: Operation,
        request: &Request<'_>,
    ) -> Result<Answer, JwtError> {
        match operation {
            Operation::Read => self.role(name).map(|role| role.describe()).ok_or(JwtError::NotFound),
            Operation::Create | Operation::Update => {
                let role =
                    self.role(name).map(|role| (*role).clone()).unwrap_or_default().merge(request.fields)?;
                let mut roles = self.roles.write().unwrap_or_else(PoisonError::into_inner);
                roles.insert(name.to_owned(), Arc::new(role));
                Ok(Answer::empty())
            }
            Operation::Delete => {
                self.roles.write().unwrap_or_else(PoisonError::into_inner).remove(name);
                Ok(Answer::empty())
            }
            Operation::Patch | Operation::List | Operation::Scan => Err(JwtError::UnsupportedOperation),
        }
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
