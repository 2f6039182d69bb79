use std::time::Duration;

use super::{
    entries::Entries,
    grants::session,
    raw::{RawGrant, RawToken},
    tokens::token,
};
use crate::{
    access::{BadDeclaration, EngineRole, RoleName, Token},
    run::Wanted,
    vault::{Engine, SecretRef},
};

/// The least that the engine takes.
const SHORTEST: Duration = Duration::from_secs(60 * 60);
/// The longest lease of a mount that nobody has tuned.
const LONGEST: Duration = Duration::from_secs(32 * 24 * 60 * 60);

/// The one field that is a credential.
const FIELD: &str = "token";

/// The tokens that are stored, and those of which the grants say that each job has its own.
pub(super) fn sorted(
    entries: &Entries<'_>,
    secrets: &[Wanted],
) -> Result<(Vec<Token>, Vec<EngineRole>), BadDeclaration> {
    let (mut stored, mut minted) = (Vec::new(), Vec::new());
    for (file, raw) in &entries.tokens {
        let of_token = entries.grants.iter().map(|(_, grant)| *grant);
        let of_token: Vec<&RawGrant> = of_token.filter(|grant| reads(grant, raw, secrets)).collect();
        let (per_job, other): (Vec<&RawGrant>, Vec<&RawGrant>) =
            of_token.into_iter().partition(|grant| grant.mint.is_some());
        match (per_job.first(), other.first()) {
            (None, _) => stored.push(token(file, raw)?),
            (Some(_), None) => minted.push(engine_role(file, raw, &per_job)?),
            (Some(_), Some(other)) => {
                return Err(BadDeclaration::MintedInPart {
                    token: raw.name.clone(),
                    role: other.vault_role.clone(),
                });
            }
        }
    }
    Ok((stored, minted))
}

/// Whether a grant is of a token: by its name, or by a `[[secret]]` that is read where it is.
fn reads(grant: &RawGrant, token: &RawToken, secrets: &[Wanted]) -> bool {
    let wanted = secrets.iter().find(|secret| secret.name.as_str() == grant.secret);
    match (wanted, token.store.parse::<SecretRef>()) {
        (None, _) => grant.secret == token.name,
        (Some(wanted), Ok(store)) => {
            wanted.from.path.mount == store.path.mount && wanted.from.path.path == store.path.path
        }
        (Some(_), Err(_)) => false,
    }
}

fn engine_role(file: &str, raw: &RawToken, grants: &[&RawGrant]) -> Result<EngineRole, BadDeclaration> {
    let place = || format!("the token `{}` in {file}", raw.name);
    let meaningless = [
        ("rotate_before", raw.rotate_before.is_some()),
        ("overlap", raw.overlap.is_some()),
        ("metadata", !raw.metadata.is_empty()),
        ("reach", raw.reach.is_some()),
    ];
    if let Some((key, _)) = meaningless.into_iter().find(|(_, said)| *said) {
        return Err(BadDeclaration::MintedWith { place: place(), key });
    }
    let ttl = ttl(raw, grants, place)?;
    let Token { name, owner, within, level, scopes, mut store, file, .. } =
        token(file, &RawToken { lifetime: None, ..raw.clone() })?;
    store.path.engine = Engine::Generic;
    let role = store.path.path.strip_prefix("token/").and_then(|role| role.parse::<RoleName>().ok());
    let role = role.filter(|_| store.field == FIELD);
    let role =
        role.ok_or_else(|| BadDeclaration::MintedStore { place: place(), store: raw.store.clone() })?;
    Ok(EngineRole { name, owner, within, level, scopes, ttl, role, store, file })
}

/// As long as the longest of its jobs may last, unless it is said otherwise.
fn ttl(raw: &RawToken, grants: &[&RawGrant], place: impl Fn() -> String) -> Result<Duration, BadDeclaration> {
    let sessions = grants.iter().map(|grant| session(grant, &place)).collect::<Result<Vec<_>, _>>()?;
    let longest = sessions.into_iter().max().unwrap_or_default().max(SHORTEST);
    let Some(text) = &raw.lifetime else { return Ok(longest) };
    let said = humantime::parse_duration(text).ok();
    said.filter(|said| (longest..=LONGEST).contains(said)).ok_or_else(|| BadDeclaration::Time {
        key: "lifetime",
        place: place(),
        text: text.clone(),
        wanted: "a minted token lives at least as long as the longest `session_ttl` of its grants and an hour, and 32 days at most",
    })
}
