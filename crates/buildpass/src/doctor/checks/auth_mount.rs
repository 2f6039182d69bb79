use super::fault_of;
use crate::doctor::{Check, Evidence, Fault, FrontSeen, Reach, Stage, Verdict};

/// There is a JWT auth method at the mount, and it is configured. An empty login tells: no token is sent for it.
pub(super) const CHECK: Check =
    Check { id: "auth-mount", stage: Stage::Login, needs: &["vault-namespace"], reach: Reach::Servers, run };

fn run(evidence: &Evidence<'_>) -> Verdict {
    let Some(login) = evidence.jwt_login() else { return Verdict::not_needed("no ID token logs in here") };
    let mount = login.mount;
    let front = match &evidence.vault.front {
        Some(Ok(front)) => front,
        Some(Err(error)) => {
            return Verdict::fail(
                format!("`auth/{mount}` does not answer"),
                fault_of("an answer to an empty login", error, error.hint()),
            );
        }
        None => return Verdict::not_needed("the vault was not asked"),
    };
    let said = front.text.as_deref().unwrap_or("the answer is not a vault's");
    let actual = format!("status {}: {said}", front.status);
    let Some(expected) = missing(front) else { return Verdict::pass(format!("`auth/{mount}` takes JWTs")) };
    let advice = match expected {
        Missing::Configuration => format!(
            "the vault's owner writes it once: `bao write auth/{mount}/config oidc_discovery_url=<the GitLab's URL> bound_issuer=<the same>`"
        ),
        Missing::Method => format!(
            "set the mount's name by `[vault] auth` or VAULT_AUTH_PATH: its owner sees them all by `bao auth list`, and makes this one by `bao auth enable -path={mount} jwt`"
        ),
    };
    let expected = match expected {
        Missing::Configuration => format!("a configuration at `auth/{mount}/config`"),
        Missing::Method => format!("a JWT auth method at `auth/{mount}`"),
    };
    Verdict::fail(format!("nobody can log in at `auth/{mount}`"), Fault::new(expected, actual, advice))
}

enum Missing {
    Method,
    Configuration,
}

fn missing(front: &FrontSeen) -> Option<Missing> {
    match (front.status, front.text.as_deref()) {
        (400, Some(text)) if text.contains("could not load configuration") => Some(Missing::Configuration),
        (400, Some(text)) if ["role", "missing token"].iter().any(|part| text.contains(part)) => None,
        _ => Some(Missing::Method),
    }
}
