use std::path::PathBuf;

use zeroize::Zeroizing;

use super::{Environment, Error, Flags, file::ConfigFile, vault_settings::Place};
use crate::{
    identity::{self, Audience, Expected, IdToken, Source},
    vault::{Address, Auth, VaultToken},
};

const DEFAULT_VARIABLE: &str = "VAULT_ID_TOKEN";
const DEFAULT_AUTH: &str = "jwt";

/// How to log in: with the job's ID token, or without one with a token that a person has.
pub(super) fn auth(
    flags: &Flags,
    file: Option<&ConfigFile>,
    environment: &Environment,
    place: &Place,
) -> Result<Auth, Error> {
    let raw = file.map(|file| &file.raw.vault);
    let said = |flag: &Option<String>, raw: Option<&String>, name: &str| {
        flag.clone().or_else(|| raw.cloned()).or_else(|| environment.setting(name).map(str::to_owned))
    };
    match source(flags, file, environment) {
        Ok(source) => {
            let mount = said(&flags.auth, raw.and_then(|raw| raw.auth.as_ref()), "VAULT_AUTH_PATH");
            let mount = mount.as_deref().unwrap_or(DEFAULT_AUTH).trim_matches('/').to_owned();
            let role = said(&flags.role, raw.and_then(|raw| raw.role.as_ref()), "VAULT_AUTH_ROLE");
            let expected = expected(flags, file, environment, place);
            // A token that is made to order always fits: whoever names the address would name its audience too.
            if let (Source::GithubActions { .. }, Audience::TheVault { .. }) = (&source, &expected.audience)
                && let Some((address, path)) = place.named_by_repository(flags, file, environment)
            {
                return Err(Error::OrderedTokenAstray {
                    address: address.to_string(),
                    path: path.to_owned(),
                });
            }
            Ok(Auth::Jwt { mount, role, identity: identity::Config { source, expected } })
        }
        Err(missing) => {
            let token = personal_token(environment).ok_or(missing)?;
            if let Some((address, path)) = place.named_by_repository(flags, file, environment) {
                return Err(Error::PersonalTokenAstray {
                    address: address.to_string(),
                    path: path.to_owned(),
                });
            }
            Ok(Auth::Personal(token))
        }
    }
}

fn expected(flags: &Flags, file: Option<&ConfigFile>, environment: &Environment, place: &Place) -> Expected {
    let raw = file.map(|file| &file.raw.identity);
    let named =
        flags.audience.clone().or_else(|| environment.setting("BUILDPASS_AUDIENCE").map(str::to_owned));
    let audience = match named {
        Some(named) => Audience::Named(named),
        None => Audience::TheVault { configured: raw.and_then(|raw| raw.audience.clone()) },
    };
    let issuer = flags.issuer.clone().or_else(|| raw.and_then(|raw| raw.issuer.clone()));
    Expected { audience, issuer, origins: place.nodes.iter().map(Address::origin).collect() }
}

fn source(
    flags: &Flags,
    file: Option<&ConfigFile>,
    environment: &Environment,
) -> Result<Source, identity::Error> {
    let here = environment.working_directory();
    let raw = file.map(|file| &file.raw.identity);
    let from_flags = (flags.token_variable.as_ref(), flags.token_file.as_ref(), flags.github_actions);
    let from_file = raw.map_or((None, None, false), |raw| {
        (raw.token.as_ref(), raw.token_file.as_ref(), raw.github_actions == Some(true))
    });
    let (variable, path, github) = if from_flags == (None, None, false) { from_file } else { from_flags };
    if github {
        return github_source(flags, raw.and_then(|raw| raw.audience.as_ref()), environment);
    }
    if let Some(path) = path {
        return Ok(Source::File(here.join(path)));
    }
    let name = variable.map_or(DEFAULT_VARIABLE, String::as_str);
    match environment.value(name) {
        Some(value) => Ok(Source::Variable { name: name.to_owned(), token: IdToken::new(value.to_owned()) }),
        None => Err(identity::Error::Unset(name.to_owned())),
    }
}

/// The variable that holds the ID token, whether or not it is the place that is looked at.
pub(super) fn id_token_variable<'a>(flags: &'a Flags, file: Option<&'a ConfigFile>) -> &'a str {
    let from_file = || file.and_then(|file| file.raw.identity.token.as_ref());
    flags.token_variable.as_ref().or_else(from_file).map_or(DEFAULT_VARIABLE, String::as_str)
}

fn github_source(
    flags: &Flags,
    configured: Option<&String>,
    environment: &Environment,
) -> Result<Source, identity::Error> {
    let setting = |name: &'static str| environment.setting(name).ok_or(identity::Error::NotGithub(name));
    let url = setting("ACTIONS_ID_TOKEN_REQUEST_URL")?.to_owned();
    let bearer = IdToken::new(setting("ACTIONS_ID_TOKEN_REQUEST_TOKEN")?.to_owned());
    let named = || environment.setting("BUILDPASS_AUDIENCE").map(str::to_owned);
    let audience = flags.audience.clone().or_else(named).or_else(|| configured.cloned());
    Ok(Source::GithubActions { url, bearer, audience })
}

pub(super) fn personal_token(environment: &Environment) -> Option<VaultToken> {
    if let Some(token) = environment.first_setting(&["VAULT_TOKEN", "BAO_TOKEN"]) {
        return Some(VaultToken::new(token.to_owned()));
    }
    let file = PathBuf::from(environment.setting("HOME")?).join(".vault-token");
    let text = Zeroizing::new(std::fs::read_to_string(file).ok()?);
    Some(VaultToken::new(text.trim().to_owned())).filter(|_| !text.trim().is_empty())
}
