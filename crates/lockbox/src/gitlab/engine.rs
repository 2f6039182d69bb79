use std::{sync::Arc, time::Duration};

use serde::Serialize;

use super::{
    Bearer, GitlabError, Order,
    config::{CONFIG, Config},
    role::Role,
    role_fields::ROLE,
};
use crate::{
    exchange::{Answer, Field, Operation, Request, Schema},
    outward::Clients,
    storage::{Batch, Shelf, StorageError, Store, json},
};

/// One mounted engine.
#[derive(Debug)]
pub(crate) struct Engine {
    mount_id: String,
    shelf: Shelf,
}

/// What a path of the engine is of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Place<'a> {
    Configs,
    /// What the public engine takes for one that is called so: a policy would have to know of both names.
    NoConfig,
    Config(&'a str),
    Rotation,
    Roles,
    Role(&'a str),
    Token(&'a str),
}

impl Engine {
    /// The engine of the mount with this id, with what it held before.
    pub(crate) fn new(store: Arc<Store>, mount_id: &str) -> Self {
        Self { mount_id: mount_id.to_owned(), shelf: Shelf::new(store, shelf_of(mount_id)) }
    }

    /// Whether a write to this path would be an update.
    ///
    /// # Errors
    /// When the path cannot be looked up.
    pub(crate) fn holds(&self, path: &str) -> Result<bool, StorageError> {
        match Place::find(path) {
            Some(Place::Config(name)) => self.shelf.view()?.holds(&config_entry(name)),
            Some(Place::Role(name)) => self.shelf.view()?.holds(&role_entry(name)),
            _ => Ok(true),
        }
    }

    /// The name of the role that a token is asked of, where one is.
    ///
    /// # Errors
    /// When it is asked for in another way than by a read.
    pub(crate) fn asked_role<'r>(request: &Request<'r>) -> Result<Option<&'r str>, GitlabError> {
        match (Place::find(request.path), request.operation) {
            (Some(Place::Token(role)), Operation::Read) => Ok(Some(role)),
            (Some(Place::Token(_)), _) => Err(GitlabError::UnsupportedOperation),
            _ => Ok(None),
        }
    }

    /// Configurations and roles; tokens are made of an [`Engine::order`].
    ///
    /// # Errors
    /// When what is asked for is not there, not known, or refused.
    pub(crate) async fn handle(
        &self,
        request: &Request<'_>,
        clients: &Clients,
    ) -> Result<Answer, GitlabError> {
        use Operation::{Create, Delete, List, Patch, Read, Update};
        let fields = request.fields;
        match (Place::find(request.path).ok_or(GitlabError::UnsupportedPath)?, request.operation) {
            (Place::NoConfig, _) => Err(GitlabError::Setting(UNNAMED.to_owned())),
            (Place::Configs, List) => self.list(CONFIGS),
            (Place::Roles, List) => self.list(ROLES),
            (Place::Config(name), Read) => {
                let config = self.config(name)?.ok_or(GitlabError::NotFound)?;
                Ok(CONFIG.noted(Answer::data(&config.describe(name)), fields))
            }
            (Place::Config(name), Create | Update) => {
                self.keep_config(name, Config::written(fields, None, clients).await?, request).await
            }
            (Place::Config(name), Patch) => {
                let before = self.config(name)?.ok_or(GitlabError::NotFound)?;
                self.keep_config(name, Config::written(fields, Some(before), clients).await?, request).await
            }
            (Place::Config(name), Delete) => self.delete(config_entry(name)).await,
            (Place::Rotation, Create | Update) => Err(GitlabError::Unsupported {
                what: "rotating the token of a configuration".to_owned(),
                instead: "write the configuration with a new one",
            }),
            (Place::Role(name), Read) => {
                let role = self.role(name)?.ok_or(GitlabError::NotFound)?;
                Ok(ROLE.noted(Answer::data(&role.describe(name)), fields))
            }
            (Place::Role(name), Create | Update) => {
                let role = Role::read(fields)?;
                if self.config(&role.config_name)?.is_none() {
                    return Err(GitlabError::NoConfig(role.config_name));
                }
                self.keep(role_entry(name), &role).await?;
                Ok(ROLE.noted(Answer::data(&role.describe(name)), fields))
            }
            (Place::Role(name), Delete) => self.delete(role_entry(name)).await,
            _ => Err(GitlabError::UnsupportedOperation),
        }
    }

    /// The token that a role makes for this bearer, with no longer a lease than this.
    ///
    /// # Errors
    /// When there is no such role, or the session does not say what the name of the token needs.
    pub(crate) fn order(
        &self,
        role_name: &str,
        bearer: Bearer<'_>,
        longest: Duration,
    ) -> Result<Order, GitlabError> {
        let role = self.role(role_name)?.ok_or_else(|| GitlabError::UnknownRole(role_name.to_owned()))?;
        let config = self.config(&role.config_name)?;
        let config = config.ok_or_else(|| GitlabError::NoConfig(role.config_name.clone()))?;
        Order::new((role_name, role), (&self.mount_id, config), bearer, longest)
    }

    /// What is said of an answer about a field that was given for nothing.
    pub(crate) fn noted(answer: Answer, request: &Request<'_>) -> Answer {
        TOKEN.noted(answer, request.fields)
    }

    /// Lets go of everything that it holds.
    ///
    /// # Errors
    /// When the disk refuses; what is left can be cleared again.
    pub(crate) async fn clear(&self) -> Result<(), StorageError> {
        let mut batch = Batch::default();
        for folder in [CONFIGS, ROLES] {
            for name in self.shelf.children(folder)? {
                batch.delete(self.shelf.path(&[folder, &name].concat()));
            }
        }
        self.shelf.commit(batch).await
    }

    fn config(&self, name: &str) -> Result<Option<Config>, StorageError> {
        self.shelf.read_json(&config_entry(name))
    }

    fn role(&self, name: &str) -> Result<Option<Role>, StorageError> {
        self.shelf.read_json(&role_entry(name))
    }

    async fn keep_config(
        &self,
        name: &str,
        config: Config,
        request: &Request<'_>,
    ) -> Result<Answer, GitlabError> {
        self.keep(config_entry(name), &config).await?;
        Ok(CONFIG.noted(Answer::data(&config.describe(name)), request.fields))
    }

    async fn keep(&self, entry: String, value: &impl Serialize) -> Result<(), StorageError> {
        let mut batch = Batch::default();
        batch.put(self.shelf.path(&entry), json(value)?);
        self.shelf.commit(batch).await
    }

    async fn delete(&self, entry: String) -> Result<Answer, GitlabError> {
        let mut batch = Batch::default();
        batch.delete(self.shelf.path(&entry));
        self.shelf.commit(batch).await?;
        Ok(Answer::empty())
    }

    fn list(&self, folder: &str) -> Result<Answer, GitlabError> {
        let names = self.shelf.children(folder)?;
        if names.is_empty() { Err(GitlabError::NotFound) } else { Ok(Answer::keys(&names)) }
    }
}

impl<'a> Place<'a> {
    fn find(path: &'a str) -> Option<Self> {
        let named = |name: &'a str| is_name(name).then_some(name);
        match path.split_once('/') {
            None => (path == "config").then_some(Self::NoConfig),
            Some(("config", "")) => Some(Self::Configs),
            Some(("config", rest)) => match rest.strip_suffix("/rotate") {
                Some(name) => named(name).map(|_| Self::Rotation),
                None => named(rest).map(Self::Config),
            },
            Some(("roles", "")) => Some(Self::Roles),
            Some(("roles", name)) => named(name).map(Self::Role),
            Some(("token", name)) => named(name).map(Self::Token),
            Some(_) => None,
        }
    }
}

/// Go's `GenericNameRegex`.
fn is_name(name: &str) -> bool {
    let is_word = |c: char| c.is_ascii_alphanumeric() || c == '_';
    name.starts_with(is_word)
        && name.ends_with(is_word)
        && name.chars().all(|c| is_word(c) || "-.".contains(c))
}

/// Where a configuration stands in the whole store.
pub(super) fn config_path(mount_id: &str, name: &str) -> String {
    [shelf_of(mount_id), config_entry(name)].concat()
}

fn shelf_of(mount_id: &str) -> String {
    format!("gitlab/{mount_id}/")
}

fn config_entry(name: &str) -> String {
    [CONFIGS, name].concat()
}

fn role_entry(name: &str) -> String {
    [ROLES, name].concat()
}

const UNNAMED: &str = "config is no configuration: its name belongs to the path, as in config/default";
const CONFIGS: &str = "config/";
const ROLES: &str = "role/";
const TOKEN: Schema = Schema(&[("role_name", Field::OfPath)]);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_is_of_one_thing() {
        for (path, expected) in [
            ("config", Some(Place::NoConfig)),
            ("config/", Some(Place::Configs)),
            ("config/main", Some(Place::Config("main"))),
            ("config/main/rotate", Some(Place::Rotation)),
            ("config/rotate", Some(Place::Config("rotate"))),
            ("config/a/b", None),
            ("roles/", Some(Place::Roles)),
            ("roles/ci-read", Some(Place::Role("ci-read"))),
            ("roles", None),
            ("token/ci.read", Some(Place::Token("ci.read"))),
            ("token/ci/path", None),
            ("token/-ci", None),
            ("token/", None),
            ("flags", None),
            ("", None),
        ] {
            assert_eq!(Place::find(path), expected, "{path}");
        }
    }
}
