use std::time::Duration;

use crate::{
    api::failure::Failure,
    auth::token::{Terms, TokenError, TokenRole},
    exchange::{Fields, parse},
    policy::Verdict,
};

/// What a request and a role say about the time of a new token.
#[derive(Debug)]
pub(super) struct Time {
    pub(super) terms: Terms,
    pub(super) own_explicit_max: Duration,
    pub(super) own_period: Duration,
    pub(super) warnings: Vec<String>,
}

impl Time {
    /// # Errors
    /// When a time is none, or may not be asked for.
    pub(super) fn read(
        fields: &Fields,
        role: Option<&TokenRole>,
        privilege: Verdict,
    ) -> Result<Self, Failure> {
        let own_explicit_max = duration(fields, "explicit_max_ttl")?.unwrap_or_default();
        let own_period = duration(fields, "period")?.unwrap_or_default();
        if !own_period.is_zero() && privilege == Verdict::Refuse {
            return Err(TokenError::PeriodNeedsSudo.into());
        }
        let usual = match duration(fields, "ttl")? {
            Some(ttl) => ttl,
            None => duration(fields, "lease")?.unwrap_or_default(),
        };
        let mut warnings = Vec::new();
        let mut lesser = |what: &str, own: Duration, role: Duration| {
            if own.is_zero() || role.is_zero() {
                return own.max(role);
            }
            let lesser = own.min(role).as_secs();
            warnings.push(format!(
                "{what} specified both during creation call and in role; using the lesser value of {lesser} seconds"
            ));
            own.min(role)
        };
        let of_role = |read: fn(&TokenRole) -> Duration| role.map(read).unwrap_or_default();
        let explicit_max =
            lesser("Explicit max TTL", own_explicit_max, of_role(|role| role.explicit_max.value));
        let period = lesser("Period", own_period, of_role(|role| role.period.value));
        let terms = Terms { usual, explicit_max, period, ..Terms::default() };
        Ok(Self { terms, own_explicit_max, own_period, warnings })
    }
}

/// An empty text says nothing.
fn duration(fields: &Fields, field: &'static str) -> Result<Option<Duration>, Failure> {
    let Some(text) = fields.text(field)?.filter(|text| !text.is_empty()) else { return Ok(None) };
    let nanos = parse(&text).map_err(TokenError::Duration)?;
    let nanos = u64::try_from(nanos).map_err(|_| TokenError::Negative(field))?;
    Ok(Some(Duration::from_nanos(nanos)))
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;
    use crate::auth::token::Aged;

    fn read(body: Value, role: Option<&TokenRole>) -> Result<Time, String> {
        let fields = body.as_object().cloned().map(Fields::from).unwrap_or_default();
        Time::read(&fields, role, Verdict::Allow).map_err(|failure| failure.to_string())
    }

    #[test]
    fn the_lesser_of_two_is_taken_and_said() {
        let hour = Duration::from_secs(3600);
        let role = TokenRole {
            period: Aged { value: hour, by_older_name: false },
            explicit_max: Aged { value: hour * 2, by_older_name: false },
            ..TokenRole::new()
        };
        let time = read(json!({ "period": "30m" }), Some(&role)).unwrap();
        assert_eq!((time.terms.period, time.terms.explicit_max), (hour / 2, hour * 2));
        assert_eq!((time.own_period, time.own_explicit_max), (hour / 2, Duration::ZERO));
        assert_eq!(
            time.warnings,
            [
                "Period specified both during creation call and in role; using the lesser value of 1800 seconds"
            ]
        );
    }

    #[test]
    fn a_lease_is_an_older_word_for_a_ttl() {
        assert_eq!(read(json!({ "lease": "1m" }), None).unwrap().terms.usual.as_secs(), 60);
        assert_eq!(read(json!({ "lease": "1m", "ttl": "2m" }), None).unwrap().terms.usual.as_secs(), 120);
        for (body, refusal) in [
            (json!({ "ttl": -1 }), "ttl must be positive"),
            (json!({ "lease": "-1h" }), "lease must be positive"),
            (json!({ "ttl": "x" }), "time: invalid duration \"x\""),
        ] {
            assert_eq!(read(body, None).unwrap_err(), refusal);
        }
    }
}
