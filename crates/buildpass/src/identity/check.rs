use std::{fmt, time::Duration};

use serde::{Deserialize, Serialize};

use super::{Claims, Error, IdToken};
use crate::clock::Clock;

/// How the audience of an ID token is judged before it is sent anywhere.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Audience {
    /// A flag or the environment named it: that is whom the token must be for, wherever the vault stands.
    Named(String),
    /// It must be the vault's own address, and the one that the configuration names, if it names one.
    TheVault {
        /// What `[identity] audience` says.
        configured: Option<String>,
    },
}

/// What an ID token must be before it goes to the vault.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Expected {
    /// Whom it must be for.
    pub audience: Audience,
    /// Who must have signed it; only compared here, never verified.
    pub issuer: Option<String>,
    /// The origins (scheme, host, port) that it would be sent to.
    pub origins: Vec<String>,
}

/// What is worth saying of a token that is good.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Warning {
    /// It ends within a minute.
    EndsSoon(Duration),
}

const SOON: u64 = 60;

impl Expected {
    /// Judges a token without sending it; `place` says in words where it was found.
    ///
    /// # Errors
    /// What is wrong with it, expected beside actual.
    pub fn check(&self, token: &IdToken, place: &str, clock: &Clock) -> Result<Option<Warning>, Error> {
        let claims = claims_in(token, place)?;
        let warning = time_left(&claims, clock)?;
        self.check_issuer(&claims)?;
        self.check_audience(&claims)?;
        Ok(warning)
    }

    /// Compares who signed it.
    ///
    /// # Errors
    /// When somebody else has.
    pub fn check_issuer(&self, claims: &Claims) -> Result<(), Error> {
        match &self.issuer {
            Some(expected) if claims.issuer.as_ref() != Some(expected) => Err(Error::OtherIssuer {
                expected: expected.clone(),
                actual: claims.issuer.clone().unwrap_or_else(|| "none".to_owned()),
            }),
            _ => Ok(()),
        }
    }

    /// Compares whom it is for.
    ///
    /// # Errors
    /// When it is for somebody else than it would be sent to.
    pub fn check_audience(&self, claims: &Claims) -> Result<(), Error> {
        let actual = || match &claims.audience[..] {
            [] => "none".to_owned(),
            audience => audience.join(", "),
        };
        let configured = match &self.audience {
            Audience::Named(named) => Some(named),
            Audience::TheVault { configured } => configured.as_ref(),
        };
        if let Some(expected) = configured
            && !claims.audience.contains(expected)
        {
            return Err(Error::OtherAudience { expected: expected.clone(), actual: actual() });
        }
        if matches!(self.audience, Audience::Named(_)) {
            return Ok(());
        }
        let for_the_vault = |origin: &String| {
            claims.audience.iter().filter_map(|each| origin_of(each)).any(|each| each == *origin)
        };
        match self.origins.iter().find(|origin| !for_the_vault(origin)) {
            Some(origin) => Err(Error::AudienceElsewhere { vault: origin.clone(), actual: actual() }),
            None => Ok(()),
        }
    }
}

/// The claims of what stands in a place, as far as it is an ID token at all.
///
/// # Errors
/// When it is empty, a variable that nobody expanded, or no JWT.
pub fn claims_in(token: &IdToken, place: &str) -> Result<Claims, Error> {
    let text = token.expose().trim();
    if text.is_empty() {
        return Err(Error::Empty { place: place.to_owned() });
    }
    if names_a_variable(text) {
        return Err(Error::Unexpanded { place: place.to_owned(), text: text.to_owned() });
    }
    Claims::read(token).map_err(|reason| Error::NotAJwt { place: place.to_owned(), reason })
}

/// Whether its time is over, or nearly.
///
/// # Errors
/// When it is over.
pub fn time_left(claims: &Claims, clock: &Clock) -> Result<Option<Warning>, Error> {
    let now = clock.unix_seconds();
    let Some(expires) = claims.expires else { return Ok(None) };
    if expires <= now {
        return Err(Error::Expired { ago: Duration::from_secs(now - expires) });
    }
    let left = expires - now;
    Ok((left < SOON).then(|| Warning::EndsSoon(Duration::from_secs(left))))
}

/// `$NAME` or `${NAME}` and nothing else: only that is no secret and may be repeated.
fn names_a_variable(text: &str) -> bool {
    let Some(name) = text.strip_prefix('$') else { return false };
    let name = name.strip_prefix('{').and_then(|name| name.strip_suffix('}')).unwrap_or(name);
    !name.is_empty()
        && name.chars().all(|each| each.is_ascii_uppercase() || each.is_ascii_digit() || each == '_')
}

fn origin_of(audience: &str) -> Option<String> {
    let url = url::Url::parse(audience).ok()?;
    url.has_host().then(|| url.origin().ascii_serialization())
}

impl fmt::Display for Warning {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::EndsSoon(left) => write!(
                f,
                "the ID token ends in {} s: a slow vault may see it expired; a job's ID token lasts as long as its timeout",
                left.as_secs()
            ),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_name_of_a_variable_is_taken_for_one_that_was_not_expanded() {
        for text in ["$VAULT_ID_TOKEN", "${VAULT_ID_TOKEN}"] {
            assert!(names_a_variable(text), "{text}");
        }
        for text in ["$2b$12$made.up.hash", "$", "${}", "$made-up", "VAULT_ID_TOKEN", "$lower"] {
            assert!(!names_a_variable(text), "{text}");
        }
    }
}
