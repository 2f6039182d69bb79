use std::{process::Child, sync::Mutex, time::Duration};

use serde_json::{Value, json};

use crate::harness::{
    ADMIN, BUILD_TOKEN_PATH, Buildpass, Fate, Proxy, ROOT, SecurityGroup, Vault, http, wait_until,
};

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

    /// The platform owner's command in a scheduled pipeline: by its own ID token, for a minute at a time. The last flag of the vault is its own.
    pub(super) fn by_job(&self, toml: &str) -> Buildpass {
        let vault = self.vault;
        vault.policy("owner", "path \"*\" { capabilities = [\"create\", \"read\", \"update\", \"delete\", \"list\", \"sudo\"] }");
        let own = json!({
            "role_type": "jwt", "user_claim": "project_id", "bound_audiences": [vault.address], "token_type": "service",
            "bound_claims": {"project_path": "gitlab-org/security/gitlab-shell"}, "token_policies": ["owner"], "token_ttl": "60s",
        });
        vault.must("POST", "auth/jwt/role/owner", own);
        let project = json!({ "project": "gitlab-org/security/gitlab-shell" });
        Buildpass::new()
            .file("buildpass.toml", toml)
            .env("CI_SERVER_URL", &self.group.sandbox.url)
            .env("VAULT_ADDR", &vault.address)
            .env("GITLAB_TOKEN", ADMIN)
            .env("VAULT_ID_TOKEN", &self.group.sandbox.id_token(&vault.address, project))
    }

    /// A rotation of `ci-read` whose answer is held by the wire when GitLab has made the token.
    pub(super) fn held_after_making(&self, toml: &str) -> (Proxy, Child) {
        let command = self.owner(toml).args(["access", "rotate", "ci-read"]);
        self.held_when_made(command)
    }

    /// The same of any command that makes a token.
    pub(super) fn held_when_made(&self, command: Buildpass) -> (Proxy, Child) {
        let held = Mutex::new(false);
        let gitlab = Proxy::start(&self.group.sandbox.url, move |line| {
            let first = line.starts_with("POST ") && !std::mem::replace(&mut *held.lock().unwrap(), true);
            if first { Fate::Hold } else { Fate::Pass }
        });
        let issuer = &self.group.sandbox.url;
        let mut command = command.env("CI_SERVER_URL", &gitlab.address).args(["--issuer", issuer]);
        let child = command.spawn();
        assert!(wait_until(Duration::from_secs(60), || gitlab.holds()));
        (gitlab, child)
    }

    /// Whether a value is a token that lives.
    pub(super) fn lives(&self, value: &str) -> bool {
        let url = format!("{}/api/v4/personal_access_tokens/self", self.group.sandbox.url);
        http::request("GET", &url, &[("private-token", value)], None).unwrap().0 == 200
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
