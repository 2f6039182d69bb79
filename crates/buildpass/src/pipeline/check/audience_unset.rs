use gitlab_ci::plan::{Audience, Expanded};

use super::{
    Finding, Rule, Severity, Subject,
    occurrences::{Occurrences, listed},
    subject::id_tokens,
};

/// An audience with a variable that nobody sets.
pub(super) const RULE: Rule = Rule {
    name: "audience-unset",
    severity: Severity::Warning,
    summary: "a variable in the audience of an ID token is not set, and silently becomes empty",
    help: "write the address itself, or set the variable; one that is set in the project's settings is given with \
           `--variable NAME=VALUE`",
    find,
};

fn find(subject: &Subject<'_>) -> Vec<Finding> {
    let mut found: Occurrences<(&str, &Expanded)> = Occurrences::new();
    for (pipeline, job) in subject.jobs() {
        for token in id_tokens(job) {
            let said = match &token.audience {
                Audience::One(one) => std::slice::from_ref(one),
                Audience::Several(several) => several,
            };
            for one in said.iter().filter(|one| !one.unset.is_empty()) {
                found.add((one.place, &token.name), &job.name, pipeline, || (&token.name, one));
            }
        }
    }
    let finding = |(place, it): (_, super::occurrences::Occurrence<(&str, &Expanded)>)| {
        let (token, audience) = it.what;
        let names: Vec<String> = audience.unset.iter().map(|name| format!("`{name}`")).collect();
        let is = if names.len() == 1 { "is" } else { "are" };
        let message = format!("{} in the audience of `{token}` {is} not set", listed(&names));
        let label = match audience.value.known() {
            Some(value) => format!("comes to `{value}` for {} in {}", it.jobs(), it.pipelines()),
            None => format!("for {} in {}", it.jobs(), it.pipelines()),
        };
        Finding::of(&RULE, place, message, label)
            .note("GitLab replaces a variable that is not set by nothing, and says nothing", None)
    };
    found.into_iter().map(finding).collect()
}
