use std::path::Path;

use crate::pipeline::{Checkout, ContextFlags, NamedContext};

/// The kinds of pipeline that every project has, where buildpass.toml names no contexts.
pub(super) fn contexts(flags: &ContextFlags, project: &Path) -> Vec<NamedContext> {
    let given = flags.variable.iter().find_map(|said| said.strip_prefix("CI_DEFAULT_BRANCH="));
    let default = given.map(str::to_owned).or_else(|| flags.reference.clone());
    let default = default.or_else(|| Checkout::at(project).branch()).unwrap_or_else(|| "main".to_owned());
    let context = |name: &str, reference: &str, source: &str, protected| NamedContext {
        name: name.to_owned(),
        reference: Some(reference.to_owned()),
        pipeline_source: Some(source.to_owned()),
        protected: Some(protected),
        variables: [("CI_DEFAULT_BRANCH".to_owned(), default.clone())].into(),
        ..NamedContext::default()
    };
    let mut fork = context("fork's merge request", "feature", "merge_request_event", false);
    fork.project = flags.project.as_deref().map(of_a_fork);
    for (name, value) in
        fork.project.iter().map(|path| ("CI_MERGE_REQUEST_SOURCE_PROJECT_PATH", path.clone()))
    {
        fork.variables.insert(name.to_owned(), value);
    }
    if let Some(project) = &flags.project {
        fork.variables.insert("CI_MERGE_REQUEST_PROJECT_PATH".to_owned(), project.clone());
    }
    vec![
        context("default branch", &default, "push", true),
        context("other branch", "feature", "push", false),
        context("tag", "refs/tags/v1.0.0", "push", false),
        context("merge request", "feature", "merge_request_event", false),
        fork,
        context("schedule", &default, "schedule", true),
    ]
}

/// A fork's merge request runs in the fork.
fn of_a_fork(project: &str) -> String {
    let name = project.rsplit('/').next().unwrap_or(project);
    format!("a-fork/{name}")
}

/// The flags without what the context itself says.
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
    flags
}
