use std::time::Duration;

use serde_json::{Value, json};

use crate::harness::{ADMIN, Buildpass, SecurityGroup, http, wait_until};

/// A group at GitLab whose tokens a vault mints.
pub(super) struct Scene {
    pub(super) group: SecurityGroup,
}

/// A vault, as its owner or one of its sessions asks it.
#[derive(Clone, Copy)]
pub(super) struct At<'a> {
    pub(super) address: &'a str,
    pub(super) token: &'a str,
}

/// How long a token may outlive what ended it.
const SOON: Duration = Duration::from_secs(2);

impl Scene {
    pub(super) fn new() -> Self {
        Self { group: SecurityGroup::start() }
    }

    /// The engine at `gitlab/` with the role `ci` for the group, and a login for the jobs of its project.
    pub(super) fn set_up(&self, root: At<'_>) {
        self.set_up_towards(root, &self.group.sandbox.url);
    }

    /// The same with another way to GitLab.
    pub(super) fn set_up_towards(&self, root: At<'_>, gitlab: &str) {
        root.must("POST", "sys/mounts/gitlab", json!({"type": "gitlab", "description": "tokens of jobs"}));
        root.must(
            "POST",
            "gitlab/config/default",
            json!({"token": ADMIN, "base_url": gitlab, "type": "self-managed"}),
        );
        root.must("POST", "gitlab/roles/ci", role(json!({})));
        let rules = "path \"gitlab/token/*\" { capabilities = [\"read\"] }";
        root.must("PUT", "sys/policies/acl/mints", json!({"policy": rules}));
        root.must("POST", "sys/auth/jwt", json!({"type": "jwt"}));
        root.must("POST", "auth/jwt/config", json!({"oidc_discovery_url": self.group.sandbox.url}));
        self.login_role(root, json!({}));
    }

    /// The login `jobs`, as changed by `more`.
    pub(super) fn login_role(&self, root: At<'_>, more: Value) {
        let role = json!({
            "role_type": "jwt", "user_claim": "project_id", "bound_audiences": [root.address],
            "bound_claims": {"project_path": "gitlab-org/security/omnibus-gitlab"},
            "claim_mappings": {"project_path": "project_path", "job_id": "job_id", "ref": "ref"},
            "token_policies": ["mints"], "token_ttl": "1h",
        });
        root.must("POST", "auth/jwt/role/jobs", merged(role, more));
    }

    /// A session of a job.
    pub(super) fn login(&self, vault: &str) -> String {
        let jwt = self.group.sandbox.id_token(vault, json!({}));
        let anybody = At { address: vault, token: "" };
        let login = anybody.must("POST", "auth/jwt/login", json!({"role": "jobs", "jwt": jwt}));
        login["auth"]["client_token"].as_str().unwrap().to_owned()
    }

    /// Whether a value is a token that lives.
    pub(super) fn lives(&self, value: &str) -> bool {
        let url = format!("{}/api/v4/personal_access_tokens/self", self.group.sandbox.url);
        http::request("GET", &url, &[("private-token", value)], None).unwrap().0 == 200
    }

    /// Whether a token dies soon.
    pub(super) fn dies(&self, value: &str) -> bool {
        wait_until(SOON, || !self.lives(value))
    }

    /// Whether git reads the private repository with a token.
    pub(super) fn git_reads(&self, value: &str) -> bool {
        let host = self.group.sandbox.url.trim_start_matches("http://");
        let url = format!("http://oauth2:{value}@{host}/gitlab-org/security/gitlab-shell.git");
        let folder = Buildpass::new();
        let mut git = folder.other_program("git");
        let listed = git.env("GIT_TERMINAL_PROMPT", "0").args(["ls-remote", &url]).output().unwrap();
        listed.status.success() && String::from_utf8_lossy(&listed.stdout).contains("refs/heads/main")
    }

    /// The names of the group's living tokens, but for its build token.
    pub(super) fn living(&self) -> Vec<String> {
        let path = "/api/v4/groups/gitlab-org%2Fsecurity/access_tokens?state=active&per_page=100";
        let all = self.group.sandbox.admin("GET", path, &Value::Null);
        let names = all.as_array().unwrap().iter().map(|token| token["name"].as_str().unwrap().to_owned());
        names.filter(|name| name != "build-token").collect()
    }
}

impl<'a> At<'a> {
    pub(super) fn ask(self, method: &str, path: &str, body: Value) -> (u16, Value) {
        let body = (!body.is_null()).then_some(&body);
        let url = format!("{}/v1/{path}", self.address);
        http::request(method, &url, &[("x-vault-token", self.token)], body).unwrap()
    }

    /// A request whose answer must be good.
    pub(super) fn must(self, method: &str, path: &str, body: Value) -> Value {
        let (status, answer) = self.ask(method, path, body);
        assert!(status < 300, "{method} {path}: {status} {answer}");
        answer
    }

    /// A request that is refused, and what is said.
    pub(super) fn refused(self, method: &str, path: &str, body: Value) -> (u16, String) {
        let (status, answer) = self.ask(method, path, body);
        assert!(status >= 400, "{method} {path}: {status} {answer}");
        (status, answer["errors"][0].as_str().unwrap_or_default().to_owned())
    }

    /// A token of a role: its value, and the whole answer.
    pub(super) fn mint(self, role: &str) -> (String, Value) {
        let minted = self.must("GET", &format!("gitlab/token/{role}"), Value::Null);
        (minted["data"]["token"].as_str().unwrap().to_owned(), minted)
    }

    /// The same vault, asked with another token.
    pub(super) fn by(self, token: &'a str) -> Self {
        Self { token, ..self }
    }
}

/// A role for the group, as changed by `more`.
pub(super) fn role(more: Value) -> Value {
    let role = json!({
        "path": "gitlab-org/security", "scopes": ["read_repository"], "ttl": "1h", "access_level": "reporter",
        "token_type": "group",
    });
    merged(role, more)
}

fn merged(mut all: Value, more: Value) -> Value {
    for (name, value) in more.as_object().unwrap() {
        all[name] = value.clone();
    }
    all
}
