use std::collections::BTreeSet;

use super::{
    Environment, Error, Flags, Settings,
    file::{self, ConfigFile},
    readable::ships_override,
    trust,
};
use crate::{
    git::{self, Reach, Realm, RealmCredential, credential::SOCKET_VARIABLE},
    run::{Delivery, Filled, PLACEHOLDER, Variable, Wanted},
    secret::{BuildToken, SecretName},
    sources::{self, Location, Origin, Resolved},
};

/// What git is given for the sources of a build, and for which.
#[derive(Debug)]
pub struct SourceCredentials {
    /// Where credentials go, for each source in its turn.
    pub realms: Vec<git::Config>,
    /// The vault, and the secrets that it is asked for; nothing where no source needs one.
    pub settings: Option<Settings>,
    /// What the person who watches should know.
    pub notes: Vec<String>,
}

/// Whether repositories are fetched that no list names.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Submodules {
    /// No: a credential that no source needs is not asked for.
    LeftOut,
    /// Any realm may be asked for.
    Fetched,
}

impl SourceCredentials {
    /// Finds out which secrets are needed, and for where: each goes to the realms that the user configured, else to its source alone.
    ///
    /// # Errors
    /// What cannot be meant, or may not be said by whom it was said.
    pub fn find(
        flags: &Flags,
        environment: &Environment,
        config: &sources::Config,
        resolved: &mut [Resolved],
        submodules: Submodules,
    ) -> Result<Self, Error> {
        let file = ConfigFile::find(flags, environment)?;
        let mut found = Self { realms: Vec::new(), settings: None, notes: Vec::new() };
        let mut own = Vec::new();
        let mut needed = BTreeSet::new();
        for (source, number) in resolved.iter_mut().zip(1..) {
            let mut realms = config.realms.clone();
            let url = source.location.as_ref().and_then(Location::secured);
            let covers =
                |each: &&RealmCredential| url.is_some_and(|url| each.realm.judge(url) == Reach::Inside);
            let covering: BTreeSet<_> =
                realms.realms.iter().filter(covers).map(|each| each.password.clone()).collect();
            if let Some(credential) = source.own.take() {
                let name: SecretName = format!("CREDENTIAL_IN_THE_URL_OF_SOURCE_{number}").parse()?;
                realms.realms.extend(alone(source, &name, &credential.username)?);
                own.push(Filled { name, value: credential.password, to: Delivery::Git(Variable::Unset) });
            } else if let (Some(password), Some(username)) = (&source.credential, &source.username)
                && !covering.contains(password)
            {
                let alone = alone(source, password, username)?;
                let has_realm = realms.realms.iter().any(|each| each.password == *password);
                let refusal = if alone.is_empty() {
                    Some("it would cross plain http to another machine".to_owned())
                } else if has_realm {
                    Some("it lies outside of the realms that `[[git]]` names for it".to_owned())
                } else {
                    let judged = judge(&alone, source, file.as_ref(), config, flags, environment);
                    judged.err().map(|error| {
                        let hint = error.hint().map(|hint| format!("; {hint}")).unwrap_or_default();
                        format!("{error}{hint}")
                    })
                };
                if let Some(refusal) = refusal {
                    found.notes.push(format!("`{}` is fetched without {password}: {refusal}", source.name));
                    // What is not handed over is not to blame for a refusal.
                    source.credential = None;
                } else {
                    needed.insert(password.clone());
                    realms.realms.extend(alone);
                }
            }
            needed.extend(covering);
            found.realms.push(realms);
        }
        if submodules == Submodules::Fetched {
            needed.extend(config.realms.realms.iter().map(|each| each.password.clone()));
        }
        found.settings = settings(flags, environment, &needed, own)?;
        if let Some(settings) = &mut found.settings {
            let all = found.realms.iter().flat_map(|config| &config.realms);
            let held = |name: &SecretName| {
                settings.secrets.iter().any(|secret| secret.name == *name)
                    || settings.filled.iter().any(|filled| filled.name == *name)
            };
            let mut realms: Vec<RealmCredential> = Vec::new();
            for each in all.filter(|each| held(&each.password)) {
                if !realms.contains(each) {
                    realms.push(each.clone());
                }
            }
            settings.git = git::Config { realms };
        }
        Ok(found)
    }
}

/// The realms that are one source and nothing else. GitLab has it with and without `.git`.
fn alone(
    source: &Resolved,
    password: &SecretName,
    username: &git::Username,
) -> Result<Vec<RealmCredential>, Error> {
    let Some(url) = source.location.as_ref().and_then(Location::secured) else { return Ok(Vec::new()) };
    let url = url.as_url().as_str().trim_end_matches('/');
    let other = (!url.ends_with(".git")).then(|| format!("{url}.git"));
    let realm = |text: &str| -> Result<RealmCredential, Error> {
        let realm: Realm = text.parse()?;
        Ok(RealmCredential { realm, username: username.clone(), password: password.clone() })
    };
    [url].into_iter().chain(other.as_deref()).map(realm).collect()
}

/// A URL that the environment gives is the user's, unless a stranger said which variable it is or what goes with it; a list may be a
/// stranger's.
fn judge(
    realms: &[RealmCredential],
    source: &Resolved,
    file: Option<&ConfigFile>,
    config: &sources::Config,
    flags: &Flags,
    environment: &Environment,
) -> Result<(), Error> {
    let of_repository = file.is_some_and(|file| file.origin == file::Origin::Repository);
    let ships = |each: &RealmCredential| ships_override(&config.profile, &source.name, &each.password);
    let is_override = source.origin == Origin::Override;
    if is_override && (!of_repository || realms.iter().all(ships)) {
        return Ok(());
    }
    let list = config.profile.file.as_ref().filter(|_| !is_override).map(|name| config.project.join(name));
    let path = list.or_else(|| file.map(|file| file.path.clone())).unwrap_or_default();
    realms.iter().try_for_each(|each| trust::judge_realm(&each.realm, &path, flags, environment))
}

/// Settings with no more than is needed; none where nothing is.
fn settings(
    flags: &Flags,
    environment: &Environment,
    needed: &BTreeSet<SecretName>,
    own: Vec<Filled>,
) -> Result<Option<Settings>, Error> {
    let in_environment = |name: &SecretName| {
        let value = environment.value(name.as_str()).map(str::trim)?;
        let means_something = !value.is_empty() && value != PLACEHOLDER;
        means_something.then(|| Filled {
            name: name.clone(),
            value: BuildToken::new(value.to_owned()),
            to: Delivery::Git(Variable::Unset),
        })
    };
    // Within a `run`, the vault is the outer one's to ask, and its socket answers.
    let within_run = environment.setting(SOCKET_VARIABLE).is_some();
    let mut settings = if needed.is_empty() || within_run {
        Settings::default()
    } else {
        Settings::load(flags, environment)?
    };
    settings.secrets.retain(|wanted| needed.contains(&wanted.name));
    settings.filled.retain(|filled| needed.contains(&filled.name));
    settings.secrets.iter_mut().for_each(|wanted: &mut Wanted| wanted.to = Delivery::Git(Variable::Unset));
    settings.filled.iter_mut().for_each(|filled| filled.to = Delivery::Git(Variable::Unset));
    for name in needed {
        let known = settings.secrets.iter().any(|wanted| wanted.name == *name)
            || settings.filled.iter().any(|filled| filled.name == *name);
        if !known {
            settings.filled.extend(in_environment(name));
        }
    }
    settings.filled.extend(own);
    if settings.secrets.is_empty() {
        settings.vault = None;
    }
    Ok((!settings.secrets.is_empty() || !settings.filled.is_empty()).then_some(settings))
}
