use std::time::{Duration, SystemTime};

use super::claims;
use crate::doctor::{Check, Evidence, Fault, Reach, Stage, Verdict};

/// The clocks of the vault, the issuer and this machine agree.
pub(super) const CHECK: Check =
    Check { id: "clock", stage: Stage::Vault, needs: &["vault-health"], reach: Reach::Servers, run };

/// What nobody notices.
const SMALL: Duration = Duration::from_secs(30);

/// What a vault forgives an ID token.
const FORGIVEN: Duration = Duration::from_secs(60);

fn run(evidence: &Evidence<'_>) -> Verdict {
    let now = evidence.clock.now();
    let health = evidence.vault.nodes.iter().filter_map(|node| node.health.as_ref()?.as_ref().ok());
    let vault = health.filter_map(|health| health.date).next();
    let issuer = evidence.issuer.as_ref().and_then(|issuer| issuer.date);
    let Some(vault) = vault else { return Verdict::not_needed("the vault does not say what time it is") };
    let seen = match issuer {
        Some(issuer) if agree(vault, now) && agree(issuer, now) => {
            "the vault's and the issuer's agree with ours".to_owned()
        }
        Some(issuer) => format!(
            "the vault's {}, the issuer's {}",
            words(difference(vault, now)),
            words(difference(issuer, now))
        ),
        None => format!("the vault's {}", words(difference(vault, now))),
    };
    if let Some(fault) = too_early(evidence, vault) {
        return Verdict::fail(seen, fault);
    }
    let off = [("the vault", Some(vault)), ("the issuer", issuer)].into_iter().find_map(|(whose, clock)| {
        let (by, way) = difference(clock?, now);
        (by > SMALL).then(|| (whose, words((by, way))))
    });
    match off {
        Some((whose, by)) => Verdict::warn(
            seen,
            Fault::new(
                "clocks that agree within half a minute",
                format!("the clock of {whose} {by}"),
                "set the clocks by a time server, this machine's first: what ends is judged by each with its own",
            ),
        ),
        None => Verdict::pass(seen),
    }
}

/// The token begins later than the vault's clock forgives.
fn too_early(evidence: &Evidence<'_>, vault: SystemTime) -> Option<Fault> {
    let claims = claims(evidence)?;
    let begins =
        SystemTime::UNIX_EPOCH + Duration::from_secs(claims.not_before.or(claims.issued)?.min(1 << 40));
    // By our own clock too it is early: `id-token-times` says so.
    if begins > evidence.clock.now() + FORGIVEN {
        return None;
    }
    let early = begins.duration_since(vault).ok().filter(|early| *early > FORGIVEN)?;
    Some(Fault::new(
        "a vault's clock that is not behind the issuer's by more than a minute",
        format!("the ID token begins {} s after the vault's now", early.as_secs()),
        "the vault's owner sets its clock by a time server; until then it says that the token is not yet valid",
    ))
}

/// By how much a clock differs from ours, and whether it is behind.
fn difference(clock: SystemTime, now: SystemTime) -> (Duration, &'static str) {
    match clock.duration_since(now) {
        Ok(ahead) => (ahead, "ahead of"),
        Err(behind) => (behind.duration(), "behind"),
    }
}

/// An answer's date has whole seconds, and was on the way.
fn agree(clock: SystemTime, now: SystemTime) -> bool {
    difference(clock, now).0 < Duration::from_secs(3)
}

fn words((by, way): (Duration, &'static str)) -> String {
    match by.as_secs() {
        0..=2 => "agrees with ours".to_owned(),
        seconds => format!("is {seconds} s {way} ours"),
    }
}
