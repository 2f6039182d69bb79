use std::{ffi::OsStr, path::Path, time::SystemTime};

use anyhow::Context as _;
use buildpass::http::Method;
use secrecy::SecretString;
use serde_json::json;

use super::administrator::Administrator;

/// The issuer, a small GitLab in this process.
pub(crate) struct Sandbox {
    pub(crate) url: String,
}

/// The project whose jobs may read.
pub(super) const PROJECT: &str = "gitlab-org/security/omnibus-gitlab";

const ADMIN: &str = "glpat-made-up-admin-token";

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
