use anyhow::{Context as _, ensure};
use buildpass::http::{Client, Method, Tls, secret_header};
use serde_json::{Value, json};
use zeroize::Zeroizing;

use super::PATIENCE;

/// Fills the vault, with its root token.
pub(crate) struct Administrator {
    runtime: tokio::runtime::Handle,
    client: Client,
    address: String,
    root_token: String,
}

pub(crate) const ROOT: &str = "made-up-root-token";

/// Where GitLab keeps its own build token, on the mount `ci`.
pub(crate) const SECRET_PATH: &str =
    "access_tokens/gitlab-com/gitlab-org/security/_group_access_tokens/build-token";

/// The field of it that is read.
pub(crate) const SECRET_FIELD: &str = "token";

/// What every contender has to print.
pub(crate) const SECRET_VALUE: &str = "glpat-made-up-build-token-0001";

/// The role that every contender logs in with.
pub(crate) const ROLE: &str = "omnibus-gitlab";

impl Administrator {
    pub(crate) fn build(
        runtime: &tokio::runtime::Runtime,
        address: &str,
        root_token: &str,
    ) -> anyhow::Result<Self> {
        Ok(Self {
            runtime: runtime.handle().clone(),
            client: Client::build(&Tls::system(), &address.parse()?)?,
            address: address.to_owned(),
            root_token: root_token.to_owned(),
        })
    }

    /// The reference deployment: the secret, a policy that reads it, and a role for the job.
    pub(crate) fn deploy(&self, issuer: &str, audiences: &[&str]) -> anyhow::Result<()> {
        self.must(Method::Post, "sys/mounts/ci", &json!({"type": "kv", "options": {"version": "2"}}))?;
        let secret = json!({"data": {SECRET_FIELD: SECRET_VALUE}});
        self.must(Method::Post, &format!("ci/data/{SECRET_PATH}"), &secret)?;
        let rules = format!(r#"path "ci/data/{SECRET_PATH}" {{ capabilities = ["read"] }}"#);
        self.must(Method::Put, "sys/policies/acl/build-token", &json!({"policy": rules}))?;
        self.must(Method::Post, "sys/auth/jwt", &json!({"type": "jwt"}))?;
        let keys = json!({"oidc_discovery_url": issuer, "bound_issuer": issuer});
        self.must(Method::Post, "auth/jwt/config", &keys)?;
        let role = json!({
            "role_type": "jwt", "user_claim": "project_id", "bound_audiences": audiences,
            "bound_claims": {"project_path": super::PROJECT, "ref_protected": "true"},
            "token_policies": ["build-token"], "token_ttl": "3600s",
        });
        self.must(Method::Post, &format!("auth/jwt/role/{ROLE}"), &role)?;
        Ok(())
    }

    /// The sessions that are alive, this one not counted.
    pub(super) fn sessions(&self) -> anyhow::Result<usize> {
        let url = format!("{}/v1/auth/token/accessors?list=true", self.address);
        let listed = self.ask(Method::Get, &url, ("x-vault-token", &self.root_token), None)?;
        let keys = listed["data"]["keys"].as_array().context("the vault lists no accessors")?;
        Ok(keys.len() - 1)
    }

    pub(crate) fn put(&self, path: &str, body: &Value) -> anyhow::Result<Value> {
        self.must(Method::Put, path, body)
    }

    fn must(&self, method: Method, path: &str, body: &Value) -> anyhow::Result<Value> {
        let url = format!("{}/v1/{path}", self.address);
        self.ask(method, &url, ("x-vault-token", &self.root_token), Some(body))
    }

    /// One request to anybody on this machine, whose answer must be good.
    pub(super) fn ask(
        &self,
        method: Method,
        url: &str,
        (header, credential): (&'static str, &str),
        body: Option<&Value>,
    ) -> anyhow::Result<Value> {
        let headers = secret_header(header, credential)?;
        let body = body.map(|body| Zeroizing::new(body.to_string().into_bytes()));
        let answer = self.client.send(method, url.parse()?, headers, body, PATIENCE);
        let answer = self.runtime.block_on(answer)?;
        let said = String::from_utf8_lossy(&answer.body);
        ensure!(answer.status < 300, "{url}: {} {said}", answer.status);
        Ok(serde_json::from_str(&said).unwrap_or(Value::Null))
    }
}
