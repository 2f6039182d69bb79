use super::fault_of;
use crate::doctor::{Check, Evidence, Reach, Stage, Verdict};

/// There is a git, new enough to be told whom to ask.
pub(super) const CHECK: Check =
    Check { id: "git-program", stage: Stage::Git, needs: &[], reach: Reach::Here, run };

fn run(evidence: &Evidence<'_>) -> Verdict {
    if evidence.realms().realms.is_empty() && evidence.gitlab.repositories.is_empty() {
        return Verdict::not_needed("nothing here is fetched by git with a secret");
    }
    match evidence.gitlab.git.as_ref().map(|git| &git.version) {
        None => Verdict::not_needed("git was not looked at"),
        Some(Ok(version)) => Verdict::pass(format!("git {version}")),
        Some(Err(error)) => Verdict::fail(
            "there is no git that can be used",
            fault_of("git 2.31 or newer in the PATH of this job", error, Some(error.hint())),
        ),
    }
}
