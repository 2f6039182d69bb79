use super::{JwtError, claims::Claims};
use crate::clock::Moment;

/// How far the clocks may be apart, in seconds: zero is the default, less than zero is none at all.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Leeways {
    pub(super) clock_skew: i64,
    /// How long a token without `exp` is good.
    pub(super) expiration: i64,
    /// How long before its `exp` a token with nothing else is good.
    pub(super) not_before: i64,
}

/// # Errors
/// When the token is not good yet, no longer, or says nothing about it.
pub(super) fn check(claims: &Claims, leeways: &Leeways, now: Moment) -> Result<(), JwtError> {
    let refuse = |problem: &str| Err(JwtError::Token(problem.to_owned()));
    let Claims { mut expires, mut not_before, issued, .. } = *claims;
    if expires == 0 && not_before == 0 && issued == 0 {
        return refuse("no issued at (iat), not before (nbf), or expiration time (exp) claims in token");
    }
    if expires == 0 {
        expires = issued.max(not_before).saturating_add(or_default(leeways.expiration, 150));
    }
    if not_before == 0 {
        not_before = match issued {
            0 => expires.saturating_sub(or_default(leeways.not_before, 150)),
            issued => issued,
        };
    }
    let skew = i128::from(or_default(leeways.clock_skew, 60));
    let now = i128::from(now.seconds());
    if now + skew < i128::from(not_before) {
        return refuse("invalid not before (nbf) claim: token not yet valid");
    }
    // The clock's fraction counts: a token is over as soon as its second has begun.
    if now - skew >= i128::from(expires) {
        return refuse("invalid expiration time (exp) claim: token is expired");
    }
    if now + skew < i128::from(issued) {
        return refuse("invalid issued at (iat) claim: token issued in the future");
    }
    Ok(())
}

fn or_default(leeway: i64, default: i64) -> i64 {
    if leeway == 0 { default } else { leeway.max(0) }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;

    const NOW: i64 = 1_000_000;

    fn refusal(times: Value, leeways: Leeways) -> String {
        let claims = Claims::new(times.as_object().cloned().unwrap()).unwrap();
        match check(&claims, &leeways, Moment::at_second(1_000_000)) {
            Ok(()) => String::new(),
            Err(error) => error.to_string().replace("error validating token: ", ""),
        }
    }

    #[test]
    fn a_token_is_good_between_its_times_and_a_minute_beside() {
        let default = Leeways::default();
        let expired = "invalid expiration time (exp) claim: token is expired";
        let early = "invalid not before (nbf) claim: token not yet valid";
        for (times, expected) in [
            (json!({ "exp": NOW + 9, "nbf": NOW, "iat": NOW }), ""),
            (json!({ "exp": NOW - 55, "iat": NOW - 400 }), ""),
            (json!({ "exp": NOW - 62, "iat": NOW - 400 }), expired),
            (json!({ "iat": NOW - 205 }), ""),
            (json!({ "iat": NOW - 215 }), expired),
            (json!({ "exp": NOW + 300 }), early),
            (json!({ "nbf": NOW - 5 }), ""),
            (json!({ "exp": NOW - 1000, "nbf": NOW + 1000 }), early),
            (
                json!({ "iat": NOW + 3600, "nbf": NOW, "exp": NOW + 7200 }),
                "invalid issued at (iat) claim: token issued in the future",
            ),
            (json!({ "iat": NOW + 3600, "exp": NOW + 7200 }), early),
            (json!({ "exp": -1 }), expired),
            (
                json!({ "exp": 0 }),
                "no issued at (iat), not before (nbf), or expiration time (exp) claims in token",
            ),
        ] {
            assert_eq!(refusal(times.clone(), default), expected, "{times}");
        }
    }

    #[test]
    fn a_role_can_allow_less() {
        let strict = Leeways { clock_skew: -1, ..Leeways::default() };
        assert!(refusal(json!({ "exp": NOW - 2, "iat": NOW - 400 }), strict).contains("expired"));
        let five = Leeways { clock_skew: 5, ..Leeways::default() };
        assert!(refusal(json!({ "exp": NOW - 10, "iat": NOW - 400 }), five).contains("expired"));
    }
}
