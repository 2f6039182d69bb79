use gitlab_ci::plan::{Provider, Secret};

use super::{
    Finding, Rule, Severity, Subject,
    occurrences::Occurrences,
    subject::{id_tokens, secrets},
};

/// A secret of a job that has nothing to log in with.
pub(super) const RULE: Rule = Rule {
    name: "secret-without-id-token",
    severity: Severity::Error,
    summary: "a job has a secret and no ID token to log in with",
    help: "give the job an ID token, with `id_tokens` of its own or of a template that it extends",
    find,
};

/// Providers that always want an ID token.
const WANT_A_TOKEN: [&str; 2] = ["azure_key_vault", "gcp_secret_manager"];

fn find(subject: &Subject<'_>) -> Vec<Finding> {
    let mut found: Occurrences<(&Secret, Option<&str>)> = Occurrences::new();
    for (pipeline, job) in subject.jobs().filter(|(_, job)| job.id_tokens.known().is_some()) {
        for secret in secrets(job).iter().filter(|it| it.logs_in_with.is_none() && wants_a_token(it)) {
            let named = secret.token.as_ref().map(|(written, _)| &**written);
            let place = match &secret.token {
                Some((_, place)) if !id_tokens(job).is_empty() => *place,
                _ => secret.place,
            };
            let key = if id_tokens(job).is_empty() { "none" } else { "other" };
            found.add((place, key), &job.name, pipeline, || (secret, named.filter(|_| key == "other")));
        }
    }
    let finding = |(place, it): (_, super::occurrences::Occurrence<(&Secret, Option<&str>)>)| {
        let (secret, other) = it.what;
        match other {
            Some(written) => Finding::of(
                &RULE,
                place,
                format!("`token: {written}` of the secret `{}` is none of the job's ID tokens", secret.name),
                format!("{} has no such ID token", it.jobs()),
            )
            .help("name a token of the job's `id_tokens`, as `$NAME`"),
            None => Finding::of(
                &RULE,
                place,
                format!("the secret `{}` has no ID token to log in with", secret.name),
                format!("{} has no `id_tokens`", it.jobs()),
            )
            .note("GitLab would send `CI_JOB_JWT`, which is gone since GitLab 17.0", None),
        }
    };
    found.into_iter().map(finding).collect()
}

fn wants_a_token(secret: &Secret) -> bool {
    match &secret.provider {
        Provider::Vault(_) => true,
        Provider::Other(provider) => WANT_A_TOKEN.contains(&&**provider),
    }
}
