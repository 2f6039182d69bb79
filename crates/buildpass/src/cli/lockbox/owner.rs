use std::path::Path;

use crate::{
    cli::Surroundings,
    config::{Error, owned_vault},
    failure::Failure,
    vault::{Config, Session},
};

/// The vault that `--address` or the environment names, asked with its owner's token.
pub(super) fn vault(surroundings: &Surroundings, token_file: Option<&Path>) -> Result<Config, Error> {
    owned_vault(&surroundings.flags, &surroundings.environment, token_file)
}

pub(super) async fn session(
    surroundings: &Surroundings,
    token_file: Option<&Path>,
) -> Result<Session, Failure> {
    open(&vault(surroundings, token_file)?, surroundings).await
}

/// A session that is a person's own token.
pub(super) async fn open(vault: &Config, surroundings: &Surroundings) -> Result<Session, Failure> {
    let (credential, _) = vault.credential(&surroundings.clock).await?;
    Ok(vault.login(credential, &surroundings.clock).await?)
}
