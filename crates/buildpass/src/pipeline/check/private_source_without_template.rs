use gitlab_ci::plan::Job;

use super::{
    Finding, Rule, Severity, Subject,
    occurrences::{Occurrence, Occurrences},
    script::scripts,
    shell::{self, Command, Variable},
    templates::hands_out,
};

/// A job that fetches what is private, and has no token for it.
pub(super) const RULE: Rule = Rule {
    name: "private-source-without-template",
    severity: Severity::Warning,
    summary: "a job fetches a private source and extends no template that hands out a token",
    help: "let the job extend the token template",
    find,
};

/// What fetches from a URL.
const FETCHES: [&str; 4] = ["git", "curl", "wget", "go"];

fn find(subject: &Subject<'_>) -> Vec<Finding> {
    let mut found: Occurrences<String> = Occurrences::new();
    for (pipeline, job) in subject.jobs().filter(|(_, job)| has_nothing(job)) {
        for script in scripts(job) {
            for command in shell::commands(script.text) {
                let Some(what) = private(&command, subject) else { continue };
                let word = command.text.split_whitespace().next().unwrap_or_default();
                let at = Variable { name: "", start: command.start, end: command.start + word.len() };
                let place = script.place_of(&at, subject.sources);
                found.add((place, &what), &job.name, pipeline, || what.clone());
            }
        }
    }
    let finding = |(place, it): (_, Occurrence<String>)| {
        let message = format!("{} fetches a private source without a token", it.jobs());
        Finding::of(&RULE, place, message, it.what)
    };
    found.into_iter().map(finding).collect()
}

/// Neither an ID token nor a secret, in any pipeline where that is known.
fn has_nothing(job: &Job) -> bool {
    job.assumes.is_empty() && hands_out(&job.content).next().is_none()
}

/// What of a command lies behind a token.
fn private(command: &Command<'_>, subject: &Subject<'_>) -> Option<String> {
    let configured = subject.expectations.fetching.iter().find(|fetching| begins(command, fetching));
    if let Some(fetching) = configured {
        return Some(format!("`{fetching}` fetches private sources"));
    }
    let realm = subject
        .expectations
        .private
        .iter()
        .find(|realm| command.text.contains("://") && command.text.contains(realm.as_str()));
    let realm = realm.filter(|_| command.is(&FETCHES));
    realm.map(|realm| format!("`{realm}` is private"))
}

fn begins(command: &Command<'_>, fetching: &str) -> bool {
    let mut words = command.words();
    fetching.split_whitespace().all(|word| words.next() == Some(word))
}
