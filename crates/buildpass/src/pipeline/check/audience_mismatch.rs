use gitlab_ci::plan::{Audience, Expanded, IdToken, Job, Provider};

use super::{
    Evaluated, Finding, Rule, Severity, Subject, address,
    occurrences::{Occurrences, listed},
    subject::{id_tokens, secrets},
};

/// An ID token that logs in to a vault and is for somebody else.
pub(super) const RULE: Rule = Rule {
    name: "audience-mismatch",
    severity: Severity::Warning,
    summary: "the audience of the ID token that logs in is not the vault's address",
    help: "write the vault's address as `aud`, or name the audience that its role expects in `[identity] audience` of \
           buildpass.toml",
    find,
};

fn find(subject: &Subject<'_>) -> Vec<Finding> {
    let mut found: Occurrences<(&IdToken, Vec<String>)> = Occurrences::new();
    for (pipeline, job) in subject.jobs() {
        for token in id_tokens(job).iter().filter(|token| logs_in(token, job, subject)) {
            let expected = expected(job, pipeline, subject);
            let said: Vec<&Expanded> = match &token.audience {
                Audience::One(one) => vec![one],
                Audience::Several(several) => several.iter().collect(),
            };
            let fits = |one: &&Expanded| match one.value.known() {
                Some(value) => expected.iter().any(|expected| address::same(value, expected)),
                None => true,
            };
            // What is unset is another rule's matter.
            let doubtful = said.iter().any(|one| !one.unset.is_empty() || fits(one));
            if let (Some(first), false, false) = (said.first(), expected.is_empty(), doubtful) {
                found.add((first.place, &token.name), &job.name, pipeline, || (token, expected));
            }
        }
    }
    let finding = |(place, it): (_, super::occurrences::Occurrence<(&IdToken, Vec<String>)>)| {
        let (token, expected) = &it.what;
        let quoted: Vec<String> = expected.iter().map(|one| format!("`{one}`")).collect();
        let message = format!("the ID token `{}` is not for the vault", token.name);
        let label = format!("{} logs in to {}", it.jobs(), listed(&quoted));
        Finding::of(&RULE, place, message, label).note(
            "a token whose audience several servers accept can be replayed by each of them to the others",
            None,
        )
    };
    found.into_iter().map(finding).collect()
}

/// Is it the token that a secret of the job, or buildpass, logs in with?
fn logs_in(token: &IdToken, job: &Job, subject: &Subject<'_>) -> bool {
    let vaults = |secret: &&gitlab_ci::plan::Secret| matches!(secret.provider, Provider::Vault(_));
    let by_secret =
        secrets(job).iter().filter(vaults).any(|it| it.logs_in_with.as_ref() == Some(&token.name));
    by_secret || subject.expectations.id_token.as_deref() == Some(&*token.name)
}

/// Whom the token has to be for: what buildpass.toml says, and the variable that the Runner reads the address from.
fn expected(job: &Job, pipeline: &Evaluated, subject: &Subject<'_>) -> Vec<String> {
    const ADDRESS: &str = "VAULT_SERVER_URL";
    let in_yaml = job.variables.iter().find(|variable| &*variable.name == ADDRESS);
    let from_yaml = in_yaml.and_then(|variable| variable.value.known()).map(|value| value.to_string());
    let setting = pipeline.facts.settings.get(ADDRESS).cloned();
    let runner = setting.or(from_yaml).filter(|address| !address.is_empty() && !address.contains('$'));
    subject.expectations.audiences.iter().cloned().chain(runner).collect()
}
