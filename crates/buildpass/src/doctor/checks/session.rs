use crate::{
    doctor::{Check, Evidence, Fault, Reach, Stage, Verdict},
    vault::{GivenBack, Kind},
};

/// The session lasts, and can be given back; ours was.
pub(super) const CHECK: Check =
    Check { id: "session", stage: Stage::Login, needs: &["login"], reach: Reach::Session, run };

fn run(evidence: &Evidence<'_>) -> Verdict {
    let Some(session) = &evidence.vault.session else { return Verdict::not_needed("there is no session") };
    let policies = match &session.policies {
        Some(policies) => format!("policies {}", policies.join(", ")),
        None => "the vault does not show its policies".to_owned(),
    };
    let seen = match session.kind {
        Kind::Service { renewable: true, .. } => format!("a service token, renewable; {policies}"),
        Kind::Service { renewable: false, .. } => format!("a service token, not renewable; {policies}"),
        Kind::Batch { .. } => format!("a batch token; {policies}"),
        Kind::Personal => format!("your own; {policies}"),
    };
    match &session.given_back {
        Some(Ok(GivenBack::Over | GivenBack::Personal)) | None => Verdict::pass(seen),
        Some(Ok(GivenBack::Lives { until, because })) => Verdict::warn(
            seen,
            Fault::new(
                "a session that is over when the job is",
                format!("it lives until {}: {because}", humantime::format_rfc3339_seconds(*until)),
                "the vault's owner writes the role with `token_type=service` and without `token_no_default_policy`",
            ),
        ),
        Some(Err(error)) => Verdict::warn(
            seen,
            Fault::new(
                "a session that is given back",
                error.clone(),
                "it ends by itself within 20 s, or when its role says",
            ),
        ),
    }
}
