use crate::doctor::{Check, Evidence, Fault, Reach, Stage, Verdict};

/// This is the project whose jobs get the token.
pub(super) const CHECK: Check =
    Check { id: "project", stage: Stage::Configuration, needs: &["configuration"], reach: Reach::Here, run };

/// The variable by which GitLab's own projects tell them apart.
const SECURITY: &str = "SECURITY_PROJECT_PATH";

fn run(evidence: &Evidence<'_>) -> Verdict {
    let environment = evidence.environment;
    let Some(here) = environment.setting("CI_PROJECT_PATH") else {
        return Verdict::not_needed("no CI_PROJECT_PATH says which project this is");
    };
    let verdict = judge(evidence, here);
    match environment.setting("CI_MERGE_REQUEST_SOURCE_PROJECT_PATH") {
        Some(fork) if fork != here => verdict.detail(format!(
            "a merge request from the fork `{fork}`: its ID token names the fork, whose code this is"
        )),
        _ => verdict,
    }
}

fn judge(evidence: &Evidence<'_>, here: &str) -> Verdict {
    match evidence.environment.setting(SECURITY) {
        Some(security) if security == here => told_apart(evidence, here),
        Some(security) if !asks_for_anything(evidence) => other_project(here, security),
        Some(security) => {
            Verdict::pass(format!("`{here}`, which may have a secret although {SECURITY} is `{security}`"))
        }
        None if decides(evidence) && !asks_for_anything(evidence) => Verdict::fail(
            format!("`{here}`, and nothing says which is the security project"),
            Fault::new(
                format!("{SECURITY} holds the path of the project whose jobs get the token"),
                format!("{SECURITY} is not set"),
                format!("{WHERE}: `{SECURITY}` = `{here}`, if this is that project"),
            ),
        ),
        None => Verdict::pass(format!("`{here}`")),
    }
}

const WHERE: &str = "define it in the project's or the group's Settings > CI/CD > Variables; `include:rules` sees these and not `variables:` of the file";

fn told_apart(evidence: &Evidence<'_>, here: &str) -> Verdict {
    let in_doubt = evidence.parts().is_some_and(|parts| parts.doubts.iter().any(|name| name == SECURITY));
    let seen = format!("`{here}` is the security project");
    if !in_doubt {
        return Verdict::pass(seen);
    }
    let fault = Fault::new(
        format!("{SECURITY} is a setting of the project or the group"),
        "the pipeline's file defines it with the same value, and nobody here can tell whether the settings do too".to_owned(),
        WHERE.to_owned(),
    );
    Verdict::warn(seen, fault)
}

fn other_project(here: &str, security: &str) -> Verdict {
    let name = |path: &str| path.rsplit('/').next().unwrap_or_default().to_owned();
    let advice = if name(here) == name(security) {
        "a fork, a mirror or the public project gets no token, and that is meant so: run the job where the token belongs".to_owned()
    } else {
        format!("run the job in `{security}`; if that is the wrong project, {WHERE}")
    };
    let fault = Fault::new(format!("`{security}`, as {SECURITY} says"), format!("`{here}`"), advice);
    Verdict::fail(format!("`{here}` is not the security project"), fault)
}

fn asks_for_anything(evidence: &Evidence<'_>) -> bool {
    evidence.parts().is_some_and(|parts| {
        !parts.filled.is_empty() || parts.secrets.as_ref().is_ok_and(|secrets| !secrets.is_empty())
    })
}

/// Whether something is held back that could depend on the variable.
fn decides(evidence: &Evidence<'_>) -> bool {
    let withheld = evidence.parts().is_some_and(|parts| !parts.withheld.is_empty());
    let reads = |left: &crate::doctor::LeftOut| left.read.iter().any(|(name, _)| name == SECURITY);
    let written = evidence.job.as_ref().and_then(|job| job.written.as_ref().ok());
    withheld || written.is_some_and(|written| written.left_out.iter().any(reads))
}
