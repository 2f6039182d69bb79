use serde_json::{Value, json};

use super::{BUILD_TOKEN_PATH, Sandbox, Vault};

/// The reference deployment at GitLab: the group `gitlab-org/security`, its private repository, and its build token.
pub(crate) struct SecurityGroup {
    pub(crate) sandbox: Sandbox,
    pub(crate) token: String,
    public: Value,
    security: Value,
}

/// The private repository.
pub(crate) const REPOSITORY: &str = "gitlab-org/security/gitlab-shell.git";

impl SecurityGroup {
    pub(crate) fn start() -> Self {
        let sandbox = Sandbox::start();
        let group = |name: &str, parent: Option<&Value>| {
            sandbox.admin("POST", "/api/v4/groups", &json!({"name": name, "path": name, "parent_id": parent}))
                ["id"]
                .clone()
        };
        let gitlab_org = group("gitlab-org", None);
        let security = group("security", Some(&gitlab_org));
        let elsewhere = group("elsewhere", None);
        let public = group("public", None);
        let project = |name: &str, group: &Value| {
            let wanted = json!({"name": name, "path": name, "namespace_id": group, "visibility": "private"});
            sandbox.admin("POST", "/api/v4/projects", &wanted);
        };
        project("gitlab-shell", &security);
        project("omnibus-gitlab", &security);
        project("private", &elsewhere);
        for project in ["gitlab-org/security/gitlab-shell", "elsewhere/private"] {
            sandbox.commit(project, json!({"README.md": "a private repository\n"}));
        }
        let wanted = json!({"name": "build-token", "scopes": ["read_repository"], "access_level": 30});
        let path = format!("/api/v4/groups/{security}/access_tokens");
        let token = sandbox.admin("POST", &path, &wanted)["token"].as_str().unwrap().to_owned();
        sandbox.admin("DELETE", "/-/sandbox/requests", &Value::Null);
        Self { sandbox, token, public, security }
    }

    /// A project that everybody may read, in the group `public`.
    pub(crate) fn public_project(&self, name: &str) {
        let wanted = json!({"name": name, "path": name, "namespace_id": self.public, "visibility": "public"});
        self.sandbox.admin("POST", "/api/v4/projects", &wanted);
        self.sandbox.commit(&format!("public/{name}"), json!({"README.md": "a public repository\n"}));
    }

    /// A private project of the group.
    pub(crate) fn private_project(&self, name: &str) {
        let wanted =
            json!({"name": name, "path": name, "namespace_id": self.security, "visibility": "private"});
        self.sandbox.admin("POST", "/api/v4/projects", &wanted);
        let text = format!("the private repository {name}\n");
        self.sandbox.commit(&format!("gitlab-org/security/{name}"), json!({"README.md": text}));
    }

    /// Stores the build token where the vault keeps it.
    pub(crate) fn deploy(&self, vault: &Vault) {
        vault.deploy(&self.sandbox);
        vault.write_secret(BUILD_TOKEN_PATH, json!({"token": self.token}));
    }

    /// Another token of the group.
    pub(crate) fn token_with(&self, scope: &str, access_level: u32) -> String {
        let wanted = json!({"name": "other", "scopes": [scope], "access_level": access_level});
        let path = format!("/api/v4/groups/{}/access_tokens", self.security);
        self.sandbox.admin("POST", &path, &wanted)["token"].as_str().unwrap().to_owned()
    }

    pub(crate) fn realm(&self) -> String {
        format!("{}/gitlab-org/security/", self.sandbox.url)
    }
}

impl Sandbox {
    pub(crate) fn commit(&self, project: &str, files: Value) -> String {
        let made = self.admin(
            "POST",
            "/-/sandbox/commits",
            &json!({"project": project, "branch": "main", "files": files}),
        );
        made["sha"].as_str().unwrap().to_owned()
    }

    /// The paths that a credential was sent to.
    pub(crate) fn credentials_seen(&self) -> Vec<String> {
        let requests = self.admin("GET", "/-/sandbox/requests", &Value::Null);
        let with_credential =
            requests.as_array().unwrap().iter().filter(|each| each["authorization"] != "none");
        with_credential.map(|each| each["path"].as_str().unwrap().to_owned()).collect()
    }

    /// How many git requests came, with or without a credential.
    pub(crate) fn requests_seen(&self) -> usize {
        self.admin("GET", "/-/sandbox/requests", &Value::Null).as_array().unwrap().len()
    }
}
