use super::{Role, claims::Claims};

/// Why a token is not good now, in OpenBao's words; its own times are what `claims` say.
pub(super) fn refusal(role: &Role, claims: Claims<'_>, now: u64) -> Option<&'static str> {
    let (mut expires, mut not_before, issued) = (claims.date("exp"), claims.date("nbf"), claims.date("iat"));
    if expires == 0 && not_before == 0 && issued == 0 {
        return Some("no issued at (iat), not before (nbf), or expiration time (exp) claims in token");
    }
    if expires == 0 {
        expires = issued.max(not_before).saturating_add(or(role.expiration_leeway, 150));
    }
    if not_before == 0 {
        not_before = match issued {
            0 => expires.saturating_sub(or(role.not_before_leeway, 150)),
            issued => issued,
        };
    }
    let (now, skew) = (i128::from(now), i128::from(or(role.clock_skew_leeway, 60)));
    if now + skew < i128::from(not_before) {
        return Some("invalid not before (nbf) claim: token not yet valid");
    }
    if now - skew >= i128::from(expires) {
        return Some("invalid expiration time (exp) claim: token is expired");
    }
    (now + skew < i128::from(issued)).then_some("invalid issued at (iat) claim: token issued in the future")
}

/// Zero is the default, less than zero is none at all.
fn or(leeway: i64, default: i64) -> i64 {
    if leeway == 0 { default } else { leeway.max(0) }
}
