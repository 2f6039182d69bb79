use std::{
    path::{Path, PathBuf},
    time::Duration,
};

use super::{
    Environment, Error, Flags, identity_settings::personal_token, settings::DEFAULT_PATIENCE,
    vault_settings::Place,
};
use crate::{
    http::Tls,
    secret::{NotPrivate, private_text},
    vault::{Address, Auth, Config, VaultToken},
};

/// The vault of whoever looks after it, with their token: flags and environment name them, and never a repository's file.
///
/// # Errors
/// When no address or no token is named.
pub fn owned_vault(
    flags: &Flags,
    environment: &Environment,
    token_file: Option<&Path>,
) -> Result<Config, Error> {
    let place = Place::find(flags, None, environment)?;
    let token = match token_file {
        Some(path) => token_in(path, environment)?,
        None => personal_token(environment).ok_or(Error::NoOwnerToken)?,
    };
    let namespace = environment.first_setting(&["VAULT_NAMESPACE", "BAO_NAMESPACE"]).map(str::to_owned);
    Ok(Config {
        nodes: place.nodes,
        namespace: flags.namespace.clone().or(namespace),
        auth: Auth::Personal(token),
        tls: place.tls,
        patience: flags.timeout.map_or(DEFAULT_PATIENCE, Into::into),
    })
}

/// Another vault beside the one that is looked after, reached in a way of its own.
#[derive(Debug)]
pub struct OtherVault {
    /// Its one node.
    pub address: Address,
    /// The namespace there.
    pub namespace: Option<String>,
    /// How it proves itself, and we to it.
    pub tls: Tls,
    /// A file with a token of it; without one, BUILDPASS_TO_TOKEN holds it.
    pub token_file: Option<PathBuf>,
    /// How long it is waited for.
    pub patience: Duration,
}

impl OtherVault {
    /// The vault with its token.
    ///
    /// # Errors
    /// When there is no token.
    pub fn config(self, environment: &Environment) -> Result<Config, Error> {
        let Self { address, namespace, tls, token_file, patience } = self;
        let token = match token_file {
            Some(path) => token_in(&path, environment)?,
            None => {
                let token = environment.setting("BUILDPASS_TO_TOKEN").ok_or(Error::NoOtherToken)?;
                VaultToken::new(token.to_owned())
            }
        };
        Ok(Config { nodes: vec![address], namespace, auth: Auth::Personal(token), tls, patience })
    }
}

fn token_in(path: &Path, environment: &Environment) -> Result<VaultToken, Error> {
    let path = environment.working_directory().join(path);
    match private_text(&path, LONGEST_TOKEN_BYTES) {
        Ok(text) => Ok(VaultToken::new((*text).clone())),
        Err(NotPrivate::Unreadable(source)) => Err(Error::Unreadable { path, source }),
        Err(why) => Err(Error::TokenFile { path, why }),
    }
}

/// More than any header takes.
const LONGEST_TOKEN_BYTES: usize = 8 * 1024;
