use super::in_ticks;
use crate::doctor::{Check, Evidence, Fault, Reach, Stage, Verdict};

/// The key that has signed the ID token is one that the issuer publishes.
pub(super) const CHECK: Check = Check {
    id: "issuer-keys",
    stage: Stage::Login,
    needs: &["issuer-discovery"],
    reach: Reach::Session,
    run,
};

fn run(evidence: &Evidence<'_>) -> Verdict {
    let (Some(issuer), Some(Ok(opened))) = (&evidence.issuer, evidence.held().map(|held| &held.opened))
    else {
        return Verdict::not_needed("the ID token names no issuer");
    };
    let keys = match &issuer.keys {
        Some(Ok(keys)) => keys,
        Some(Err(error)) => {
            return Verdict::warn(
                "this machine cannot read the issuer's keys",
                Fault::new(
                    "a set of keys where the discovery document says",
                    error.clone(),
                    "look whether the vault can reach it: it needs the keys",
                ),
            );
        }
        None => return Verdict::not_needed("nobody says where the keys are"),
    };
    let published: Vec<String> = keys.iter().filter_map(|key| key.id.clone()).collect();
    let Some(key) = &opened.key_id else {
        return Verdict::pass(format!("the token names no key; {} are published", keys.len()));
    };
    if published.contains(key) {
        return Verdict::pass(format!("the token's key `{key}` is one of {} that are published", keys.len()));
    }
    let seen = format!("the token's key `{key}` is not one that the issuer publishes");
    let fault = Fault::new(
        format!("one of {}", in_ticks(&published)),
        format!("`kid` is `{key}`"),
        "retry the job: the issuer has changed its keys since the token was made, or the token is of another GitLab",
    );
    match evidence.vault.login {
        // The vault has keys of its own, and they fit.
        Some(Ok(())) => Verdict::warn(seen, fault),
        _ => Verdict::fail(seen, fault),
    }
}
