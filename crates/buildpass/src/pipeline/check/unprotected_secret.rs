use gitlab_ci::plan::{Provider, Secret};

use super::{Exposure, Finding, Rule, Severity, Subject, occurrences::Occurrences, subject::secrets};

/// A secret that a merge request or an unprotected ref can reach.
pub(super) const RULE: Rule = Rule {
    name: "unprotected-secret",
    severity: Severity::Warning,
    summary: "a secret reaches a pipeline that everybody who may push a branch can start and change",
    help: "hand it out on protected refs alone, by `rules` of the template's include or of the job with \
           `$CI_COMMIT_REF_PROTECTED == \"true\"`, and bind `ref_protected` in the vault's role; where merge requests are \
           meant to have it, say why in `# buildpass: allow(unprotected-secret) …`",
    find,
};

fn find(subject: &Subject<'_>) -> Vec<Finding> {
    let mut found: Occurrences<&Secret> = Occurrences::new();
    for (pipeline, job) in subject.jobs().filter(|(pipeline, _)| pipeline.exposure == Exposure::Open) {
        let runs = job.included.known() != Some(&false) && pipeline.plan.created.known() != Some(&false);
        for secret in secrets(job).iter().filter(|_| runs) {
            found.add((secret.place, &secret.name), &job.name, pipeline, || secret);
        }
    }
    let finding = |(place, it): (_, super::occurrences::Occurrence<&Secret>)| {
        let message = format!("the secret `{}` reaches {}", it.what.name, it.pipelines());
        let label = format!("{} gets it there", it.jobs());
        let finding = Finding::of(&RULE, place, message, label);
        match &it.what.provider {
            Provider::Vault(_) => finding.note(
                "whoever can change what such a pipeline runs can read the secret, unless the vault's role refuses the ref",
                None,
            ),
            Provider::Other(_) => finding,
        }
    };
    found.into_iter().map(finding).collect()
}
