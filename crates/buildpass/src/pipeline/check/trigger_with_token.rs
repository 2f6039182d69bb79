use gitlab_ci::{Invalid, plan::Kind, yaml::Sources};

use super::{
    Finding, Rule, Severity, Subject,
    occurrences::{Occurrence, Occurrences},
    templates::{bases, token_templates},
};

/// A trigger job that extends a token template.
pub(super) const RULE: Rule = Rule {
    name: "trigger-with-token",
    severity: Severity::Error,
    summary: "a trigger job extends a token template, which GitLab refuses",
    help: "take the template out of the trigger job, and let the jobs of the pipeline that it starts extend it",
    find,
};

/// The template may hand out nothing in this project and a token in the next, where the pipeline is then refused.
fn find(subject: &Subject<'_>) -> Vec<Finding> {
    let templates: std::collections::BTreeSet<&str> =
        subject.pipelines.iter().flat_map(|it| token_templates(&it.plan)).map(|entry| &*entry.key).collect();
    let mut found: Occurrences<&str> = Occurrences::new();
    for (pipeline, job) in subject.jobs().filter(|(_, job)| job.kind == Kind::Trigger) {
        if let Some(base) = bases(&job.content).into_iter().find(|base| templates.contains(base)) {
            found.add((job.place, base), &job.name, pipeline, || base);
        }
    }
    let finding = |(place, it): (_, Occurrence<&str>)| {
        let message = format!("the trigger {} extends the token template `{}`", it.jobs(), it.what);
        Finding::of(&RULE, place, message, "GitLab refuses `id_tokens` and `secrets` here")
    };
    found.into_iter().map(finding).collect()
}

/// GitLab's own refusal of the same.
pub(super) fn of_refusal(invalid: &Invalid, _: &Sources) -> Option<Finding> {
    let (_, keys) = invalid.message.split_once("config contains unknown keys: ")?;
    let place = invalid.place?;
    let handed_out = keys.split(", ").find(|key| matches!(*key, "id_tokens" | "secrets"))?;
    let message = format!("a trigger job cannot have `{handed_out}`: {}", invalid.message);
    let mut finding = Finding::of(&RULE, place, message, "GitLab refuses the whole configuration for it");
    for note in &invalid.notes {
        finding = finding.note(note.text.clone(), note.place);
    }
    Some(finding)
}
