use std::{collections::BTreeSet, path::PathBuf};

use clap::Args;
use url::Url;

use super::{
    super::{
        file::ConfigFile, identity_settings::id_token_variable, secrets::all, settings::vault,
        sources::private_sources,
    },
    entries::{Entries, of_folder},
    gitlab::{gitlab, gitlab_at, stored_token},
    grants::Around,
    minted::sorted,
    mirrors::mirrors,
};
use crate::{
    access::{Declaration, FullPath, GitlabConfig, Parts},
    config::{Environment, Error, Flags},
    run::Wanted,
    vault::{self, SecretRef},
};

/// What the command line says of the declaration.
#[derive(Clone, Debug, Default, Args)]
pub struct AccessFlags {
    /// A folder of TOML files with tokens, grants and mirrors
    #[arg(long, value_name = "DIR")]
    pub folder: Option<PathBuf>,
}

/// What is declared, and the two servers that are to follow it.
#[derive(Debug)]
pub struct Platform {
    /// What is declared.
    pub declaration: Declaration,
    /// GitLab.
    pub gitlab: GitlabConfig,
    /// The vault.
    pub vault: vault::Config,
}

/// What is written so far, for whoever proposes more: nobody is asked.
#[derive(Debug)]
pub struct Written {
    /// What is declared, where anything is.
    pub declaration: Option<Declaration>,
    /// Every `[[secret]]`, and its `when`.
    pub secrets: Vec<(Wanted, Option<String>)>,
    /// The role that jobs log in with where they don't say.
    pub role: Option<String>,
    /// The variable with the ID token that buildpass logs in with.
    pub id_token: String,
}

impl Written {
    /// Reads buildpass.toml, the folder and the flags.
    ///
    /// # Errors
    /// What cannot be meant.
    pub fn read(flags: &Flags, own: &AccessFlags, environment: &Environment) -> Result<Self, Error> {
        let file = ConfigFile::find(flags, environment)?;
        let file = file.as_ref();
        let declaration = match Platform::declared(flags, own, environment) {
            Ok((declaration, _)) => Some(declaration),
            Err(Error::NothingDeclared) => None,
            Err(error) => return Err(error),
        };
        let secrets = all(flags, file)?.into_iter().map(|declared| (declared.wanted, declared.when));
        let role = flags.role.clone().or_else(|| file.and_then(|file| file.raw.vault.role.clone()));
        let id_token = id_token_variable(flags, file).to_owned();
        Ok(Self { declaration, secrets: secrets.collect(), role, id_token })
    }
}

impl Platform {
    /// Joins flags, buildpass.toml, the folder and the environment.
    ///
    /// # Errors
    /// What cannot be meant, or may not be said by whom it was said.
    pub fn load(flags: &Flags, own: &AccessFlags, environment: &Environment) -> Result<Self, Error> {
        Self::with(flags, own, environment, |file, url| private_sources(file, environment, url))
    }

    /// The same without the build's sources: what is wrong with these keeps no token alive that leaked.
    ///
    /// # Errors
    /// What cannot be meant, or may not be said by whom it was said.
    pub fn without_sources(
        flags: &Flags,
        own: &AccessFlags,
        environment: &Environment,
    ) -> Result<Self, Error> {
        Self::with(flags, own, environment, |_, _| Ok(BTreeSet::new()))
    }

    fn with(
        flags: &Flags,
        own: &AccessFlags,
        environment: &Environment,
        sources: impl FnOnce(Option<&ConfigFile>, &Url) -> Result<BTreeSet<FullPath>, Error>,
    ) -> Result<Self, Error> {
        let file = ConfigFile::find(flags, environment)?;
        let file = file.as_ref();
        let gitlab = gitlab(flags, file, environment)?;
        let url = gitlab.url.as_url();
        let declaration = declaration(flags, own, (file, environment), (Some(url), sources(file, url)?))?;
        Ok(Self { declaration, gitlab, vault: vault(flags, file, environment)? })
    }

    /// The declaration, and where the vault keeps the token for GitLab: nobody is asked, so that no token is needed.
    ///
    /// # Errors
    /// What cannot be meant, or may not be said by whom it was said.
    pub fn declared(
        flags: &Flags,
        own: &AccessFlags,
        environment: &Environment,
    ) -> Result<(Declaration, Option<SecretRef>), Error> {
        let file = ConfigFile::find(flags, environment)?;
        let file = file.as_ref();
        // Whose ID tokens are verified, and where sources lie, matters to whoever applies alone.
        let gitlab = match gitlab_at(flags, file, environment) {
            // Nothing is sent there.
            Err(Error::GitlabAstray { .. }) => None,
            gitlab => gitlab?,
        };
        let url = gitlab.as_ref().map(|gitlab| gitlab.url.as_url());
        let sources = url.map(|url| private_sources(file, environment, url)).transpose()?.unwrap_or_default();
        let declaration = declaration(flags, own, (file, environment), (url, sources))?;
        Ok((declaration, stored_token(file)?))
    }
}

fn declaration(
    flags: &Flags,
    own: &AccessFlags,
    (file, environment): (Option<&ConfigFile>, &Environment),
    (gitlab, sources): (Option<&Url>, BTreeSet<FullPath>),
) -> Result<Declaration, Error> {
    let folder = of_folder(own, file, environment)?;
    let mut entries = Entries::default();
    entries.add_file(file);
    folder.iter().for_each(|declared| entries.add(&declared.path, &declared.access));
    let secrets: Vec<_> = all(flags, file)?.into_iter().map(|declared| declared.wanted).collect();
    let (tokens, minted) = sorted(&entries, &secrets)?;
    let mirrors = mirrors(&entries.mirrors)?;
    let audience = audience(flags, file, environment);
    let around = Around { tokens: &tokens, minted: &minted, secrets: &secrets, mirrors: &mirrors, audience };
    let grants =
        entries.grants.iter().map(|(file, raw)| around.grant(file, raw)).collect::<Result<Vec<_>, _>>()?;
    if tokens.is_empty() && minted.is_empty() && grants.is_empty() {
        return Err(Error::NothingDeclared);
    }
    let raw = file.map(|file| &file.raw);
    let name = raw.and_then(|raw| raw.access.name.clone()).unwrap_or_else(|| "buildpass".to_owned());
    let name: crate::access::RoleName = name.parse().map_err(|source| {
        crate::access::BadDeclaration::Name { place: "`[access] name`".to_owned(), source }
    })?;
    let auth = flags.auth.clone().or_else(|| raw.and_then(|raw| raw.vault.auth.clone()));
    let auth = auth.or_else(|| environment.setting("VAULT_AUTH_PATH").map(str::to_owned));
    let auth = auth.as_deref().unwrap_or("jwt").trim_matches('/').to_owned();
    let issuer = flags.issuer.clone().or_else(|| raw.and_then(|raw| raw.identity.issuer.clone()));
    let of_gitlab = || gitlab.map(|url| url.as_str().trim_end_matches('/').to_owned());
    let issuer = issuer.or_else(of_gitlab).unwrap_or_default();
    let parts = Parts { tokens, minted, grants, mirrors, sources };
    Ok(Declaration::build(name.to_string(), auth, issuer, parts)?)
}

/// For whom ID tokens are where a grant doesn't say: what is configured for the jobs themselves.
fn audience(flags: &Flags, file: Option<&ConfigFile>, environment: &Environment) -> Option<String> {
    let raw = file.map(|file| &file.raw);
    let named = flags.audience.clone().or_else(|| raw.and_then(|raw| raw.identity.audience.clone()));
    let of_file = || raw.and_then(|raw| raw.vault.address.first().cloned());
    let of_environment =
        || environment.first_setting(&["BUILDPASS_AUDIENCE", "VAULT_SERVER_URL", "VAULT_ADDR", "BAO_ADDR"]);
    named
        .or_else(of_file)
        .or_else(|| flags.address.first().cloned())
        .or_else(|| of_environment().map(str::to_owned))
        .map(|audience| audience.split(',').next().unwrap_or_default().trim().to_owned())
}
