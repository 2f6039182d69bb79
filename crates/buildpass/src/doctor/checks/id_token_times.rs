use std::time::{Duration, UNIX_EPOCH};

use super::claims;
use crate::{
    clock::Clock,
    doctor::{Check, Evidence, Fault, Reach, Stage, Verdict},
    identity::{Claims, time_left},
};

/// The ID token is good now, and for as long as the job.
pub(super) const CHECK: Check =
    Check { id: "id-token-times", stage: Stage::Identity, needs: &["id-token"], reach: Reach::Here, run };

/// What a vault forgives where clocks differ.
const FORGIVEN: u64 = 60;

fn run(evidence: &Evidence<'_>) -> Verdict {
    let Some(claims) = claims(evidence) else { return Verdict::not_needed("no ID token logs in here") };
    let now = evidence.clock.unix_seconds();
    if let Some(fault) = not_good(&claims, evidence.clock) {
        return Verdict::fail("the ID token is not good now", fault);
    }
    let Some(expires) = claims.expires else {
        return Verdict::pass("the ID token says nothing of its end");
    };
    let left = format!("good for {} more", words(expires.saturating_sub(now)));
    let Some(timeout) = evidence.job_timeout() else { return soon(&claims, evidence.clock, left) };
    let seen = format!("{left}; the job's timeout is {}", words(timeout));
    let lifetime = expires.saturating_sub(claims.issued.unwrap_or(now));
    if lifetime + FORGIVEN < timeout {
        let fault = Fault::new(
            format!("an ID token that lasts as long as the job: {}", words(timeout)),
            format!("it lasts {}: what logs in later than that is refused", words(lifetime)),
            "log in at the beginning of the job, as `buildpass run` does, or set the job's own `timeout:`",
        );
        return Verdict::warn(seen, fault);
    }
    soon(&claims, evidence.clock, seen)
}

fn soon(claims: &Claims, clock: &Clock, seen: String) -> Verdict {
    match time_left(claims, clock) {
        Ok(Some(warning)) => Verdict::warn(
            seen,
            Fault::new(
                "an ID token that is good for a minute more",
                warning.to_string(),
                "retry the job, or raise its `timeout:`",
            ),
        ),
        _ => Verdict::pass(seen),
    }
}

fn not_good(claims: &Claims, clock: &Clock) -> Option<Fault> {
    let now = clock.unix_seconds();
    if let Err(error) = time_left(claims, clock) {
        let ended = claims.expires.map(at).unwrap_or_default();
        return Some(Fault::new(
            "an ID token whose time is not over",
            format!("{error}: it ended at {ended}, and now is {}", at(now)),
            error.hint().unwrap_or_default(),
        ));
    }
    let begins = claims.not_before.max(claims.issued)?;
    (begins > now + FORGIVEN).then(|| {
        Fault::new(
            format!("an ID token that is good from now on: now is {}", at(now)),
            format!("it is good from {} on, in {}", at(begins), words(begins - now)),
            "this machine's clock is behind the issuer's: set it by a time server",
        )
    })
}

/// Minutes are enough where there are some.
fn words(seconds: u64) -> String {
    let seconds = if seconds > 120 { (seconds + 30) / 60 * 60 } else { seconds };
    humantime::format_duration(Duration::from_secs(seconds)).to_string()
}

fn at(seconds: u64) -> String {
    // Ten thousand years are enough: what is later cannot be written.
    let seconds = seconds.min(253_402_300_799);
    humantime::format_rfc3339_seconds(UNIX_EPOCH + Duration::from_secs(seconds)).to_string()
}
