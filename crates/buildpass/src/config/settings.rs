use std::{collections::HashSet, path::PathBuf, time::Duration};

use super::{
    Environment, Error, Flags,
    file::{ConfigFile, Origin, RawReference, RawSecret},
    trust,
    vault_settings::{Place, duration},
};
use crate::{
    git::{self, RealmCredential},
    identity::{self, Audience, Expected, IdToken, Source},
    run::{Delivery, Wanted},
    secret::SecretName,
    vault::{self, Auth, Engine, SecretRef, VaultToken},
};

/// What a job may have, proven.
#[derive(Debug)]
pub struct Settings {
    /// Which vault, and how to log in.
    pub vault: vault::Config,
    /// The secrets whose `when` holds.
    pub secrets: Vec<Wanted>,
    /// The secrets whose `when` does not hold: they are not asked for.
    pub withheld: Vec<SecretName>,
    /// Which secret git gets, and for where.
    pub git: git::Config,
    /// How long a session outlives a machine that vanishes.
    pub lead: Duration,
}

const DEFAULT_PATIENCE: Duration = Duration::from_secs(30);
const DEFAULT_LEAD: Duration = Duration::from_secs(60);
const DEFAULT_VARIABLE: &str = "VAULT_ID_TOKEN";
const DEFAULT_AUTH: &str = "jwt";

impl Settings {
    /// Joins flags, `buildpass.toml` and the environment, in this order.
    ///
    /// # Errors
    /// What cannot be meant, or may not be said by whom it was said.
    pub fn load(flags: &Flags, environment: &Environment) -> Result<Self, Error> {
        let file = ConfigFile::find(flags, environment)?;
        let file = file.as_ref();
        let place = Place::find(flags, file, environment)?;
        let (all, withheld) = secrets(flags, file, environment)?;
        let git = realms(flags, file, environment, &all, &withheld)?;
        let raw = file.map(|file| &file.raw.vault);
        let said = |flag: &Option<String>, raw: Option<&String>, names: &[&str]| {
            let from_environment = || environment.first_setting(names).map(str::to_owned);
            flag.clone().or_else(|| raw.cloned()).or_else(from_environment)
        };
        let namespace = said(
            &flags.namespace,
            raw.and_then(|raw| raw.namespace.as_ref()),
            &["VAULT_NAMESPACE", "BAO_NAMESPACE"],
        );
        let mount = said(
            &flags.auth,
            raw.and_then(|raw| raw.auth.as_ref()),
            &["VAULT_AUTH_PATH"],
        );
        let role = said(
            &flags.role,
            raw.and_then(|raw| raw.role.as_ref()),
            &["VAULT_AUTH_ROLE"],
        );
        let auth = match source(flags, file, environment) {
            Ok(source) => {
                let mount = mount
                    .as_deref()
                    .unwrap_or(DEFAULT_AUTH)
                    .trim_matches('/')
                    .to_owned();
                let expected = expected(flags, file, environment, &place);
                Auth::Jwt {
                    mount,
                    role,
                    identity: identity::Config { source, expected },
                }
            }
            Err(missing) => {
                let token = personal_token(environment).ok_or(missing)?;
                place.judge_personal_token(flags, file, environment)?;
                Auth::Personal(token)
            }
        };
        let timeout = raw.and_then(|raw| raw.timeout.as_ref());
        let lead = raw.and_then(|raw| raw.lead.as_ref());
        let patience = duration(flags.timeout, "timeout", timeout, DEFAULT_PATIENCE)?;
        Ok(Self {
            vault: vault::Config {
                nodes: place.nodes,
                namespace,
                auth,
                tls: place.tls,
                patience,
            },
            secrets: all,
            withheld,
            git,
            lead: duration(flags.lead, "lead", lead, DEFAULT_LEAD)?,
        })
    }

    /// The realms alone: what it takes to tell git whom to ask.
    ///
    /// # Errors
    /// What cannot be meant, or may not be said by whom it was said.
    pub fn realms(flags: &Flags, environment: &Environment) -> Result<git::Config, Error> {
        let file = ConfigFile::find(flags, environment)?;
        let (all, withheld) = secrets(flags, file.as_ref(), environment)?;
        realms(flags, file.as_ref(), environment, &all, &withheld)
    }
}

fn secrets(
    flags: &Flags,
    file: Option<&ConfigFile>,
    environment: &Environment,
) -> Result<(Vec<Wanted>, Vec<SecretName>), Error> {
    let from_flags = flags.secret.iter().map(|flag| secret_flag(flag));
    let from_file = file
        .into_iter()
        .flat_map(|file| &file.raw.secret)
        .map(secret_entry);
    let (mut wanted, mut withheld, mut seen) = (Vec::new(), Vec::new(), HashSet::new());
    for each in from_flags.chain(from_file) {
        let (secret, when) = each?;
        if !seen.insert(secret.name.clone()) {
            return Err(Error::Twice(secret.name));
        }
        if holds(when.as_deref(), &secret.name, environment)? {
            wanted.push(secret);
        } else {
            withheld.push(secret.name);
        }
    }
    Ok((wanted, withheld))
}

fn holds(when: Option<&str>, name: &SecretName, environment: &Environment) -> Result<bool, Error> {
    let Some(when) = when else { return Ok(true) };
    let expression: gitlab_ci::rules::Expression =
        when.parse()
            .map_err(|error: gitlab_ci::rules::SyntaxError| Error::When {
                name: name.clone(),
                reason: error.to_string(),
            })?;
    Ok(expression.holds(environment))
}

/// `NAME=PATH/FIELD@MOUNT`, then `,key=value`; `when` comes last, since an expression may hold commas.
fn secret_flag(flag: &str) -> Result<(Wanted, Option<String>), Error> {
    let (rest, when) = match flag.split_once(",when=") {
        Some((rest, when)) => (rest, Some(when.to_owned())),
        None => (flag, None),
    };
    let mut parts = rest.split(',');
    let (name, reference) = parts
        .next()
        .and_then(|first| first.split_once('='))
        .ok_or_else(|| Error::SecretFlag(flag.to_owned()))?;
    let name: SecretName = name.parse()?;
    let misplaced = |source| Error::Reference {
        name: name.clone(),
        source,
    };
    let mut from: SecretRef = reference.parse().map_err(misplaced)?;
    let mut to = Delivery::default();
    for part in parts {
        match part.split_once('=') {
            Some(("to", word)) => {
                to = word.parse().map_err(|source| Error::Delivery {
                    name: name.clone(),
                    source,
                })?;
            }
            Some(("engine", engine)) => from.path.engine = engine.parse().map_err(misplaced)?,
            _ => return Err(Error::SecretFlag(flag.to_owned())),
        }
    }
    Ok((Wanted { name, from, to }, when))
}

fn secret_entry(raw: &RawSecret) -> Result<(Wanted, Option<String>), Error> {
    let name: SecretName = raw.name.parse()?;
    let from =
        match &raw.from {
            RawReference::Short(short) => short.parse(),
            RawReference::Long(long) => long.engine.name.parse().and_then(|engine: Engine| {
                SecretRef::long(engine, &long.engine.path, &long.path, &long.field)
            }),
        };
    let from = from.map_err(|source| Error::Reference {
        name: name.clone(),
        source,
    })?;
    let to = match raw.to.as_deref().map(str::parse) {
        None => Delivery::default(),
        Some(Ok(to)) => to,
        Some(Err(source)) => return Err(Error::Delivery { name, source }),
    };
    Ok((Wanted { name, from, to }, raw.when.clone()))
}

fn realms(
    flags: &Flags,
    file: Option<&ConfigFile>,
    environment: &Environment,
    wanted: &[Wanted],
    withheld: &[SecretName],
) -> Result<git::Config, Error> {
    let mut all: Vec<RealmCredential> = flags
        .git
        .iter()
        .map(|flag| git_flag(flag))
        .collect::<Result<_, _>>()?;
    for (file, raw) in file
        .into_iter()
        .flat_map(|file| file.raw.git.iter().map(move |raw| (file, raw)))
    {
        let credential = RealmCredential {
            realm: raw.realm.parse()?,
            username: raw
                .username
                .clone()
                .unwrap_or_else(|| git::DEFAULT_USERNAME.to_owned()),
            password: raw.password.parse()?,
        };
        if file.origin == Origin::Repository {
            trust::judge_realm(&credential.realm, &file.path, flags, environment)?;
        }
        all.push(credential);
    }
    let known =
        |name: &SecretName| wanted.iter().any(|secret| secret.name == *name) || withheld.contains(name);
    if let Some(RealmCredential { realm, password, .. }) = all.iter().find(|each| !known(&each.password)) {
        return Err(Error::NoPassword {
            realm: realm.clone(),
            password: password.clone(),
        });
    }
    all.retain(|each| !withheld.contains(&each.password));
    Ok(git::Config { realms: all })
}

fn git_flag(flag: &str) -> Result<RealmCredential, Error> {
    let (mut realm, mut password, mut username) = (None, None, git::DEFAULT_USERNAME);
    for part in flag.split(',') {
        match part.split_once('=') {
            Some(("realm", url)) => realm = Some(url.parse()?),
            Some(("password", name)) => password = Some(name.parse()?),
            Some(("username", name)) => username = name,
            _ => return Err(Error::GitFlag(flag.to_owned())),
        }
    }
    match (realm, password) {
        (Some(realm), Some(password)) => Ok(RealmCredential {
            realm,
            username: username.to_owned(),
            password,
        }),
        _ => Err(Error::GitFlag(flag.to_owned())),
    }
}

fn expected(flags: &Flags, file: Option<&ConfigFile>, environment: &Environment, place: &Place) -> Expected {
    let raw = file.map(|file| &file.raw.identity);
    let named = flags
        .audience
        .clone()
        .or_else(|| environment.setting("BUILDPASS_AUDIENCE").map(str::to_owned));
    let audience = match named {
        Some(named) => Audience::Named(named),
        None => Audience::TheVault {
            configured: raw.and_then(|raw| raw.audience.clone()),
        },
    };
    let issuer = flags
        .issuer
        .clone()
        .or_else(|| raw.and_then(|raw| raw.issuer.clone()));
    Expected {
        audience,
        issuer,
        origins: place.nodes.iter().map(vault::Address::origin).collect(),
    }
}

fn source(
    flags: &Flags,
    file: Option<&ConfigFile>,
    environment: &Environment,
) -> Result<Source, identity::Error> {
    let here = environment.working_directory();
    let raw = file.map(|file| &file.raw.identity);
    let from_flags = (
        flags.token_variable.as_ref(),
        flags.token_file.as_ref(),
        flags.github_actions,
    );
    let from_file = raw.map_or((None, None, false), |raw| {
        (
            raw.token.as_ref(),
            raw.token_file.as_ref(),
            raw.github_actions == Some(true),
        )
    });
    let (variable, path, github) = if from_flags == (None, None, false) {
        from_file
    } else {
        from_flags
    };
    if github {
        return github_source(flags, raw.and_then(|raw| raw.audience.as_ref()), environment);
    }
    if let Some(path) = path {
        return Ok(Source::File(here.join(path)));
    }
    let name = variable.map_or(DEFAULT_VARIABLE, String::as_str);
    match environment.value(name) {
        Some(value) => Ok(Source::Variable {
            name: name.to_owned(),
            token: IdToken::new(value.to_owned()),
        }),
        None => Err(identity::Error::Unset(name.to_owned())),
    }
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
    let audience = flags
        .audience
        .clone()
        .or_else(named)
        .or_else(|| configured.cloned());
    Ok(Source::GithubActions {
        url,
        bearer,
        audience,
    })
}

fn personal_token(environment: &Environment) -> Option<VaultToken> {
    if let Some(token) = environment.first_setting(&["VAULT_TOKEN", "BAO_TOKEN"]) {
        return Some(VaultToken::new(token.to_owned()));
    }
    let file = PathBuf::from(environment.setting("HOME")?).join(".vault-token");
    let text = std::fs::read_to_string(file).ok()?;
    Some(VaultToken::new(text.trim().to_owned())).filter(|_| !text.trim().is_empty())
}
