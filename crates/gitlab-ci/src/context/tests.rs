use alloc::collections::BTreeMap;
use alloc::string::{String, ToString};
use alloc::vec::Vec;

use super::{Facts, Ref};
use crate::answer::Answer;

/// What is said of a predefined variable.
#[derive(Debug, PartialEq)]
enum Said {
    Is(String),
    Unknown,
    Unset,
}

fn said(all: &BTreeMap<String, Answer<String>>, name: &str) -> Said {
    match all.get(name) {
        Some(Answer::Known(value)) => Said::Is(value.clone()),
        Some(Answer::Unknown(reason)) => {
            assert_eq!(reason.to_string(), alloc::format!("`{name}` was not given"));
            Said::Unknown
        }
        None => Said::Unset,
    }
}

fn given(pairs: &[(&str, &str)]) -> BTreeMap<String, String> {
    pairs.iter().map(|(name, value)| (name.to_string(), value.to_string())).collect()
}

fn on(reference: Ref) -> Facts {
    Facts { project: Some("top/sub/Some.Project".into()), reference: Some(reference), ..Facts::default() }
}

fn check(facts: &Facts, expected: &[(&str, Option<&str>)], unknown: &[&str]) {
    let all = facts.predefined();
    for (name, value) in expected {
        let value = value.map_or(Said::Unset, |value| Said::Is(value.into()));
        assert_eq!(said(&all, name), value, "{name}");
    }
    for name in unknown {
        assert_eq!(said(&all, name), Said::Unknown, "{name}");
    }
}

#[test]
fn a_branch_pipeline_has_what_follows_from_project_and_branch() {
    let facts = Facts { protected: Some(true), ..on(Ref::Branch("feature/One".into())) };
    check(
        &facts,
        &[
            ("CI", Some("true")),
            ("GITLAB_CI", Some("true")),
            ("CI_SERVER", Some("yes")),
            ("CI_SERVER_NAME", Some("GitLab")),
            ("CI_SERVER_HOST", Some("gitlab.com")),
            ("CI_SERVER_FQDN", Some("gitlab.com")),
            ("CI_SERVER_PORT", Some("443")),
            ("CI_SERVER_PROTOCOL", Some("https")),
            ("CI_SERVER_URL", Some("https://gitlab.com")),
            ("CI_API_V4_URL", Some("https://gitlab.com/api/v4")),
            ("CI_API_GRAPHQL_URL", Some("https://gitlab.com/api/graphql")),
            ("CI_TEMPLATE_REGISTRY_HOST", Some("registry.gitlab.com")),
            ("CI_CONFIG_PATH", Some(".gitlab-ci.yml")),
            ("CI_PROJECT_PATH", Some("top/sub/Some.Project")),
            ("CI_PROJECT_NAME", Some("Some.Project")),
            ("CI_PROJECT_NAMESPACE", Some("top/sub")),
            ("CI_PROJECT_ROOT_NAMESPACE", Some("top")),
            ("CI_PROJECT_PATH_SLUG", Some("top-sub-some-project")),
            ("CI_PROJECT_URL", Some("https://gitlab.com/top/sub/Some.Project")),
            ("CI_COMMIT_REF_NAME", Some("feature/One")),
            ("CI_COMMIT_REF_SLUG", Some("feature-one")),
            ("CI_COMMIT_BRANCH", Some("feature/One")),
            ("CI_COMMIT_REF_PROTECTED", Some("true")),
            ("CI_PIPELINE_SOURCE", Some("push")),
            ("CI_COMMIT_TAG", None),
            ("CI_COMMIT_TAG_MESSAGE", None),
            ("CI_MERGE_REQUEST_IID", None),
            ("CI_OPEN_MERGE_REQUESTS", None),
            ("CI_DEPLOY_FREEZE", None),
            ("CI_ENVIRONMENT_NAME", None),
            ("CI_HAS_OPEN_REQUIREMENTS", None),
            ("CI_PIPELINE_TRIGGERED", None),
            ("CI_PIPELINE_SCHEDULE_DESCRIPTION", None),
            ("CI_JOB_NAME", None),
            ("CI_JOB_ID", None),
            ("CI_PIPELINE_ID", None),
            ("CI_REGISTRY_PASSWORD", None),
        ],
        &[
            "CI_COMMIT_SHA",
            "CI_COMMIT_SHORT_SHA",
            "CI_COMMIT_BEFORE_SHA",
            "CI_COMMIT_MESSAGE",
            "CI_DEFAULT_BRANCH",
            "CI_PROJECT_ID",
            "CI_PROJECT_VISIBILITY",
            "CI_REGISTRY",
            "GITLAB_USER_LOGIN",
            "GITLAB_FEATURES",
        ],
    );
}

#[test]
fn a_tag_pipeline_has_a_tag_and_no_branch() {
    check(
        &on(Ref::Tag("v1.0".into())),
        &[
            ("CI_COMMIT_TAG", Some("v1.0")),
            ("CI_COMMIT_BRANCH", None),
            ("CI_COMMIT_REF_NAME", Some("v1.0")),
            ("CI_COMMIT_REF_SLUG", Some("v1-0")),
        ],
        &["CI_COMMIT_TAG_MESSAGE", "CI_COMMIT_REF_PROTECTED"],
    );
}

#[test]
fn a_merge_request_pipeline_has_no_branch_of_its_own() {
    let facts = Facts { source: Some("merge_request_event".into()), ..on(Ref::Branch("fix".into())) };
    check(
        &facts,
        &[
            ("CI_COMMIT_BRANCH", None),
            ("CI_COMMIT_TAG", None),
            ("CI_COMMIT_REF_NAME", Some("fix")),
            ("CI_COMMIT_BEFORE_SHA", Some("0000000000000000000000000000000000000000")),
            ("CI_MERGE_REQUEST_SOURCE_BRANCH_NAME", Some("fix")),
            ("CI_MERGE_REQUEST_PROJECT_PATH", Some("top/sub/Some.Project")),
            ("CI_MERGE_REQUEST_SOURCE_PROJECT_PATH", Some("top/sub/Some.Project")),
            ("CI_MERGE_REQUEST_SOURCE_PROJECT_URL", Some("https://gitlab.com/top/sub/Some.Project")),
        ],
        &[
            "CI_MERGE_REQUEST_IID",
            "CI_MERGE_REQUEST_ID",
            "CI_MERGE_REQUEST_EVENT_TYPE",
            "CI_MERGE_REQUEST_LABELS",
            "CI_MERGE_REQUEST_TARGET_BRANCH_NAME",
            "CI_MERGE_REQUEST_TITLE",
        ],
    );
}

#[test]
fn what_was_given_wins_and_what_follows_from_it_follows() {
    let facts = Facts {
        predefined: given(&[
            ("CI_SERVER_URL", "http://git.example:8080/gitlab/"),
            ("CI_PROJECT_NAMESPACE", "a/b"),
            ("CI_PROJECT_NAME", "c"),
            ("CI_COMMIT_TAG", "v2"),
            ("CI_COMMIT_SHA", "0123456789abcdef"),
            ("CI_OPEN_MERGE_REQUESTS", "a!1"),
            ("CI_JOB_ID", "1"),
            ("CI_JOB_NAME", "another"),
            ("CI_PROJECT_URL", "https://elsewhere.example"),
        ]),
        ..Facts::default()
    };
    check(
        &facts,
        &[
            ("CI_SERVER_HOST", Some("git.example")),
            ("CI_SERVER_PORT", Some("8080")),
            ("CI_SERVER_PROTOCOL", Some("http")),
            ("CI_SERVER_FQDN", Some("git.example:8080")),
            ("CI_API_V4_URL", Some("http://git.example:8080/gitlab/api/v4")),
            ("CI_PROJECT_PATH", Some("a/b/c")),
            ("CI_PROJECT_ROOT_NAMESPACE", Some("a")),
            ("CI_PROJECT_URL", Some("https://elsewhere.example")),
            ("CI_COMMIT_REF_NAME", Some("v2")),
            ("CI_COMMIT_BRANCH", None),
            ("CI_COMMIT_SHORT_SHA", Some("01234567")),
            ("CI_OPEN_MERGE_REQUESTS", Some("a!1")),
            ("CI_JOB_ID", None),
            ("CI_JOB_NAME", None),
        ],
        &[],
    );
}

#[test]
fn a_host_alone_makes_the_rest_of_the_address() {
    let facts = Facts { predefined: given(&[("CI_SERVER_HOST", "dev.gitlab.org")]), ..Facts::default() };
    check(
        &facts,
        &[("CI_SERVER_URL", Some("https://dev.gitlab.org")), ("CI_SERVER_FQDN", Some("dev.gitlab.org"))],
        &["CI_PROJECT_PATH", "CI_PROJECT_NAME", "CI_COMMIT_REF_NAME", "CI_COMMIT_BRANCH", "CI_COMMIT_TAG"],
    );
}

#[test]
fn some_ways_to_start_a_pipeline_bring_variables_along() {
    for (source, known, unknown) in [
        ("schedule", None, Some("CI_PIPELINE_SCHEDULE_DESCRIPTION")),
        ("trigger", Some("CI_PIPELINE_TRIGGERED"), Some("CI_TRIGGER_SHORT_TOKEN")),
        ("chat", None, Some("CHAT_INPUT")),
        ("external_pull_request_event", None, Some("CI_EXTERNAL_PULL_REQUEST_IID")),
    ] {
        let facts = Facts { source: Some(source.into()), ..on(Ref::Branch("main".into())) };
        let known: Vec<_> = known.iter().map(|name| (*name, Some("true"))).collect();
        check(&facts, &known, unknown.as_slice());
    }
}
