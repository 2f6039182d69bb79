use std::{
    collections::BTreeMap,
    path::{Path, PathBuf},
};

use serde_json::{Value, json};

use super::groups;
use crate::harness::{Buildpass, Finished};

pub(super) const SECURITY: Project =
    Project { path: "gitlab-org/security/omnibus-gitlab", host: "gitlab.com", visible: 181 };

pub(super) const CANONICAL: Project =
    Project { path: "gitlab-org/omnibus-gitlab", host: "gitlab.com", visible: 181 };

pub(super) const MIRROR: Project =
    Project { path: "gitlab-org/build/omnibus-gitlab-mirror", host: "gitlab.com", visible: 181 };

/// Its pipeline lacks the jobs of `gitlab-com.yml`.
pub(super) const DEV: Project =
    Project { path: "gitlab/omnibus-gitlab", host: "dev.gitlab.org", visible: 140 };

pub(super) const FORK: Project =
    Project { path: "some-user/omnibus-gitlab", host: "gitlab.com", visible: 181 };

/// What `include:rules` need to be told by the settings of a project, for what the YAML defines they never see.
pub(super) const SETTINGS: [&str; 2] = [
    "SECURITY_PROJECT_PATH=gitlab-org/security/omnibus-gitlab",
    "CANONICAL_PROJECT_PATH=gitlab-org/omnibus-gitlab",
];

pub(super) struct Project {
    pub(super) path: &'static str,
    host: &'static str,
    visible: usize,
}

pub(super) enum Ref {
    Protected,
    Unprotected,
}

/// Where and how a pipeline would run.
pub(super) struct Context {
    visible: usize,
    args: Vec<String>,
}

/// What is in a pipeline, and who gets what of those that are.
#[derive(Default)]
pub(super) struct Plan<'a> {
    /// What workflow:rules make of PIPELINE_TYPE and CACHE_EDITION, seen in the first of the jobs.
    pub(super) kind: Option<(&'a str, &'a str)>,
    /// All jobs, as `groups` reads them.
    pub(super) jobs: &'a [&'a str],
    pub(super) token: &'a str,
    pub(super) secret: &'a str,
}

impl Project {
    pub(super) fn pipeline(&self, source: &str, reference: &str, protection: Ref) -> Context {
        let mut context = Context { visible: self.visible, args: Vec::new() };
        context.args(&["--project", self.path, "--pipeline-source", source, "--ref", reference]);
        context.args(&[match protection {
            Ref::Protected => "--protected",
            Ref::Unprotected => "--unprotected",
        }]);
        let host = self.host;
        let context = context.with(&[&format!("CI_SERVER_HOST={host}"), &format!("CI_SERVER_FQDN={host}")]);
        if source == "merge_request_event" {
            let branch = format!("CI_MERGE_REQUEST_SOURCE_BRANCH_NAME={reference}");
            return context.with(&[&branch, "CI_MERGE_REQUEST_IID=1"]);
        }
        context
    }
}

impl Context {
    pub(super) fn with(mut self, variables: &[&str]) -> Self {
        for variable in variables {
            self.args(&["--variable", variable]);
        }
        self
    }

    pub(super) fn changed(mut self, file: &str) -> Self {
        self.args(&["--changed-file", file]);
        self
    }

    pub(super) fn input(mut self, input: &str) -> Self {
        self.args(&["--input", input]);
        self
    }

    fn args(&mut self, args: &[&str]) {
        self.args.extend(args.iter().map(|each| (*each).to_owned()));
    }

    /// The pipeline is created, with these jobs and no other.
    pub(super) fn gives(self, plan: &Plan<'_>) {
        let Some(answer) = self.answer(Includes::Given) else { return };
        assert_eq!(answer["pipeline"]["created"], true, "{}", answer["pipeline"]);
        let jobs = answer["jobs"].as_object().unwrap();
        assert_eq!(jobs.len(), self.visible, "{:?}", jobs.keys());
        let mut found = BTreeMap::new();
        for (name, job) in jobs {
            match &job["included"] {
                Value::Bool(false) => {}
                Value::Bool(true) => {
                    found.insert(name.clone(), job["when"].as_str().unwrap_or("unknown").to_owned());
                }
                other => {
                    found.insert(name.clone(), format!("included is {other}"));
                }
            }
        }
        assert_eq!(found, groups::read(plan.jobs));
        if let Some((kind, edition)) = plan.kind {
            let variables = &jobs[groups::first(plan.jobs)]["variables"];
            assert_eq!(
                (&variables["PIPELINE_TYPE"], &variables["CACHE_EDITION"]),
                (&json!(kind), &json!(edition))
            );
        }
        let holds = |name: &str, key| jobs[name][key].as_object().is_some_and(|held| !held.is_empty());
        let holders = |key| found.keys().map(String::as_str).filter(move |name| holds(name, key));
        assert_eq!(holders("id_tokens").collect::<Vec<_>>().join(", "), plan.token);
        assert_eq!(holders("secrets").collect::<Vec<_>>().join(", "), plan.secret);
        holders("id_tokens").for_each(|name| holds_token(&jobs[name]));
        holders("secrets").for_each(|name| holds_secret(&jobs[name]));
    }

    /// GitLab creates no pipeline, so no job runs.
    pub(super) fn gives_none(self) {
        let Some(answer) = self.answer(Includes::Given) else { return };
        assert_eq!(answer["pipeline"]["created"], false, "{}", answer["pipeline"]);
        let jobs = answer["jobs"].as_object().unwrap();
        assert_eq!(jobs.len(), self.visible);
        for (name, job) in jobs {
            assert_eq!(job["included"], false, "{name}");
        }
    }

    /// What a job would get, as its templates say, whether it is in the pipeline or not, and with no file from outside.
    pub(super) fn merges_into(self, names: &[&str]) {
        for includes in [Includes::Given, Includes::Unresolved] {
            let Some(answer) = self.answer(includes) else { return };
            for name in names {
                holds_token(&answer["jobs"][name]);
                holds_secret(&answer["jobs"][name]);
            }
        }
    }

    /// The configuration is no good: GitLab says so, and so do we.
    pub(super) fn gives_an_error(self) {
        let Some(finished) = self.run(&Includes::Given) else { return };
        assert_eq!(finished.code, Some(2), "{finished:?}");
        let answer: Value = serde_json::from_str(&finished.stdout).unwrap();
        assert!(answer["error"]["message"].is_string(), "{answer}");
    }

    fn answer(&self, includes: Includes) -> Option<Value> {
        let finished = self.run(&includes)?;
        assert_eq!(finished.code, Some(0), "{finished:?}");
        Some(serde_json::from_str(&finished.stdout).unwrap())
    }

    fn run(&self, includes: &Includes) -> Option<Finished> {
        let Some(omnibus) = std::env::var_os("BUILDPASS_OMNIBUS_DIR").map(PathBuf::from) else {
            println!("skipped: BUILDPASS_OMNIBUS_DIR does not name the pipeline of omnibus-gitlab");
            return None;
        };
        let outside = omnibus.with_file_name("omnibus-gitlab-includes");
        let text = |path: &Path| path.to_str().unwrap().to_owned();
        let (omnibus, outside) = (text(&omnibus), text(&outside));
        let mut buildpass =
            Buildpass::new().args(["ci", "jobs", "--format", "json", "--project-dir", &omnibus]);
        if matches!(includes, Includes::Given) {
            buildpass = buildpass.args(["--include-dir", &outside]);
        }
        Some(buildpass.args(self.args.iter().map(String::as_str)).run())
    }
}

/// Whether the template and the component from outside are at hand.
enum Includes {
    Given,
    Unresolved,
}

fn holds_token(job: &Value) {
    assert_eq!(job["id_tokens"], json!({"VAULT_ID_TOKEN": {"aud": "https://vault.gitlab.net"}}));
}

fn holds_secret(job: &Value) {
    let secrets = job["secrets"].as_object().unwrap();
    assert_eq!(secrets.keys().collect::<Vec<_>>(), ["SECURITY_PRIVATE_TOKEN"]);
    let secret = &secrets["SECURITY_PRIVATE_TOKEN"];
    let vault = json!({
        "engine": {"name": "kv-v2", "path": "ci"},
        "path": "access_tokens/gitlab-com/gitlab-org/security/_group_access_tokens/build-token",
        "field": "token",
    });
    assert_eq!((&secret["vault"], &secret["file"]), (&vault, &json!(false)));
}
