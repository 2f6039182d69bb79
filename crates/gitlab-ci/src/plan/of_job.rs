use alloc::string::{String, ToString};
use alloc::vec::Vec;

use super::draft::Draft;
use super::job::When;
use super::parallel::Parallel;
use super::scope::{Shared, refers};
use super::spot::Spot;
use crate::answer::{Answer, Reason};
use crate::context::slug;

/// What GitLab predefines for a job by itself.
pub(super) fn predefined(draft: &Draft<'_>, shared: &Shared<'_>) -> Vec<(&'static str, Answer<String>)> {
    let name = &*draft.shape.entry.key;
    let several = || Answer::Unknown(Reason::new("it differs among the jobs of `parallel`"));
    let of_one = |value: String| match draft.parallel {
        Parallel::No => Answer::Known(value),
        Parallel::Number(_) | Parallel::Matrix { .. } => several(),
    };
    let mut all = alloc::vec![
        ("CI_JOB_NAME", of_one(name.to_string())),
        ("CI_JOB_NAME_SLUG", of_one(slug(name))),
        ("CI_JOB_STAGE", Answer::Known(draft.stage.0.to_string())),
        ("CI_NODE_TOTAL", Answer::Known(draft.parallel.total().to_string())),
    ];
    if !matches!(draft.parallel, Parallel::No) {
        all.push(("CI_NODE_INDEX", several()));
    }
    if draft.when == When::Manual {
        all.push(("CI_JOB_MANUAL", Answer::Known("true".to_string())));
    }
    all.extend(
        environment(draft)
            .into_iter()
            .filter(|(name, value)| value.known().is_some() || !shared.predefines(name)),
    );
    all
}

fn environment(draft: &Draft<'_>) -> Vec<(&'static str, Answer<String>)> {
    let jobs = Spot::jobs(&draft.shape.content);
    let job = jobs.below(&draft.shape.entry.key, &draft.shape.content);
    let Some(environment) = job.key("environment") else { return Vec::new() };
    let open = || Answer::Unknown(Reason::new("it comes from the job's `environment`"));
    let text = |key| Some(environment.key(key)?.value.node.text()?.to_string());
    let plain = |value: Option<String>| value.filter(|it| !refers(it)).map_or_else(open, Answer::Known);
    let name = environment.value.node.text().map(ToString::to_string).or_else(|| text("name"));
    alloc::vec![
        ("CI_ENVIRONMENT_NAME", plain(name)),
        ("CI_ENVIRONMENT_ACTION", plain(Some(text("action").unwrap_or_else(|| "start".to_string())))),
        ("CI_ENVIRONMENT_TIER", plain(text("deployment_tier"))),
        ("CI_ENVIRONMENT_URL", plain(text("url"))),
    ]
}
