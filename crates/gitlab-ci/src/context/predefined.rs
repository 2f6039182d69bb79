use alloc::collections::BTreeMap;
use alloc::format;
use alloc::string::{String, ToString};

use super::facts::{Facts, Ref};
use super::job_only;
use super::merge_request;
use super::server::Server;
use super::slug::slug;
use crate::answer::{Answer, Reason};

/// Every pipeline has them, and nothing tells their values.
const NOT_DERIVED: [&str; 31] = [
    "CI_COMMIT_AUTHOR",
    "CI_COMMIT_DESCRIPTION",
    "CI_COMMIT_MESSAGE",
    "CI_COMMIT_TIMESTAMP",
    "CI_COMMIT_TITLE",
    "CI_DEFAULT_BRANCH",
    "CI_DEPENDENCY_PROXY_DIRECT_GROUP_IMAGE_PREFIX",
    "CI_DEPENDENCY_PROXY_GROUP_IMAGE_PREFIX",
    "CI_DEPENDENCY_PROXY_SERVER",
    "CI_PAGES_DOMAIN",
    "CI_PAGES_URL",
    "CI_PIPELINE_CREATED_AT",
    "CI_PIPELINE_IID",
    "CI_PROJECT_CLASSIFICATION_LABEL",
    "CI_PROJECT_DESCRIPTION",
    "CI_PROJECT_ID",
    "CI_PROJECT_NAMESPACE_ID",
    "CI_PROJECT_REPOSITORY_LANGUAGES",
    "CI_PROJECT_TITLE",
    "CI_PROJECT_VISIBILITY",
    "CI_REGISTRY",
    "CI_REGISTRY_IMAGE",
    "CI_SERVER_REVISION",
    "CI_SERVER_SHELL_SSH_HOST",
    "CI_SERVER_SHELL_SSH_PORT",
    "CI_SERVER_VERSION",
    "CI_SERVER_VERSION_MAJOR",
    "CI_SERVER_VERSION_MINOR",
    "CI_SERVER_VERSION_PATCH",
    "GITLAB_FEATURES",
    "CI_COMMIT_SHA",
];

/// Who started the pipeline: stronger than YAML, unlike everything else that is predefined.
pub(crate) const USER: [&str; 4] =
    ["GITLAB_USER_EMAIL", "GITLAB_USER_ID", "GITLAB_USER_LOGIN", "GITLAB_USER_NAME"];

/// Those of a pipeline that was started in one way.
const OF_SOURCE: [(&str, &[&str]); 4] = [
    ("schedule", &["CI_PIPELINE_SCHEDULE_DESCRIPTION"]),
    ("trigger", &["CI_TRIGGER_SHORT_TOKEN"]),
    ("chat", &["CHAT_CHANNEL", "CHAT_INPUT", "CHAT_USER_ID"]),
    (
        "external_pull_request_event",
        &[
            "CI_EXTERNAL_PULL_REQUEST_IID",
            "CI_EXTERNAL_PULL_REQUEST_SOURCE_BRANCH_NAME",
            "CI_EXTERNAL_PULL_REQUEST_SOURCE_BRANCH_SHA",
            "CI_EXTERNAL_PULL_REQUEST_SOURCE_REPOSITORY",
            "CI_EXTERNAL_PULL_REQUEST_TARGET_BRANCH_NAME",
            "CI_EXTERNAL_PULL_REQUEST_TARGET_BRANCH_SHA",
            "CI_EXTERNAL_PULL_REQUEST_TARGET_REPOSITORY",
        ],
    ),
];

const NO_COMMIT: &str = "0000000000000000000000000000000000000000";

const SHORT_COMMIT: usize = 8;

impl Facts {
    /// GitLab's [predefined variables](https://docs.gitlab.com/ci/variables/predefined_variables/) for this pipeline:
    /// those that were given, those that follow from them, and those that every pipeline has but nobody gave, which are
    /// unknown. Those that only a job has are left out, given or not.
    pub fn predefined(&self) -> BTreeMap<String, Answer<String>> {
        let mut predefined = Predefined { given: &self.predefined, all: BTreeMap::new() };
        for name in NOT_DERIVED.into_iter().chain(USER) {
            predefined.unknown(name);
        }
        predefined.is("CI", "true");
        predefined.is("GITLAB_CI", "true");
        predefined.is("CI_CONFIG_PATH", ".gitlab-ci.yml");
        let server = Server::of(&predefined);
        server.define(&mut predefined);
        let project = self.project_path();
        define_project(&mut predefined, &server, project.as_deref());
        self.define_pipeline(&mut predefined);
        self.define_commit(&mut predefined);
        if self.is_merge_request() {
            merge_request::define(&mut predefined, &server, project.as_deref(), self.reference_name());
        }
        predefined.finish()
    }

    fn define_pipeline(&self, predefined: &mut Predefined<'_>) {
        let source = self.pipeline_source();
        predefined.is("CI_PIPELINE_SOURCE", source);
        if source == "trigger" {
            predefined.is("CI_PIPELINE_TRIGGERED", "true");
        }
        for name in OF_SOURCE.iter().filter(|(of, _)| *of == source).flat_map(|(_, names)| *names) {
            predefined.unknown(name);
        }
    }

    fn define_commit(&self, predefined: &mut Predefined<'_>) {
        let name = self.reference_name();
        predefined.maybe("CI_COMMIT_REF_NAME", name);
        predefined.maybe("CI_COMMIT_REF_SLUG", name.map(slug));
        predefined.maybe("CI_COMMIT_REF_PROTECTED", self.protected.map(|protected| protected.to_string()));
        let commit = predefined.given("CI_COMMIT_SHA");
        predefined
            .maybe("CI_COMMIT_SHORT_SHA", commit.map(|commit| commit.get(..SHORT_COMMIT).unwrap_or(commit)));
        let none_before = self.is_merge_request() || matches!(self.pipeline_source(), "schedule" | "web");
        predefined.maybe("CI_COMMIT_BEFORE_SHA", none_before.then_some(NO_COMMIT));
        match self.commit_reference() {
            _ if self.is_merge_request() => {}
            Some(Ref::Branch(branch)) => predefined.is("CI_COMMIT_BRANCH", branch),
            Some(Ref::Tag(tag)) => {
                predefined.is("CI_COMMIT_TAG", tag);
                predefined.unknown("CI_COMMIT_TAG_MESSAGE");
            }
            None => {
                predefined.unknown("CI_COMMIT_BRANCH");
                predefined.unknown("CI_COMMIT_TAG");
            }
        }
    }
}

fn define_project(predefined: &mut Predefined<'_>, server: &Server, path: Option<&str>) {
    let namespace = path.and_then(|path| path.rsplit_once('/')).map(|(namespace, _)| namespace);
    predefined.maybe("CI_PROJECT_PATH", path);
    predefined.maybe("CI_PROJECT_PATH_SLUG", path.map(slug));
    predefined.maybe("CI_PROJECT_URL", path.map(|path| format!("{}/{path}", server.url)));
    predefined.maybe("CI_PROJECT_NAME", path.and_then(|path| path.rsplit('/').next()));
    predefined.maybe("CI_PROJECT_NAMESPACE", namespace);
    predefined.maybe("CI_PROJECT_ROOT_NAMESPACE", namespace.and_then(|it| it.split('/').next()));
}

/// Predefined variables while they are put together.
pub(super) struct Predefined<'a> {
    given: &'a BTreeMap<String, String>,
    all: BTreeMap<String, Answer<String>>,
}

impl<'a> Predefined<'a> {
    pub(super) fn given(&self, name: &str) -> Option<&'a str> {
        self.given.get(name).map(String::as_str)
    }

    pub(super) fn is(&mut self, name: &str, value: impl ToString) {
        self.all.insert(name.to_string(), Answer::Known(value.to_string()));
    }

    pub(super) fn unknown(&mut self, name: &str) {
        let reason = Reason::new(format!("`{name}` was not given"));
        self.all.insert(name.to_string(), Answer::Unknown(reason));
    }

    pub(super) fn maybe(&mut self, name: &str, value: Option<impl ToString>) {
        match value {
            Some(value) => self.is(name, value),
            None => self.unknown(name),
        }
    }

    fn finish(mut self) -> BTreeMap<String, Answer<String>> {
        let given = self.given.iter().filter(|(name, _)| !job_only::is_job_only(name));
        self.all.extend(given.map(|(name, value)| (name.clone(), Answer::Known(value.clone()))));
        self.all
    }
}
