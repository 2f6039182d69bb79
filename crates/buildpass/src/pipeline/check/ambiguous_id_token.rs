use std::sync::Arc;

use gitlab_ci::plan::{Provider, Secret};

use super::{
    Finding, Rule, Severity, Subject,
    occurrences::{Occurrence, Occurrences, listed},
    subject::{id_tokens, secrets},
};

/// A secret that does not say which of several ID tokens it logs in with.
pub(super) const RULE: Rule = Rule {
    name: "ambiguous-id-token",
    severity: Severity::Warning,
    summary: "a job has several ID tokens, and its secret does not say which one logs in",
    help: "name the token in the secret: `token: $NAME`",
    find,
};

/// A secret, and the tokens that it leaves the choice of.
struct Silent<'a> {
    secret: &'a Secret,
    names: Vec<String>,
    first: Option<&'a Arc<str>>,
}

fn find(subject: &Subject<'_>) -> Vec<Finding> {
    let mut found: Occurrences<Silent<'_>> = Occurrences::new();
    for (pipeline, job) in subject.jobs() {
        let tokens = id_tokens(job);
        let silent = |it: &&Secret| it.token.is_none() && matches!(it.provider, Provider::Vault(_));
        for secret in secrets(job).iter().filter(silent).filter(|_| tokens.len() > 1) {
            let names = || tokens.iter().map(|token| format!("`{}`", token.name)).collect();
            let what = || Silent { secret, names: names(), first: secret.logs_in_with.as_ref() };
            found.add((secret.place, &secret.name), &job.name, pipeline, what);
        }
    }
    let finding = |(place, it): (_, Occurrence<Silent<'_>>)| {
        let Silent { secret, names, first } = &it.what;
        let message = format!("the secret `{}` does not say which ID token logs in", secret.name);
        let label = format!("{} has {}", it.jobs(), listed(names));
        let finding = Finding::of(&RULE, place, message, label);
        match first {
            Some(first) => finding
                .help(format!("name the token in the secret: `token: ${first}`"))
                .note(format!("GitLab takes the first, `{first}`; its documentation promises nothing"), None),
            None => finding,
        }
    };
    found.into_iter().map(finding).collect()
}
