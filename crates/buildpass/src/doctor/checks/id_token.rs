use super::fault_of;
use crate::{
    config,
    doctor::{Because, Check, Evidence, Reach, Stage, Verdict},
    identity::{self, claims_in},
};

/// The ID token is there, and is a JWT.
pub(super) const CHECK: Check =
    Check { id: "id-token", stage: Stage::Identity, needs: &[], reach: Reach::Here, run };

fn run(evidence: &Evidence<'_>) -> Verdict {
    if let Some(Err(config::Error::Identity(error))) = evidence.parts().map(|parts| &parts.vault.auth) {
        return missing(error);
    }
    let held = match &evidence.token {
        Some(Ok(held)) => held,
        Some(Err(error)) => return missing(error),
        None if evidence.jwt_login().is_some() => return Verdict::Skipped(Because::Offline),
        None => return Verdict::not_needed("no ID token logs in here"),
    };
    match claims_in(&held.token, &held.place) {
        Ok(_) => {
            let opened = held.opened.as_ref().cloned().unwrap_or_default();
            let claim = |name: &str| opened.written(name).unwrap_or_else(|| "none".to_owned());
            let signed = opened.algorithm.as_deref().unwrap_or("nothing");
            Verdict::pass(format!(
                "{} holds a JWT of `{}`, signed with {signed}, for `{}`",
                held.place,
                claim("iss"),
                claim("sub")
            ))
        }
        Err(error) => missing(&error),
    }
}

fn missing(error: &identity::Error) -> Verdict {
    Verdict::fail(
        "there is no ID token to log in with",
        fault_of("an ID token of this job", error, error.hint()),
    )
}
