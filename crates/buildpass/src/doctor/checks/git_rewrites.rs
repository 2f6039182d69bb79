use super::of_url::without_password;
use crate::{
    doctor::{Check, Evidence, Fault, Reach, Repository, Stage, Verdict},
    git::{self, RemoteUrl},
};

/// git goes to the URLs that are named: nothing rewrites them to another place.
pub(super) const CHECK: Check =
    Check { id: "git-rewrites", stage: Stage::Git, needs: &["git-program"], reach: Reach::Here, run };

fn run(evidence: &Evidence<'_>) -> Verdict {
    let Some(git) = &evidence.gitlab.git else { return Verdict::not_needed("git was not looked at") };
    let (mut faults, mut seen) = (Vec::new(), Vec::new());
    for repository in &evidence.gitlab.repositories {
        let target = git.ways.get(&repository.url).and_then(|way| way.target.as_ref());
        let Some(target) = target else { continue };
        let written = without_password(target);
        if repository.credential.is_some() && !stays(evidence, target) {
            faults.push(stolen(evidence, repository, &written));
        } else {
            seen.push(format!("{} becomes {written}", without_password(&repository.url)));
        }
    }
    let said = match faults.len() {
        0 => "git goes where it is sent".to_owned(),
        count => format!("{count} of {} URLs become another place's", evidence.gitlab.repositories.len()),
    };
    let verdict = Verdict::of(said, faults, Vec::new());
    seen.into_iter().fold(verdict, Verdict::detail)
}

/// Whether the credential would be asked for there too.
fn stays(evidence: &Evidence<'_>, target: &str) -> bool {
    target.parse::<RemoteUrl>().is_ok_and(|target| {
        let realms = &evidence.realms().realms;
        realms.iter().any(|each| each.realm.judge(&target) == git::Reach::Inside)
    })
}

fn stolen(evidence: &Evidence<'_>, repository: &Repository, target: &str) -> Fault {
    let lines = evidence.gitlab.git.iter().flat_map(|git| &git.lines);
    let rewrites = |line: &&git::ConfigLine| {
        let key = line.key.to_lowercase();
        key.starts_with("url.") && key.ends_with("insteadof") && repository.url.starts_with(&line.value)
    };
    let culprit = lines.filter(rewrites).max_by_key(|line| line.value.len());
    let place = culprit.map_or_else(
        || "git's configuration".to_owned(),
        |line| format!("`{}` ({})", without_password(&line.key), line.origin),
    );
    Fault::new(
        format!("git goes to {}", without_password(&repository.url)),
        format!("it goes to {target}, because of {place}"),
        "remove that line, or make its `insteadOf` shorter than the realm: the longest wins",
    )
}
