use crate::doctor::{Check, Evidence, Fault, Reach, Stage, Verdict};

/// The build token may not push: a build reads.
pub(super) const CHECK: Check = Check {
    id: "repository-push",
    stage: Stage::Repository,
    needs: &["repository-read"],
    reach: Reach::Session,
    run,
};

fn run(evidence: &Evidence<'_>) -> Verdict {
    let asked = || {
        let all = evidence.gitlab.repositories.iter();
        all.filter_map(|repository| Some((repository, repository.to_a_push.as_ref()?.as_ref().ok()?)))
    };
    let pushes = |repository: &crate::doctor::Repository| {
        Fault::new(
            format!("{} refuses a push", repository.url),
            "it would take one",
            "make a token with the scope `read_repository` alone, and store it in the vault",
        )
    };
    let warnings: Vec<Fault> =
        asked().filter(|(_, listing)| listing.is_git()).map(|(repository, _)| pushes(repository)).collect();
    let count = asked().count();
    if count == 0 {
        return Verdict::not_needed("no credential goes to a repository");
    }
    Verdict::of(
        format!("{} of {count} repositories refuse a push", count - warnings.len()),
        Vec::new(),
        warnings,
    )
}
