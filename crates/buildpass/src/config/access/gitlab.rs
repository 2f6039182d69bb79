use std::path::PathBuf;

use super::super::{
    file::{ConfigFile, Origin},
    vault_settings::duration,
};
use crate::{
    access::{ApiToken, GitlabConfig, TokenSource},
    config::{Environment, Error, Flags},
    http::{Roots, Secured, Tls},
    secret::GitlabAt,
    vault::SecretRef,
};

const DEFAULT_VARIABLE: &str = "GITLAB_TOKEN";

/// Where GitLab is, and with whose rights it is asked.
pub(super) fn gitlab(
    flags: &Flags,
    file: Option<&ConfigFile>,
    environment: &Environment,
) -> Result<GitlabConfig, Error> {
    let raw = file.map(|file| &file.raw.gitlab);
    let GitlabAt { url, tls } = gitlab_at(flags, file, environment)?.ok_or(Error::NoGitlab)?;
    let variable = raw.and_then(|raw| raw.token.as_deref()).unwrap_or(DEFAULT_VARIABLE);
    let token = match stored_token(file)? {
        Some(reference) => TokenSource::Stored(reference),
        None => {
            let value = environment.setting(variable).map(str::trim).filter(|value| !value.is_empty());
            let value = value.ok_or_else(|| Error::NoGitlabToken(variable.to_owned()))?;
            TokenSource::Variable(ApiToken::new(value.to_owned()))
        }
    };
    let patience = duration(flags.timeout, "timeout", None, std::time::Duration::from_secs(30))?;
    Ok(GitlabConfig { url, token, tls, patience })
}

/// Where the vault keeps the token that GitLab is asked with.
pub(super) fn stored_token(file: Option<&ConfigFile>) -> Result<Option<SecretRef>, Error> {
    let from = file.and_then(|file| file.raw.gitlab.from.as_ref());
    from.map(|from| from.parse().map_err(Error::GitlabFrom)).transpose()
}

/// GitLab, where anybody names one. No token goes where the repository says and the user doesn't.
pub(in crate::config) fn gitlab_at(
    flags: &Flags,
    file: Option<&ConfigFile>,
    environment: &Environment,
) -> Result<Option<GitlabAt>, Error> {
    let stated = flags.gitlab.as_deref().or_else(|| environment.setting("CI_SERVER_URL"));
    let in_file = file.and_then(|file| Some((file.raw.gitlab.url.as_deref()?, file)));
    let parse = |text: &str| Secured::parse(text.trim_end_matches('/')).map_err(Error::GitlabUrl);
    let url = match (in_file, &flags.gitlab) {
        (Some((text, file)), None) => {
            let url = parse(text)?;
            let fits = || stated.is_some_and(|stated| parse(stated).is_ok_and(|stated| stated == url));
            if file.origin == Origin::Repository && !fits() {
                return Err(Error::GitlabAstray { url: url.origin(), path: file.path.clone() });
            }
            url
        }
        _ => match stated {
            Some(stated) => parse(stated)?,
            None => return Ok(None),
        },
    };
    let roots = match environment.setting("CI_SERVER_TLS_CA_FILE") {
        Some(path) => Roots::File(environment.working_directory().join(PathBuf::from(path))),
        None => Roots::System,
    };
    Ok(Some(GitlabAt { url, tls: Tls { roots, ..Tls::system() } }))
}
