use std::{fs, path::Path};

use super::{
    Environment, Error, Flags, identity_settings::personal_token, settings::DEFAULT_PATIENCE,
    vault_settings::Place,
};
use crate::vault::{Address, Auth, Config, VaultToken};

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

/// Another vault, reached as the first is, with a token of its own.
///
/// # Errors
/// When the token cannot be read.
pub fn other_vault(
    address: Address,
    first: &Config,
    environment: &Environment,
    token_file: Option<&Path>,
) -> Result<Config, Error> {
    let token = match token_file {
        Some(path) => token_in(path, environment)?,
        None => {
            let token = environment.setting("BUILDPASS_TO_TOKEN").ok_or(Error::NoOtherToken)?;
            VaultToken::new(token.to_owned())
        }
    };
    Ok(Config {
        nodes: vec![address],
        namespace: None,
        auth: Auth::Personal(token),
        tls: first.tls.clone(),
        patience: first.patience,
    })
}

fn token_in(path: &Path, environment: &Environment) -> Result<VaultToken, Error> {
    let path = environment.working_directory().join(path);
    let text = fs::read_to_string(&path).map_err(|source| Error::Unreadable { path, source })?;
    Ok(VaultToken::new(text.trim().to_owned()))
}
