use std::{collections::BTreeMap, ffi::OsStr, path::Path, time::SystemTime};

use anyhow::Context as _;
use buildpass::http::Method;
use secrecy::SecretString;
use serde_json::{Value, json};

use super::administrator::Administrator;

/// The issuer, a small GitLab in this process.
pub(crate) struct Sandbox {
    pub(crate) url: String,
}

/// The project whose jobs may read.
pub(crate) const PROJECT: &str = "gitlab-org/security/omnibus-gitlab";

/// The token of whoever owns everything.
pub(crate) const ADMIN: &str = "glpat-made-up-admin-token";

impl Sandbox {
    pub(crate) fn start(
        runtime: &tokio::runtime::Runtime,
        home: &Path,
        search_path: &OsStr,
    ) -> anyhow::Result<Self> {
        let sandbox = gitlab_sandbox::Config {
            repositories: home.join("repositories"),
            admin_token: SecretString::from(ADMIN),
            search_path: search_path.to_owned(),
        }
        .build(SystemTime::now)?;
        let listener = runtime.block_on(tokio::net::TcpListener::bind("127.0.0.1:0"))?;
        let url = format!("http://{}", listener.local_addr()?);
        runtime.spawn(sandbox.serve(listener, std::future::pending()));
        Ok(Self { url })
    }

    /// The group of the reference deployment with its project and a source, both private; gives the group's build token.
    pub(crate) fn security_group(&self, administrator: &Administrator) -> anyhow::Result<String> {
        let make = |path: &str, wanted: Value| {
            let url = format!("{}{path}", self.url);
            administrator.ask(Method::Post, &url, ("private-token", ADMIN), Some(&wanted))
        };
        let gitlab_org = make("/api/v4/groups", json!({"name": "gitlab-org", "path": "gitlab-org"}))?;
        let within = json!({"name": "security", "path": "security", "parent_id": gitlab_org["id"]});
        let security = &make("/api/v4/groups", within)?["id"];
        for name in ["omnibus-gitlab", "gitlab-shell"] {
            let project =
                json!({"name": name, "path": name, "namespace_id": security, "visibility": "private"});
            make("/api/v4/projects", project)?;
        }
        let files = json!({"README.md": "a private repository\n"});
        let commit = json!({"project": "gitlab-org/security/gitlab-shell", "branch": "main", "files": files});
        make("/-/sandbox/commits", commit)?;
        let wanted = json!({"name": "build-token", "scopes": ["read_repository"], "access_level": 30});
        let made = make(&format!("/api/v4/groups/{security}/access_tokens"), wanted)?;
        Ok(made["token"].as_str().context("the sandbox made no group token")?.to_owned())
    }

    /// The variables of a job on a protected branch of the project.
    pub(crate) fn job_variables(
        &self,
        administrator: &Administrator,
    ) -> anyhow::Result<BTreeMap<String, String>> {
        let url = format!("{}/-/sandbox/jobs", self.url);
        let wanted = json!({"project": PROJECT, "ref": "main", "ref_protected": true, "name": "build"});
        let mut made = administrator.ask(Method::Post, &url, ("private-token", ADMIN), Some(&wanted))?;
        Ok(serde_json::from_value(made["variables"].take())?)
    }

    /// The ID token of a job on a protected branch.
    pub(crate) fn id_token(&self, administrator: &Administrator, audience: &str) -> anyhow::Result<String> {
        let url = format!("{}/-/sandbox/id_tokens", self.url);
        let wanted = json!({
            "project": PROJECT, "ref": "main", "ref_protected": true, "audience": audience, "expires_in": 7200,
        });
        let made = administrator.ask(Method::Post, &url, ("private-token", ADMIN), Some(&wanted))?;
        Ok(made["id_token"].as_str().context("the sandbox made no ID token")?.to_owned())
    }
}
