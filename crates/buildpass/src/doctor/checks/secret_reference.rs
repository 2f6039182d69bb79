use super::{fault_of, in_ticks};
use crate::{
    config::Error,
    doctor::{Check, Evidence, Reach, Stage, Verdict},
};

/// Each secret is named as GitLab names it, and not by a path of the vault's API.
pub(super) const CHECK: Check = Check {
    id: "secret-reference",
    stage: Stage::Configuration,
    needs: &["configuration"],
    reach: Reach::Here,
    run,
};

fn run(evidence: &Evidence<'_>) -> Verdict {
    match evidence.parts().map(|parts| &parts.secrets) {
        Some(Ok(wanted)) if wanted.is_empty() => Verdict::not_needed("the vault is asked for no secret"),
        Some(Ok(wanted)) => {
            let read: Vec<String> = wanted.iter().map(|wanted| wanted.from.path.api_path()).collect();
            Verdict::pass(format!("read at {}", in_ticks(&read)))
        }
        Some(Err(error @ Error::Reference { .. })) => Verdict::fail(
            "a secret's reference names no secret",
            fault_of("a reference as `path/field@mount`", error, error.hint()),
        ),
        _ => Verdict::not_needed("no configuration was read"),
    }
}
