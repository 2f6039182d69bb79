use std::{collections::BTreeMap, str::FromStr, time::Duration};

use super::raw::RawToken;
use crate::{
    access::{AccessLevel, BadDeclaration, BadName, Days, FullPath, Owner, RESERVED_METADATA, Scope, Token},
    vault::{Engine, SecretRef},
};

pub(super) fn token(file: &str, raw: &RawToken) -> Result<Token, BadDeclaration> {
    let place = || format!("the token `{}` in {file}", raw.name);
    let is_fine_grained = match raw.reach.as_deref() {
        None | Some("group") => false,
        Some("needed") => true,
        Some(text) => return Err(BadDeclaration::Reach { place: place(), text: text.to_owned() }),
    };
    let decided =
        [("role", raw.role.is_some()), ("scopes", raw.scopes.is_some()), ("project", raw.project.is_some())];
    if let Some((key, _)) = decided.into_iter().find(|(_, said)| is_fine_grained && *said) {
        return Err(BadDeclaration::Decided { place: place(), key });
    }
    let (within, owner): (FullPath, fn(FullPath) -> Owner) = match (&raw.group, &raw.project) {
        (Some(group), None) if is_fine_grained => (named(group, place)?, |_| Owner::User),
        (Some(group), None) => (named(group, place)?, Owner::Group),
        (None, Some(project)) => (named(project, place)?, Owner::Project),
        _ => return Err(BadDeclaration::Owner { place: place() }),
    };
    let level = raw.role.as_deref().map(|role| named(role, place)).transpose()?;
    let mut scopes = match &raw.scopes {
        None if is_fine_grained => vec![Scope::GRANULAR],
        None => vec![Scope::READ_REPOSITORY],
        Some(scopes) => scopes.iter().map(|scope| named(scope, place)).collect::<Result<Vec<Scope>, _>>()?,
    };
    scopes.sort();
    scopes.dedup();
    if scopes.is_empty() {
        return Err(BadDeclaration::Name { place: place(), source: BadName::Scope(String::new()) });
    }
    let store: SecretRef =
        raw.store.parse().map_err(|source| BadDeclaration::Store { place: place(), source })?;
    if store.path.engine != Engine::KvV2 {
        return Err(BadDeclaration::Engine { place: place() });
    }
    let (lifetime, rotate_before, overlap) = times(raw, place)?;
    metadata(&raw.metadata, place)?;
    Ok(Token {
        name: named(&raw.name, place)?,
        owner: owner(within.clone()),
        within,
        level: level.unwrap_or(AccessLevel::Reporter),
        scopes,
        lifetime,
        rotate_before,
        overlap,
        store,
        metadata: raw.metadata.clone(),
        file: file.to_owned(),
    })
}

/// How long it lives, how long before its end it is replaced, and how long the old one lives on then.
fn times(
    raw: &RawToken,
    place: impl Fn() -> String,
) -> Result<(Days, Days, Option<Duration>), BadDeclaration> {
    let days = |key: &'static str, said: &Option<String>, otherwise: &str| {
        let text = said.as_deref().unwrap_or(otherwise);
        Days::parse(text).ok_or_else(|| BadDeclaration::Time {
            key,
            place: place(),
            text: text.to_owned(),
            wanted: "whole days, from 1 to 365, since GitLab ends tokens at 00:00 UTC",
        })
    };
    let lifetime = days("lifetime", &raw.lifetime, "30d")?;
    let rotate_before =
        days("rotate_before", &raw.rotate_before, if lifetime.count() > 7 { "7d" } else { "1d" })?;
    let wrong = |key, text: &Option<String>, wanted| BadDeclaration::Time {
        key,
        place: place(),
        text: text.clone().unwrap_or_default(),
        wanted,
    };
    if rotate_before >= lifetime {
        return Err(wrong(
            "rotate_before",
            &raw.rotate_before,
            "shorter than the lifetime, or each new token would be due at once",
        ));
    }
    let overlap = raw.overlap.as_deref().map(humantime::parse_duration).transpose();
    let overlap = overlap.map_err(|_| wrong("overlap", &raw.overlap, "a duration"))?;
    if overlap > Some(rotate_before.duration()) {
        return Err(wrong(
            "overlap",
            &raw.overlap,
            "not longer than `rotate_before`, or the old token would end before it",
        ));
    }
    Ok((lifetime, rotate_before, overlap))
}

fn metadata(own: &BTreeMap<String, String>, place: impl Fn() -> String) -> Result<(), BadDeclaration> {
    const MOST: usize = 64 - RESERVED_METADATA.len();
    let wrong = |what: String| Err(BadDeclaration::Metadata { place: place(), what });
    if own.len() > MOST {
        return wrong(format!("has {} keys: {MOST} is the most", own.len()));
    }
    for (key, value) in own {
        if RESERVED_METADATA.contains(&key.as_str()) {
            return wrong(format!("says `{key}`, which buildpass writes itself"));
        }
        let fits = (1..=128).contains(&key.len()) && (1..=512).contains(&value.len());
        if !fits || key.contains(char::is_control) || value.contains(char::is_control) {
            return wrong(format!("has `{}`, which the vault would not take", key.escape_debug()));
        }
    }
    Ok(())
}

/// A name as whoever takes it wants it.
pub(super) fn named<T: FromStr<Err = BadName>>(
    text: &str,
    place: impl Fn() -> String,
) -> Result<T, BadDeclaration> {
    text.parse().map_err(|source| BadDeclaration::Name { place: place(), source })
}
