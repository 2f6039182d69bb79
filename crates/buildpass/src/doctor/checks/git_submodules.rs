use url::Url;

use super::of_url::without_password;
use crate::doctor::{Check, Evidence, Fault, Listing, NamedBy, Reach, Repository, Stage, Verdict};

/// Each submodule of the project can be fetched: by a token of its realm, or by everybody.
pub(super) const CHECK: Check =
    Check { id: "git-submodules", stage: Stage::Git, needs: &["git-program"], reach: Reach::Servers, run };

fn run(evidence: &Evidence<'_>) -> Verdict {
    let all = evidence.gitlab.repositories.iter().filter(|each| each.named_by == NamedBy::Submodules);
    let all: Vec<&Repository> = all.collect();
    if all.is_empty() {
        return Verdict::not_needed("the project has no submodule of another place");
    }
    // Those of a realm are `repository-read`'s.
    let faults: Vec<Fault> =
        all.iter().filter(|each| each.credential.is_none()).filter_map(|each| fault(each)).collect();
    let ours = all.iter().filter(|each| each.credential.is_some()).count();
    Verdict::of(format!("{} submodules by URL, {ours} of them in a realm", all.len()), faults, Vec::new())
}

fn fault(repository: &Repository) -> Option<Fault> {
    let name = &repository.name;
    let url = without_password(&repository.url);
    let expected = format!("the submodule `{name}` lies in a realm, or everybody may read it");
    let has_credential = url != repository.url && !names_a_user_of_ssh(&repository.url);
    if repository.remote.is_none() || has_credential && !repository.is_open_to_all() {
        let actual = if has_credential {
            format!("{url} has a credential in it, where everybody can read it")
        } else if repository.url.starts_with("http:") {
            format!("{url} is plain http, where no credential goes")
        } else {
            format!("{url}: ssh takes keys and no token")
        };
        return Some(Fault::new(
            expected,
            actual,
            "write its https URL, or a relative one, into `.gitmodules`",
        ));
    }
    match &repository.to_nobody {
        None => None,
        Some(Ok(listing)) if listing.is_git() => None,
        Some(Ok(Listing { status, .. })) => Some(Fault::new(
            expected,
            format!("{url} lies in no realm, and answers {status} to whoever has no credential"),
            "name its realm and the secret for it with another `[[git]]`, or take a relative URL where it lies on the same server",
        )),
        Some(Err(error)) => Some(Fault::new(
            expected,
            format!("{url} does not answer: {}", super::in_one_line(error)),
            error.hint().unwrap_or_else(|| "may this runner reach that server?".to_owned()),
        )),
    }
}

/// `ssh://git@host/path`, which git needs as it is.
fn names_a_user_of_ssh(url: &str) -> bool {
    Url::parse(url).is_ok_and(|url| url.scheme() == "ssh" && url.password().is_none())
}
