use gitlab_ci::plan::{Provider, Secret};

use super::{
    Finding, Rule, Severity, Subject,
    occurrences::{Occurrence, Occurrences},
    subject::secrets,
};

/// A vault session that nobody ends.
pub(super) const RULE: Rule = Rule {
    name: "session-left-behind",
    severity: Severity::Note,
    summary: "GitLab Runner logs in to the vault for `secrets:` and leaves the session alive after the job",
    help: "let `buildpass run -- …` read the secret instead, which gives the session back when the job ends; until then, keep \
           `token_ttl` of the vault's role short",
    find,
};

fn find(subject: &Subject<'_>) -> Vec<Finding> {
    let mut found: Occurrences<&Secret> = Occurrences::new();
    for (pipeline, job) in subject.jobs() {
        for secret in secrets(job).iter().filter(|secret| matches!(secret.provider, Provider::Vault(_))) {
            found.add((secret.place, &secret.name), &job.name, pipeline, || secret);
        }
    }
    let finding = |(place, it): (_, Occurrence<&Secret>)| {
        let message = format!("the Runner leaves the vault session that reads `{}` behind", it.what.name);
        Finding::of(&RULE, place, message, format!("one login for each secret of {}", it.jobs())).note(
            "the session lives on for the role's `token_ttl`, on every way in which the job ends (gitlab-runner#36857)",
            None,
        )
    };
    found.into_iter().map(finding).collect()
}
