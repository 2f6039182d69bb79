use gitlab_ci::plan::{Provider, Secret, VaultSecret};

use super::{
    Finding, Rule, Severity, Subject,
    occurrences::{Occurrence, Occurrences},
    subject::secrets,
};

/// A reference that was copied from the vault's API.
pub(super) const RULE: Rule = Rule {
    name: "api-path-reference",
    severity: Severity::Error,
    summary: "a secret's reference is a path of the vault's HTTP API",
    help: "write `path/field@mount`: GitLab puts `data/` in by itself",
    find,
};

/// What the API of a `kv-v2` engine has between mount and path.
const OF_THE_API: [&str; 2] = ["data", "metadata"];

fn find(subject: &Subject<'_>) -> Vec<Finding> {
    let mut found: Occurrences<(&Secret, String)> = Occurrences::new();
    for (pipeline, job) in subject.jobs() {
        for secret in secrets(job) {
            let Provider::Vault(vault) = &secret.provider else { continue };
            if let Some(proper) = proper_form(vault) {
                found.add((vault.place, &secret.name), &job.name, pipeline, || (secret, proper));
            }
        }
    }
    let finding = |(place, it): (_, Occurrence<(&Secret, String)>)| {
        let (secret, proper) = &it.what;
        let message =
            format!("the reference of the secret `{}` is a path of the vault's HTTP API", secret.name);
        Finding::of(&RULE, place, message, format!("{} would read what is not there", it.jobs()))
            .help(format!("write `{proper}`: GitLab puts `data/` in by itself"))
    };
    found.into_iter().map(finding).collect()
}

/// What was meant, where a path of the API was written.
fn proper_form(vault: &VaultSecret) -> Option<String> {
    if vault.engine != "kv-v2" {
        return None;
    }
    let whole = format!("{}/{}", vault.path.trim_matches('/'), vault.field);
    let segments: Vec<&str> = whole.strip_prefix("v1/").unwrap_or(&whole).split('/').collect();
    match segments[..] {
        // `data/a/b@ci`
        [first, ref rest @ ..] if OF_THE_API.contains(&first) && rest.len() > 1 => {
            Some(format!("{}@{}", rest.join("/"), vault.mount))
        }
        // `ci/data/a/b` without a mount, and with the mount of the whole path once more.
        [mount, second, ref rest @ ..]
            if OF_THE_API.contains(&second)
                && !rest.is_empty()
                && [mount, "kv-v2"].contains(&&*vault.mount) =>
        {
            let field = if rest.len() > 1 { String::new() } else { "/FIELD".to_owned() };
            Some(format!("{}{field}@{mount}", rest.join("/")))
        }
        _ => None,
    }
}
