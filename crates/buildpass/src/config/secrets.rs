use std::collections::HashSet;

use super::{
    Environment, Error, Flags,
    file::{ConfigFile, RawReference, RawSecret},
};
use crate::{
    run::{Delivery, Wanted},
    secret::SecretName,
    vault::{Engine, SecretRef},
};

/// The secrets whose `when` holds, and the names of those whose does not.
pub(super) fn secrets(
    flags: &Flags,
    file: Option<&ConfigFile>,
    environment: &Environment,
) -> Result<(Vec<Wanted>, Vec<SecretName>), Error> {
    let (mut wanted, mut withheld) = (Vec::new(), Vec::new());
    for (secret, when) in all(flags, file)? {
        if holds(when.as_deref(), &secret.name, environment)? {
            wanted.push(secret);
        } else {
            withheld.push(secret.name);
        }
    }
    Ok((wanted, withheld))
}

/// All secrets, each once, with their `when`.
pub(super) fn all(flags: &Flags, file: Option<&ConfigFile>) -> Result<Vec<(Wanted, Option<String>)>, Error> {
    let from_flags = flags.secret.iter().map(|flag| secret_flag(flag));
    let from_file = file.into_iter().flat_map(|file| &file.raw.secret).map(secret_entry);
    let (mut all, mut seen) = (Vec::new(), HashSet::new());
    for each in from_flags.chain(from_file) {
        let (secret, when) = each?;
        if !seen.insert(secret.name.clone()) {
            return Err(Error::Twice(secret.name));
        }
        all.push((secret, when));
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
    let misplaced = |source| Error::Reference { name: name.clone(), source };
    let mut from: SecretRef = reference.parse().map_err(misplaced)?;
    let mut to = Delivery::default();
    for part in parts {
        match part.split_once('=') {
            Some(("to", word)) => {
                to = word.parse().map_err(|source| Error::Delivery { name: name.clone(), source })?;
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
    let from = from.map_err(|source| Error::Reference { name: name.clone(), source })?;
    let to = match raw.to.as_deref().map(str::parse) {
        None => Delivery::default(),
        Some(Ok(to)) => to,
        Some(Err(source)) => return Err(Error::Delivery { name, source }),
    };
    Ok((Wanted { name, from, to }, raw.when.clone()))
}
