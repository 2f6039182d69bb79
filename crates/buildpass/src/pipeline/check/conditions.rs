use gitlab_ci::{
    plan::Job,
    yaml::{Linked, Place},
};

/// `if` of a rule, as it is written.
pub(super) struct Condition<'a> {
    pub(super) text: &'a str,
    pub(super) place: Place,
}

/// Lists may be nested by `!reference`; GitLab flattens so many levels.
const MAX_LEVELS: usize = 10;

/// The conditions of a job's rules, whether they were looked at or not.
pub(super) fn of_job(job: &Job) -> Vec<Condition<'_>> {
    of_rules(&job.content)
}

/// The conditions of the `rules` of a job or of the workflow.
pub(super) fn of_rules(around: &Linked) -> Vec<Condition<'_>> {
    let mut all = Vec::new();
    if let Some(rules) = around.node.mapping().and_then(|keys| keys.value("rules")) {
        collect(rules, 0, &mut all);
    }
    all
}

fn collect<'a>(value: &'a Linked, level: usize, all: &mut Vec<Condition<'a>>) {
    if let Some(condition) = value.node.mapping().and_then(|keys| keys.value("if"))
        && let Some(text) = condition.node.text()
    {
        all.push(Condition { text, place: condition.node.place });
    }
    for item in value.node.sequence().filter(|_| level <= MAX_LEVELS).unwrap_or_default() {
        collect(item, level + 1, all);
    }
}
