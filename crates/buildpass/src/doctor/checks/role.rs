use crate::doctor::{
    Check, Evidence, Reach, Stage, Verdict,
    role::{leniencies, replay},
};

/// The role admits this job, and not more than it seems to. The role is read from `--role-file`, or from the vault where the session may.
pub(super) const CHECK: Check =
    Check { id: "role", stage: Stage::Login, needs: &["id-token"], reach: Reach::Here, run };

fn run(evidence: &Evidence<'_>) -> Verdict {
    if let Some(Err(reason)) = &evidence.role_file {
        return Verdict::fail(
            "the role's file cannot be used",
            crate::doctor::Fault::new(
                "a role as `bao read -format=json auth/jwt/role/NAME` prints it",
                reason.clone(),
                "write it anew, or leave `--role-file` out",
            ),
        );
    }
    let Some(role) = evidence.role() else {
        return Verdict::not_needed("who owns the vault may read it: `--role-file` takes it from a file");
    };
    let Some(Ok(opened)) = evidence.held().map(|held| &held.opened) else {
        return Verdict::not_needed("no ID token logs in here");
    };
    // Once the vault has answered, its answer stands under `login`, with the role beside it.
    let refusals = match evidence.vault.login {
        Some(_) => Vec::new(),
        None => replay(role, &opened.claims, evidence.clock.unix_seconds()),
    };
    let said = refusals.first().map(|refusal| refusal.text.clone());
    let faults: Vec<_> = refusals.into_iter().map(|refusal| refusal.fault).collect();
    let leniencies = leniencies(role, evidence.job_timeout());
    let seen = match (&said, leniencies.is_empty()) {
        (Some(text), _) => format!("the vault would say: {text}"),
        (None, false) => "it admits this job, and has traps".to_owned(),
        (None, true) => "it admits this job, and what it seems to".to_owned(),
    };
    Verdict::of(seen, faults, leniencies)
}
