use std::path::Path;

use crate::pipeline::{Checkout, ContextFlags, NamedContext};

const FORK: &str = "fork's merge request";

const DEFAULT_BRANCH: &str = "CI_DEFAULT_BRANCH";

/// GitLab's own for a project that says nothing else, and what is taken where nothing here says it.
pub(in crate::cli) const GUESS: &str = "main";

/// The kinds of pipeline that every project has, where buildpass.toml names no contexts.
pub(super) fn contexts(
    flags: &ContextFlags,
    of_job: &[(String, String)],
    project: &Path,
) -> Vec<NamedContext> {
    let job_says = |wanted: &str| said(of_job, wanted);
    let default = default_branch(flags, of_job, project).unwrap_or_else(|| GUESS.to_owned());
    let other = if default == "feature" { "other" } else { "feature" };
    let context = |name: &str, reference: &str, source: &str, protected| NamedContext {
        name: name.to_owned(),
        reference: Some(reference.to_owned()),
        pipeline_source: Some(source.to_owned()),
        protected: Some(protected),
        variables: [(DEFAULT_BRANCH.to_owned(), default.clone())].into(),
        ..NamedContext::default()
    };
    let merge_request = |name: &str| {
        let mut context = context(name, other, "merge_request_event", false);
        context.variables.insert("CI_MERGE_REQUEST_TARGET_BRANCH_NAME".to_owned(), default.clone());
        context
    };
    let mut fork = merge_request(FORK);
    if let Some(project) = flags.project.clone().or_else(|| job_says("CI_PROJECT_PATH")) {
        let source = of_a_fork(&project);
        fork.variables.insert("CI_MERGE_REQUEST_SOURCE_PROJECT_PATH".to_owned(), source.clone());
        fork.variables.insert("CI_MERGE_REQUEST_PROJECT_PATH".to_owned(), project);
        fork.project = Some(source);
    }
    vec![
        context("default branch", &default, "push", true),
        context("other branch", other, "push", false),
        context("tag", "refs/tags/v1.0.0", "push", false),
        merge_request("merge request"),
        fork,
        context("schedule", &default, "schedule", true),
    ]
}

/// The default branch, where anything says it. The branch that is checked out may be any: who gets what there says nothing of it.
pub(super) fn default_branch(
    flags: &ContextFlags,
    of_job: &[(String, String)],
    project: &Path,
) -> Option<String> {
    let given = flags.variable.iter().find_map(|said| said.strip_prefix(DEFAULT_BRANCH)?.strip_prefix('='));
    let given = given.map(str::to_owned).or_else(|| said(of_job, DEFAULT_BRANCH));
    given.or_else(|| Checkout::at(project).default_branch())
}

fn said(of_job: &[(String, String)], wanted: &str) -> Option<String> {
    of_job.iter().find(|(name, _)| name == wanted).map(|(_, value)| value.clone())
}

/// A fork's merge request runs in the fork.
fn of_a_fork(project: &str) -> String {
    let name = project.rsplit('/').next().unwrap_or(project);
    format!("a-fork/{name}")
}

/// The flags without what the context itself says. The settings of a project are not those of its forks.
pub(super) fn beneath(flags: &ContextFlags, named: &NamedContext) -> ContextFlags {
    let mut flags = flags.clone();
    if named.project.is_some() {
        flags.project = None;
    }
    if named.reference.is_some() {
        flags.reference = None;
    }
    if named.pipeline_source.is_some() {
        flags.pipeline_source = None;
    }
    if named.protected.is_some() {
        (flags.protected, flags.unprotected) = (false, false);
    }
    if named.name == FORK {
        flags.variable.retain(|said| said.starts_with("CI_"));
        flags.variables_file.clear();
    }
    flags
}
