use super::NO_TOKEN;
use crate::doctor::{Check, Evidence, Fault, Reach, Stage, TokenReach, Verdict};
use crate::secret::SecretName;

/// The build token's user is a member where it counts, at a level that reads code and no higher.
pub(super) const CHECK: Check = Check {
    id: "build-token-role",
    stage: Stage::BuildToken,
    needs: &["build-token"],
    reach: Reach::Session,
    run,
};

/// GitLab's numbers: <https://docs.gitlab.com/development/permissions/predefined_roles/>
const REPORTER: u8 = 20;
const MAINTAINER: u8 = 40;

/// So many groups are named.
const MOST_NAMED: usize = 5;

fn run(evidence: &Evidence<'_>) -> Verdict {
    let (mut seen, mut faults, mut warnings) = (Vec::new(), Vec::new(), Vec::new());
    let mut groups = Vec::new();
    for token in &evidence.gitlab.tokens {
        let Some(Ok(answer)) = &token.reach else { continue };
        let Some(reach) = &answer.said else { continue };
        let levels = || reach.groups.iter().filter_map(|group| group.access_levels);
        let levels = levels().chain(reach.projects.iter().filter_map(|project| project.level()));
        let highest = levels.max();
        seen.push(in_words(&token.name, reach, highest));
        groups.extend(reach.groups.iter().map(|group| group.web_url.clone()));
        match highest {
            Some(level) if level < REPORTER => faults.push(Fault::new(
                format!("{} is Reporter or above: no other role reads code", token.name),
                format!("its highest role is {}", role(level)),
                "make a token with the role Reporter, and store it in the vault: the role of a token cannot be changed",
            )),
            Some(level) if level >= MAINTAINER => warnings.push(Fault::new(
                format!("{} is Reporter or Developer", token.name),
                format!("its highest role is {}", role(level)),
                "make a token with the role Reporter, and store it in the vault",
            )),
            Some(_) => {}
            None if reach.groups.is_empty() && reach.projects.is_empty() => faults.push(Fault::new(
                format!("{} is a member of a group or a project", token.name),
                "it is a member of none: its user was removed, or is another than was meant",
                "make the user a member, or make a new token of the right group, and store it in the vault",
            )),
            None => {}
        }
    }
    if evidence.gitlab.tokens.is_empty() {
        return Verdict::not_needed(NO_TOKEN);
    }
    if seen.is_empty() {
        return Verdict::not_needed("this GitLab does not tell what a token reaches: it does from 17.4 on");
    }
    let more = groups.len().saturating_sub(MOST_NAMED);
    let verdict = Verdict::of(seen.join("; "), faults, warnings);
    let verdict = groups.into_iter().take(MOST_NAMED).fold(verdict, Verdict::detail);
    if more > 0 { verdict.detail(format!("and {more} more groups")) } else { verdict }
}

fn in_words(name: &SecretName, reach: &TokenReach, highest: Option<u8>) -> String {
    let role = highest.map_or_else(|| "not a member".to_owned(), role);
    let more = if reach.is_cut { " and more" } else { "" };
    let counted = |count: usize, word: &str| format!("{count} {word}{}", if count == 1 { "" } else { "s" });
    let (groups, projects) = (counted(reach.groups.len(), "group"), counted(reach.projects.len(), "project"));
    format!("{name} is {role}, and reaches {groups} and {projects}{more}")
}

fn role(level: u8) -> String {
    match level {
        50.. => "Owner",
        40.. => "Maintainer",
        30.. => "Developer",
        20.. => "Reporter",
        15.. => "Planner",
        10.. => "Guest",
        _ => "less than Guest",
    }
    .to_owned()
}
