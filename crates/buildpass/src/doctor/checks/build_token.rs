use super::NO_TOKEN;
use std::time::{Duration, SystemTime};

use super::explained::of_gitlab;
use crate::doctor::{AboutToken, Check, Evidence, Fault, Reach, Stage, TokenSeen, Verdict};
use crate::explain::Row;

/// The build token is good.
pub(super) const CHECK: Check =
    Check { id: "build-token", stage: Stage::BuildToken, needs: &["gitlab"], reach: Reach::Session, run };

/// A token that ends so soon is to be rotated now.
const SOON_DAYS: u64 = 7;

fn run(evidence: &Evidence<'_>) -> Verdict {
    let tokens = &evidence.gitlab.tokens;
    if tokens.is_empty() {
        return Verdict::not_needed(NO_TOKEN);
    }
    let (mut seen, mut faults, mut warnings) = (Vec::new(), Vec::new(), Vec::new());
    for token in tokens {
        let Ok(answer) = &token.answer else { continue };
        match &answer.said {
            Some(about) => {
                let left = days_left(about, evidence.clock.now());
                seen.push(in_words(token, about, left));
                match about {
                    AboutToken { active: false, .. } => faults.push(inactive(token, about)),
                    _ if left.is_some_and(|days| days < SOON_DAYS) => warnings.push(ends_soon(token, left)),
                    _ => {}
                }
            }
            None if git_takes(evidence, token) => {
                seen.push(format!("GitLab's API does not tell of {}, and git takes it", token.name));
                warnings.push(Fault::new(
                    format!("GitLab tells of {}", token.name),
                    "it refuses it, as it does a deploy token, a job's own and a fine-grained one, and git takes it: nobody can look at its end, its scopes and its role",
                    "leave it, where that is meant; of a group access token with the scope `read_repository`, `doctor` sees all of these",
                ));
            }
            None => {
                seen.push(format!("GitLab refuses {}", token.name));
                faults.push(refused(token, &answer.words, answer.status));
            }
        }
    }
    Verdict::of(seen.join("; "), faults, warnings)
}

/// Whether a repository that is not for everybody lists its refs to it.
fn git_takes(evidence: &Evidence<'_>, token: &TokenSeen) -> bool {
    evidence.gitlab.repositories.iter().any(|repository| {
        let is_its = repository.credential.as_ref().is_some_and(|(_, name)| *name == token.name);
        let lists = matches!(&repository.to_us, Some(Ok(listing)) if listing.is_git());
        is_its && lists && !repository.is_open_to_all()
    })
}

fn in_words(token: &TokenSeen, about: &AboutToken, left: Option<u64>) -> String {
    let end = match (&about.expires_at, left) {
        (Some(day), Some(1)) => format!("ends on {day}, in a day"),
        (Some(day), Some(days)) => format!("ends on {day}, in {days} days"),
        (Some(day), None) => format!("ended on {day}"),
        (None, _) => "has no end".to_owned(),
    };
    format!("{} is GitLab's `{}`, which {end}", token.name, about.name)
}

fn inactive(token: &TokenSeen, about: &AboutToken) -> Fault {
    let actual = if about.revoked { "it was revoked" } else { "it has expired" };
    Fault::new(format!("{} is active", token.name), actual, "rotate it, and store the new one in the vault")
}

fn ends_soon(token: &TokenSeen, left: Option<u64>) -> Fault {
    Fault::new(
        format!("{} lives a week or longer", token.name),
        format!("{} days are left", left.unwrap_or_default()),
        "rotate it, and store the new one in the vault, before 00:00 UTC of its last day",
    )
}

fn refused(token: &TokenSeen, words: &str, status: u16) -> Fault {
    let row = of_gitlab(words);
    let meaning = row.map_or("GitLab does not take it", |row| row.meaning);
    // Who the token is was just asked.
    let advice = row.filter(|row| row.name != "gitlab-unauthorized").map_or_else(
        || "is the stored value a whole token of this GitLab, and nothing else? else make a new one, and store it in the vault".to_owned(),
        Row::hint,
    );
    Fault::new(format!("GitLab knows {}", token.name), format!("{meaning}: status {status}, {words}"), advice)
}

/// Whole days until it ends, at 00:00 UTC of the day that it names; `None` where it has ended or never does.
fn days_left(about: &AboutToken, now: SystemTime) -> Option<u64> {
    let end = humantime::parse_rfc3339(&format!("{}T00:00:00Z", about.expires_at.as_ref()?)).ok()?;
    let left = end.duration_since(now).ok()?;
    Some(left.as_secs().div_ceil(Duration::from_secs(86_400).as_secs()))
}
