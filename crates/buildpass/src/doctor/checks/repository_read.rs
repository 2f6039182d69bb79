use super::explained::of_git;
use crate::{
    doctor::{Check, Evidence, Fault, Listing, NamedBy, Reach, Repository, Stage, Verdict},
    secret::SecretName,
};

/// Each repository lists its refs, to whom it should.
pub(super) const CHECK: Check = Check {
    id: "repository-read",
    stage: Stage::Repository,
    needs: &["build-token-scopes", "build-token-role", "repository-credential"],
    reach: Reach::Session,
    run,
};

fn run(evidence: &Evidence<'_>) -> Verdict {
    // What a credential opens is not known without it.
    let is_telling = |repository: &&Repository| match (&repository.credential, repository.named_by) {
        (Some(_), _) => repository.to_us.is_some(),
        (None, NamedBy::Sources) => repository.to_nobody.is_some(),
        (None, NamedBy::Submodules) => false,
    };
    let asked: Vec<&Repository> = evidence.gitlab.repositories.iter().filter(is_telling).collect();
    if asked.is_empty() {
        return Verdict::not_needed(
            "no repository is named by a list of sources or a submodule, or no token is at hand",
        );
    }
    let faults: Vec<Fault> = asked.iter().filter_map(|repository| fault(evidence, repository)).collect();
    let open = asked.iter().filter(|each| each.is_open_to_all()).count();
    let good = asked.len() - faults.len();
    let seen = format!("{good} of {} repositories list their refs, {open} of them to everybody", asked.len());
    Verdict::of(seen, faults, Vec::new())
}

fn fault(evidence: &Evidence<'_>, repository: &Repository) -> Option<Fault> {
    let Repository { name, url, .. } = repository;
    let credential =
        repository.credential.as_ref().map(|(_, name)| name).filter(|_| repository.to_us.is_some());
    let expected = match credential {
        Some(secret) => format!("{url} lists its refs to {secret}"),
        None => format!("{url} lists its refs to everybody, since no credential goes there"),
    };
    let listing = match repository.answer()? {
        Ok(listing) if listing.is_git() => return None,
        Ok(listing) => listing,
        Err(error) => {
            let advice = error
                .hint()
                .unwrap_or_else(|| "is the host right, is it up, and may this runner reach it?".to_owned());
            return Some(Fault::new(expected, format!("`{name}`: {}", super::in_one_line(error)), advice));
        }
    };
    let outside = credential.and_then(|secret| outside(evidence, secret, repository));
    let actual = match &outside {
        Some(reached) => format!("`{name}`: {}, and the token reaches {reached}", words(listing)),
        None => format!("`{name}`: {}", words(listing)),
    };
    let advice = match outside {
        Some(_) => {
            "name a repository below the token's group, or store a token of the group that has it".to_owned()
        }
        None => advice(listing, credential),
    };
    Some(Fault::new(expected, actual, advice))
}

fn words(listing: &Listing) -> String {
    match (listing.status, &listing.location) {
        (300..=399, Some(to)) if to.contains("/users/sign_in") => {
            format!("status {}: it sends to the page for signing in", listing.status)
        }
        (300..=399, Some(to)) => {
            format!("status {}: it sends to {to}, which is not followed", listing.status)
        }
        (200, _) => format!("`{}` and no refs: it is a web page", listing.content_type),
        _ if listing.said.is_empty() => format!("status {}, `{}`", listing.status, listing.content_type),
        _ => format!("status {}: {}", listing.status, listing.said),
    }
}

fn advice(listing: &Listing, credential: Option<&SecretName>) -> String {
    if let Some(row) = of_git(&listing.said) {
        return row.hint();
    }
    match (listing.status, credential) {
        (300..=399 | 200, _) => "write the URL of the repository itself, with `.git` at its end".to_owned(),
        (401, None) => "is it private? name a realm for it with `[[git]]`".to_owned(),
        (429 | 500.., _) => "the server is busy or under repair: try again later".to_owned(),
        _ => "is the URL right, and is it a repository of this GitLab?".to_owned(),
    }
}

/// What the token reaches instead, where that is known and the repository is not among it.
fn outside(evidence: &Evidence<'_>, secret: &SecretName, repository: &Repository) -> Option<String> {
    let token = evidence.gitlab.tokens.iter().find(|token| token.name == *secret)?;
    let reach = token.reach.as_ref()?.as_ref().ok()?.said.as_ref().filter(|reach| !reach.is_cut)?;
    let url = repository.remote.as_ref()?.as_url();
    let path = url.path().trim_matches('/').trim_end_matches(".git").to_lowercase();
    let reaches = |project: &str| {
        let project = project.to_lowercase();
        path == project || path.ends_with(&format!("/{project}"))
    };
    if reach.projects.iter().any(|project| reaches(&project.path_with_namespace)) {
        return None;
    }
    let below: Vec<&str> = reach.groups.iter().map(|group| group.web_url.as_str()).take(3).collect();
    Some(match below[..] {
        [] => format!("{} projects elsewhere", reach.projects.len()),
        _ => format!("{} projects in {}", reach.projects.len(), below.join(", ")),
    })
}
