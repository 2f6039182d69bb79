use std::ffi::OsString;
use std::io;
use std::path::PathBuf;

use secrecy::{ExposeSecret, SecretString};

use super::serve::Sandbox;
use crate::clock::{Clock, unix_seconds};
use crate::git_http::Repositories;
use crate::issuer::{Issuer, KeyError};
use crate::registry::{NewToken, Registry, Scope, UserKind};

/// What a sandbox needs in order to start.
#[derive(Debug)]
pub struct Config {
    /// The folder in which the bare repositories will live; it is made when it is not there.
    pub repositories: PathBuf,

    /// The administrator's access token, for the REST API, for Git and for the paths under `/-/sandbox`.
    pub admin_token: SecretString,

    /// The `PATH` on which the `git` program and its tools are found; nothing else of the environment reaches them.
    pub search_path: OsString,
}

/// A sandbox could not be made.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The folder for the repositories could not be made: the caller's folder is at fault.
    #[error("the folder `{}` for the repositories could not be made", folder.display())]
    Repositories {
        /// The folder of [`Config::repositories`].
        folder: PathBuf,
        /// What the system said.
        source: io::Error,
    },

    /// The key that signs ID tokens could not be made: a fault of the machine.
    #[error("the issuer has no key")]
    Issuer(#[from] KeyError),
}

impl Config {
    /// Makes a sandbox that reads the time from `clock` and serves nothing yet.
    ///
    /// # Errors
    /// When the folder for the repositories or the issuer's key cannot be made.
    pub fn build(self, clock: impl Clock) -> Result<Sandbox, Error> {
        let repositories = Repositories::open(&self.repositories, self.search_path)
            .map_err(|source| Error::Repositories { folder: self.repositories, source })?;
        let now = unix_seconds(clock.now());
        let mut registry = Registry::default();
        let root = registry.add_user(UserKind::Administrator, "Administrator".into(), |_| "root".into());
        let token = NewToken {
            name: "administrator".into(),
            description: None,
            scopes: vec![Scope::Api],
            granular: Vec::new(),
            user_id: root.id,
            previous: None,
            expires_at: None,
        };
        registry.add_token(self.admin_token.expose_secret(), token, now);
        Ok(Sandbox::new(Box::new(clock), Issuer::generate()?, registry, repositories))
    }
}
