use std::time::Duration;

use super::{
    Environment, Error, Flags, file::ConfigFile, identity_settings::auth, settings::DEFAULT_PATIENCE,
    vault_settings::Place, vault_settings::duration,
};
use crate::{
    http::Tls,
    vault::{Address, Auth, Config},
};

/// What is said of the vault, each part by itself.
#[derive(Debug)]
pub struct VaultParts {
    /// Its nodes.
    pub nodes: Result<Vec<Address>, Error>,
    /// How they prove themselves.
    pub tls: Tls,
    /// Its namespace.
    pub namespace: Option<String>,
    /// How to log in.
    pub auth: Result<Auth, Error>,
    /// How long it is waited for, in all.
    pub patience: Result<Duration, Error>,
}

impl VaultParts {
    pub(super) fn find(flags: &Flags, file: Option<&ConfigFile>, environment: &Environment) -> Self {
        let place = Place::find(flags, file, environment);
        let nowhere = Place { nodes: Vec::new(), tls: Tls::system() };
        let auth = auth(flags, file, environment, place.as_ref().unwrap_or(&nowhere));
        let from_environment =
            || environment.first_setting(&["VAULT_NAMESPACE", "BAO_NAMESPACE"]).map(str::to_owned);
        let from_file = || file.and_then(|file| file.raw.vault.namespace.clone());
        let namespace = flags.namespace.clone().or_else(from_file).or_else(from_environment);
        let timeout = file.and_then(|file| file.raw.vault.timeout.as_ref());
        let patience = duration(flags.timeout, "timeout", timeout, DEFAULT_PATIENCE);
        let (nodes, tls) = match place {
            Ok(place) => (Ok(place.nodes), place.tls),
            Err(error) => (Err(error), nowhere.tls),
        };
        Self { nodes, tls, namespace, auth, patience }
    }

    /// All of it.
    pub(super) fn whole(self) -> Result<Config, Error> {
        let Self { nodes, tls, namespace, auth, patience } = self;
        Ok(Config { nodes: nodes?, namespace, auth: auth?, tls, patience: patience? })
    }
}
