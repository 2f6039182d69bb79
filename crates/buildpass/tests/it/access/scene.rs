use serde_json::{Value, json};

use crate::harness::{ADMIN, BUILD_TOKEN_PATH, Buildpass, ROOT, SecurityGroup, Vault};

/// The reference group at GitLab, and a vault in which nothing is set up.
pub(super) struct Scene<'a> {
    pub(super) vault: &'a Vault,
    pub(super) group: SecurityGroup,
}

/// The project whose jobs may read.
pub(super) const PROJECT: &str = "gitlab-org/security/omnibus-gitlab";

/// What the platform's owner declares; `more` is added at its end.
pub(super) fn declared(more: &str) -> String {
    format!(
        r#"
[[secret]]
name = "SECURITY_PRIVATE_TOKEN"
from = "{BUILD_TOKEN_PATH}/token@ci"
to = "git"

[[access.token]]
name = "ci-read"
group = "gitlab-org/security"
store = "{BUILD_TOKEN_PATH}/token@ci"

[[access.grant]]
secret = "SECURITY_PRIVATE_TOKEN"
vault_role = "omnibus-gitlab"
projects = ["{PROJECT}"]
refs = "protected"
session_ttl = "2h"
{more}"#
    )
}

impl<'a> Scene<'a> {
    pub(super) fn on(vault: &'a Vault) -> Self {
        Self { vault, group: SecurityGroup::start() }
    }

    /// The platform owner's command, on what is declared.
    pub(super) fn owner(&self, toml: &str) -> Buildpass {
        Buildpass::new()
            .file("buildpass.toml", toml)
            .env("CI_SERVER_URL", &self.group.sandbox.url)
            .env("VAULT_ADDR", &self.vault.address)
            .env("GITLAB_TOKEN", ADMIN)
            .env("VAULT_TOKEN", ROOT)
    }

    /// Applies what is declared; it must come out well. What was said is given back.
    pub(super) fn apply(&self, toml: &str) -> String {
        let finished = self.owner(toml).args(["access", "apply"]).run();
        assert_eq!(finished.code, Some(0), "{}{}", finished.stderr, finished.stdout);
        format!("{}{}", finished.stderr, finished.stdout)
    }

    /// The plan as JSON.
    pub(super) fn plan(&self, toml: &str) -> Value {
        let finished = self.owner(toml).args(["access", "plan", "--format", "json"]).run();
        assert_eq!(finished.code, Some(0), "{}", finished.stderr);
        serde_json::from_str(&finished.stdout).unwrap()
    }

    /// The group's living tokens, by name.
    pub(super) fn living(&self, name: &str) -> Vec<Value> {
        let path = "/api/v4/groups/gitlab-org%2Fsecurity/access_tokens?state=active&per_page=100";
        let all = self.group.sandbox.admin("GET", path, &Value::Null);
        let all = all.as_array().unwrap().iter();
        all.filter(|token| token["name"] == name).cloned().collect()
    }

    /// The stored value, or nothing.
    pub(super) fn stored(&self) -> Option<String> {
        let (_, answer) = self.vault.ask("GET", &format!("ci/data/{BUILD_TOKEN_PATH}"), Value::Null);
        Some(answer["data"]["data"]["token"].as_str()?.to_owned())
    }

    /// What stands beside it.
    pub(super) fn note(&self) -> Value {
        let answer = self.vault.must("GET", &format!("ci/metadata/{BUILD_TOKEN_PATH}"), Value::Null);
        answer["data"]["custom_metadata"].clone()
    }

    /// A job of a project: it logs in by the role, and reads the private repository with what it gets.
    pub(super) fn job(&self, more: Value) -> Buildpass {
        let sandbox = &self.group.sandbox;
        let host = sandbox.url.trim_start_matches("http://");
        let (host, port) = host.split_once(':').unwrap();
        let toml = format!(
            "{}\n[[git]]\nrealm = \"{}\"\npassword = \"SECURITY_PRIVATE_TOKEN\"\n",
            declared(""),
            self.group.realm()
        );
        Buildpass::new()
            .file("buildpass.toml", &toml)
            .env("VAULT_ADDR", &self.vault.address)
            .env("VAULT_AUTH_ROLE", "omnibus-gitlab")
            .env("CI_SERVER_HOST", host)
            .env("CI_SERVER_PORT", port)
            .env("VAULT_ID_TOKEN", &sandbox.id_token(&self.vault.address, more))
    }

    /// Whether such a job gets its repository.
    pub(super) fn job_reads(&self) -> bool {
        let url = format!("{}/gitlab-org/security/gitlab-shell.git", self.group.sandbox.url);
        let finished = self.job(json!({})).args(["run", "--", "git", "clone", "-q", &url, "made"]).run();
        finished.code == Some(0)
    }
}
