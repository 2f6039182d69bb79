use crate::{
    doctor::{Check, Evidence, Fault, Reach, Stage, Verdict},
    identity::Opened,
};

/// What the ID token says of the job, which is what a role can bind.
pub(super) const CHECK: Check =
    Check { id: "id-token-claims", stage: Stage::Identity, needs: &["id-token"], reach: Reach::Here, run };

/// What roles bind, in the order in which people ask.
const BOUND: [&str; 12] = [
    "project_path",
    "project_id",
    "namespace_path",
    "ref",
    "ref_type",
    "ref_protected",
    "environment",
    "environment_protected",
    "pipeline_source",
    "job_project_path",
    "user_login",
    "runner_environment",
];

fn run(evidence: &Evidence<'_>) -> Verdict {
    let Some(Ok(opened)) = evidence.held().map(|held| &held.opened) else {
        return Verdict::not_needed("no ID token logs in here");
    };
    let said: Vec<String> =
        BOUND.iter().filter_map(|claim| Some(format!("{claim} `{}`", opened.written(claim)?))).collect();
    let seen = match said.is_empty() {
        true => format!("sub `{}`", opened.written("sub").unwrap_or_default()),
        false => said.join(", "),
    };
    let claimed = opened.written("project_path");
    let running = evidence.environment.setting("CI_PROJECT_PATH");
    match (claimed, running) {
        (Some(claimed), Some(running)) if claimed != running => {
            Verdict::warn(seen, elsewhere(opened, &claimed, running, evidence))
        }
        _ => Verdict::pass(seen),
    }
}

/// The token names another project than the one that the job runs in.
fn elsewhere(opened: &Opened, claimed: &str, running: &str, evidence: &Evidence<'_>) -> Fault {
    let source = evidence.environment.setting("CI_MERGE_REQUEST_SOURCE_PROJECT_PATH");
    let of_a_fork = source == Some(claimed) || opened.written("job_project_path").as_deref() == Some(running);
    let expected = format!("`project_path` is `{running}`, where this job runs (CI_PROJECT_PATH)");
    let actual = format!("`project_path` is `{claimed}`");
    let advice = if of_a_fork {
        format!(
            "no mistake: this pipeline is of a merge request from the fork `{claimed}`, and since GitLab 18.2 its ID token names the fork. A \
             role for `{running}` refuses it, so that a fork's code does not get the project's secrets; run the pipeline on a branch of \
             `{running}` itself"
        )
    } else {
        "the token is another project's: is the variable set by this job's own `id_tokens:`?".to_owned()
    };
    Fault::new(expected, actual, advice)
}
