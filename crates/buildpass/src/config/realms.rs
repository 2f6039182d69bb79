use super::{
    Environment, Error, Flags,
    access::MirrorUrls,
    file::{ConfigFile, Origin, RawGit},
    trust,
};
use crate::{
    git::{self, Realm, RealmCredential, Username},
    run::Wanted,
    secret::SecretName,
};

/// Which secret git gets, and for where; a realm whose secret is not for this job is left out.
pub(super) fn realms(
    flags: &Flags,
    file: Option<&ConfigFile>,
    environment: &Environment,
    wanted: &[Wanted],
    withheld: &[SecretName],
) -> Result<git::Config, Error> {
    let mut all: Vec<RealmCredential> =
        flags.git.iter().map(|flag| git_flag(flag)).collect::<Result<_, _>>()?;
    for (file, raw) in file.into_iter().flat_map(|file| file.raw.git.iter().map(move |raw| (file, raw))) {
        let username: Username = raw.username.as_deref().map(str::parse).transpose()?.unwrap_or_default();
        let password: SecretName = raw.password.parse()?;
        for realm in named_by(raw, file, environment)? {
            if file.origin == Origin::Repository {
                trust::judge_realm(&realm, &file.path, flags, environment)?;
            }
            all.push(RealmCredential { realm, username: username.clone(), password: password.clone() });
        }
    }
    let known =
        |name: &SecretName| wanted.iter().any(|secret| secret.name == *name) || withheld.contains(name);
    if let Some(RealmCredential { realm, password, .. }) = all.iter().find(|each| !known(&each.password)) {
        return Err(Error::NoPassword { realm: realm.clone(), password: password.clone() });
    }
    all.retain(|each| !withheld.contains(&each.password));
    Ok(git::Config { realms: all })
}

/// One realm, or every repository that is a mirror for fixes which are not public yet: GitLab has each with and without `.git`.
fn named_by(raw: &RawGit, file: &ConfigFile, environment: &Environment) -> Result<Vec<Realm>, Error> {
    match (&raw.realm, raw.mirrors) {
        (Some(realm), false) => Ok(vec![realm.parse()?]),
        (None, true) => {
            let mirrors = MirrorUrls::find(Some(file), environment, None)?;
            let private = mirrors.private().flat_map(|url| {
                let bare = url.trim_end_matches(".git").to_owned();
                [url, bare]
            });
            Ok(private.map(|url| url.parse()).collect::<Result<_, _>>()?)
        }
        _ => Err(Error::RealmOrMirrors { password: raw.password.clone(), path: file.path.clone() }),
    }
}

fn git_flag(flag: &str) -> Result<RealmCredential, Error> {
    let (mut realm, mut password, mut username) = (None, None, Username::default());
    for part in flag.split(',') {
        match part.split_once('=') {
            Some(("realm", url)) => realm = Some(url.parse()?),
            Some(("password", name)) => password = Some(name.parse()?),
            Some(("username", name)) => username = name.parse()?,
            _ => return Err(Error::GitFlag(flag.to_owned())),
        }
    }
    match (realm, password) {
        (Some(realm), Some(password)) => Ok(RealmCredential { realm, username, password }),
        _ => Err(Error::GitFlag(flag.to_owned())),
    }
}
