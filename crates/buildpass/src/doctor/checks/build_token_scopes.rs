use super::NO_TOKEN;
use crate::doctor::{Check, Evidence, Fault, Reach, Stage, Verdict};

/// The build token may read repositories, and no more.
pub(super) const CHECK: Check = Check {
    id: "build-token-scopes",
    stage: Stage::BuildToken,
    needs: &["build-token"],
    reach: Reach::Session,
    run,
};

/// Each of them lets git read.
const READS: [&str; 3] = ["read_repository", "write_repository", "api"];

fn run(evidence: &Evidence<'_>) -> Verdict {
    let known = evidence.gitlab.tokens.iter().filter_map(|token| {
        let about = token.answer.as_ref().ok()?.said.as_ref()?;
        Some((&token.name, &about.scopes))
    });
    let (mut seen, mut faults, mut warnings) = (Vec::new(), Vec::new(), Vec::new());
    for (name, scopes) in known {
        let has = |scope: &&str| scopes.iter().any(|each| each == scope);
        let written = scopes.join(", ");
        seen.push(format!("{name}: {written}"));
        let more: Vec<&str> = scopes
            .iter()
            .map(String::as_str)
            .filter(|scope| !matches!(*scope, "read_repository" | "self_rotate"))
            .collect();
        if !READS.iter().any(has) {
            faults.push(Fault::new(
                format!("{name} has the scope `read_repository`"),
                format!("it has {written}; `read_api` and the others do not let git in"),
                "make a token with the scope `read_repository`, and store it in the vault: scopes of a token cannot be changed",
            ));
        } else if !more.is_empty() {
            warnings.push(Fault::new(
                format!("{name} has the scope `read_repository` alone"),
                format!("it has {} too, which a build needs not", more.join(", ")),
                "make a token with the scope `read_repository` alone, and store it in the vault",
            ));
        }
    }
    if seen.is_empty() {
        return Verdict::not_needed(NO_TOKEN);
    }
    Verdict::of(seen.join("; "), faults, warnings)
}
