use super::super::failure::Failure;
use super::super::parameters::Parameters;
use crate::issuer::random_alphanumeric;
use crate::registry::{AccessToken, Date, NewToken, Registry, Scope};

/// How long a token lives that was rotated without a word about it.
const ROTATED_LIFETIME_DAYS: i64 = 7;

/// A new token and its value, which is shown once.
pub(super) struct Made {
    pub(super) token: AccessToken,
    pub(super) value: String,
}

/// Makes a token; its value has GitLab's default prefix.
pub(super) fn make(registry: &mut Registry, new: NewToken, now: i64) -> Result<Made, Failure> {
    let value = format!("glpat-{}", random_alphanumeric(20)?);
    let token = registry.add_token(&value, new, now);
    Ok(Made { token, value })
}

/// Makes the successor of a token and takes that one back at once.
pub(super) fn rotate(
    registry: &mut Registry,
    token: &AccessToken,
    parameters: &Parameters,
    now: i64,
) -> Result<Made, Failure> {
    if token.is_revoked() {
        return Err(Failure::Refused("Token already revoked".into()));
    }
    let in_a_week = Date::of_unix_seconds(now).plus_days(ROTATED_LIFETIME_DAYS);
    let asked = parameters.optional("expires_at")?;
    let expires_at = within_the_limit(registry, asked.unwrap_or(in_a_week), now)?;
    registry.revoke(token.id, now);
    let new = NewToken {
        name: token.name.clone(),
        description: token.description.clone(),
        scopes: token.scopes.clone(),
        granular: token.granular.clone(),
        user_id: token.user_id,
        previous: Some(token.id),
        expires_at: Some(expires_at),
    };
    make(registry, new, now)
}

/// The day on which a new token ends: the one that is asked for, or the last one that is possible.
pub(super) fn expiry(registry: &Registry, parameters: &Parameters, now: i64) -> Result<Date, Failure> {
    let asked = parameters.optional("expires_at")?;
    within_the_limit(registry, asked.unwrap_or_else(|| latest(registry, now)), now)
}

pub(super) fn scopes(parameters: &Parameters) -> Result<Vec<Scope>, Failure> {
    let scopes = parameters.texts("scopes")?;
    let scopes = scopes.iter().map(|scope| scope.parse()).collect::<Result<Vec<Scope>, _>>()?;
    if scopes.is_empty() { Err(Failure::Refused("Scopes can't be blank".into())) } else { Ok(scopes) }
}

fn within_the_limit(registry: &Registry, date: Date, now: i64) -> Result<Date, Failure> {
    let latest = latest(registry, now);
    if date <= latest {
        return Ok(date);
    }
    Err(Failure::Refused(format!("Expires at must be before {latest}")))
}

fn latest(registry: &Registry, now: i64) -> Date {
    Date::of_unix_seconds(now).plus_days(registry.settings.longest_token_days.get().into())
}
