use super::of_url::without_password;
use crate::{
    doctor::{Check, Evidence, Fault, Reach, Stage, Verdict},
    git::{self, RemoteUrl},
};

/// What the project commits for git-lfs keeps it on the servers of the realms.
pub(super) const CHECK: Check =
    Check { id: "git-lfs", stage: Stage::Git, needs: &["git-program"], reach: Reach::Here, run };

fn run(evidence: &Evidence<'_>) -> Verdict {
    let Some(git) = &evidence.gitlab.git else { return Verdict::not_needed("git was not looked at") };
    let knows_lfs = git.lines.iter().any(|line| line.key.starts_with("filter.lfs."));
    let unused = Some(Fault::new(
        "git-lfs is set up, since the project keeps files with it",
        "no `filter.lfs` is configured: what is checked out are pointers, and not the files",
        "install git-lfs in the job's image, and run `git lfs install`",
    ))
    .filter(|_| git.keeps_files_in_lfs && !knows_lfs);
    let urls: Vec<_> = git.lfs.iter().filter(|line| names_a_server(&line.key)).collect();
    if urls.is_empty() && unused.is_none() {
        return Verdict::not_needed("the project's `.lfsconfig` names no server, or there is none");
    }
    let realms = &evidence.realms().realms;
    let inside = |url: &str| {
        let url: Option<RemoteUrl> = url.parse().ok();
        url.is_some_and(|url| realms.iter().any(|each| each.realm.judge(&url) == git::Reach::Inside))
    };
    let elsewhere = urls.iter().filter(|line| !realms.is_empty() && !inside(&line.value));
    let faults: Vec<Fault> = elsewhere
        .map(|line| {
            let realms: Vec<&str> = realms.iter().map(|each| each.realm.as_str()).collect();
            Fault::new(
                format!("git-lfs asks below {}", realms.join(" or ")),
                format!(
                    "`.lfsconfig` sends it to {}, where no credential goes",
                    without_password(&line.value)
                ),
                format!(
                    "take `{}` out of `.lfsconfig`, or name a realm for that server with another `[[git]]`",
                    without_password(&line.key)
                ),
            )
        })
        .collect();
    let seen: Vec<String> = urls.iter().map(|line| without_password(&line.value)).collect();
    let seen = if seen.is_empty() { "the repository's own server".to_owned() } else { seen.join(", ") };
    Verdict::of(format!("git-lfs is sent to {seen}"), faults, unused.into_iter().collect())
}

/// <https://github.com/git-lfs/git-lfs/blob/main/docs/man/git-lfs-config.adoc>
fn names_a_server(key: &str) -> bool {
    matches!(key, "lfs.url" | "lfs.pushurl")
        || key.starts_with("remote.") && key.to_lowercase().ends_with(".lfsurl")
}
