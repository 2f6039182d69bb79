use std::collections::HashSet;

use super::{
    Environment, Error, Flags,
    file::{ConfigFile, RawReference, RawSecret},
    sources::{profile, project},
};
use crate::{
    run::{Delivery, Variable, Wanted},
    secret::SecretName,
    sources::Profile,
    vault::{Engine, SecretRef},
};

/// The secrets whose `when` holds, and the names of those whose does not.
pub(super) fn secrets(
    flags: &Flags,
    file: Option<&ConfigFile>,
    environment: &Environment,
) -> Result<(Vec<Wanted>, Vec<SecretName>), Error> {
    let (mut wanted, mut withheld) = (Vec::new(), Vec::new());
    let profile = profile(file, &project(environment))?;
    for declared in all(flags, file)? {
        if holds(declared.when.as_deref(), &declared.wanted.name, environment)? {
            wanted.push(declared.with_variable(profile.as_ref())?);
        } else {
            withheld.push(declared.wanted.name);
        }
    }
    Ok((wanted, withheld))
}

/// A secret as it is written.
pub(super) struct Declared {
    pub(super) wanted: Wanted,
    pub(super) when: Option<String>,
    /// Whether its variable is to hold a placeholder, where it is for git.
    placeholder: Option<bool>,
}

impl Declared {
    /// Where nothing is said of a placeholder, the tokens of a profile have one that says so.
    fn with_variable(self, profile: Option<&Profile>) -> Result<Wanted, Error> {
        let Self { mut wanted, placeholder, .. } = self;
        let of_profile = || {
            let profile = profile.filter(|profile| profile.placeholder == Some(true));
            profile.is_some_and(|profile| profile.passwords().any(|name| *name == wanted.name))
        };
        wanted.to = match (wanted.to, placeholder) {
            (Delivery::Git(_), Some(false)) => Delivery::Git(Variable::Unset),
            (Delivery::Git(_), Some(true)) => Delivery::Git(Variable::Placeholder),
            (Delivery::Git(_), None) if of_profile() => Delivery::Git(Variable::Placeholder),
            (Delivery::Env | Delivery::File, Some(true)) => {
                return Err(Error::PlaceholderOutside(wanted.name));
            }
            (to, _) => to,
        };
        Ok(wanted)
    }
}

/// All secrets, each once, as they are written.
pub(super) fn all(flags: &Flags, file: Option<&ConfigFile>) -> Result<Vec<Declared>, Error> {
    let from_flags = flags.secret.iter().map(|flag| secret_flag(flag));
    let from_file = file.into_iter().flat_map(|file| &file.raw.secret).map(secret_entry);
    let (mut all, mut seen) = (Vec::new(), HashSet::new());
    for each in from_flags.chain(from_file) {
        let declared = each?;
        if !seen.insert(declared.wanted.name.clone()) {
            return Err(Error::Twice(declared.wanted.name));
        }
        all.push(declared);
    }
    Ok(all)
}

fn holds(when: Option<&str>, name: &SecretName, environment: &Environment) -> Result<bool, Error> {
    let Some(when) = when else { return Ok(true) };
    let expression: gitlab_ci::rules::Expression =
        when.parse().map_err(|error: gitlab_ci::rules::SyntaxError| Error::When {
            name: name.clone(),
            reason: error.to_string(),
        })?;
    Ok(expression.holds(environment))
}

/// `NAME=PATH/FIELD@MOUNT`, then `,key=value`; `when` comes last, since an expression may hold commas.
fn secret_flag(flag: &str) -> Result<Declared, Error> {
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
    let misplaced = |source| Error::Reference { name: name.clone(), source };
    let mut from: SecretRef = reference.parse().map_err(misplaced)?;
    let (mut to, mut placeholder) = (Delivery::default(), None);
    for part in parts {
        match part.split_once('=') {
            Some(("to", word)) => {
                to = word.parse().map_err(|source| Error::Delivery { name: name.clone(), source })?;
            }
            Some(("placeholder", "true")) => placeholder = Some(true),
            Some(("placeholder", "false")) => placeholder = Some(false),
            Some(("engine", engine)) => from.path.engine = engine.parse().map_err(misplaced)?,
            _ => return Err(Error::SecretFlag(flag.to_owned())),
        }
    }
    Ok(Declared { wanted: Wanted { name, from, to }, when, placeholder })
}

fn secret_entry(raw: &RawSecret) -> Result<Declared, Error> {
    let name: SecretName = raw.name.parse()?;
    let from =
        match &raw.from {
            RawReference::Short(short) => short.parse(),
            RawReference::Long(long) => long.engine.name.parse().and_then(|engine: Engine| {
                SecretRef::long(engine, &long.engine.path, &long.path, &long.field)
            }),
        };
    let from = from.map_err(|source| Error::Reference { name: name.clone(), source })?;
    let to = match raw.to.as_deref().map(str::parse) {
        None => Delivery::default(),
        Some(Ok(to)) => to,
        Some(Err(source)) => return Err(Error::Delivery { name, source }),
    };
    Ok(Declared { wanted: Wanted { name, from, to }, when: raw.when.clone(), placeholder: raw.placeholder })
}
