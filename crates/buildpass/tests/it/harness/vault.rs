use std::time::Duration;

use serde_json::{Value, json};

use super::{OpenBao, RUNTIME, Sandbox, http, wait_until};

/// The root token of every vault of the tests.
pub(crate) const ROOT: &str = "made-up-root-token";

/// A vault that a test may fill, OpenBao or lockbox; both are reached over HTTP alone.
pub(crate) struct Vault {
    pub(crate) address: String,
    _server: Server,
}

enum Server {
    OpenBao(#[expect(dead_code, reason = "held until the test ends")] OpenBao),
    Elsewhere,
    Lockbox(#[expect(dead_code, reason = "held until the test ends")] tokio::sync::oneshot::Sender<()>),
}

impl Vault {
    pub(crate) fn openbao() -> Option<Self> {
        let server = OpenBao::start(ROOT)?;
        Some(Self { address: server.address.clone(), _server: Server::OpenBao(server) })
    }

    /// A vault whose server somebody else holds.
    pub(crate) fn at(address: &str) -> Self {
        Self { address: address.to_owned(), _server: Server::Elsewhere }
    }

    /// Our own, in this process.
    pub(crate) fn lockbox() -> Self {
        let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
        listener.set_nonblocking(true).unwrap();
        let address = format!("http://{}", listener.local_addr().unwrap());
        let (stop, stopped) = tokio::sync::oneshot::channel::<()>();
        RUNTIME.spawn(async move {
            let listener = tokio::net::TcpListener::from_std(listener).unwrap();
            let lockbox = lockbox::Config::dev(ROOT).build(lockbox::SystemClock).await.unwrap();
            let _ = lockbox.serve(listener, async { drop(stopped.await) }).await;
        });
        Self { address, _server: Server::Lockbox(stop) }
    }

    /// A request with the root token.
    pub(crate) fn ask(&self, method: &str, path: &str, body: Value) -> (u16, Value) {
        let url = format!("{}/v1/{path}", self.address);
        let body = (!body.is_null()).then_some(&body);
        http::request(method, &url, &[("x-vault-token", ROOT)], body).unwrap()
    }

    /// A request with the root token whose answer must be good.
    pub(crate) fn must(&self, method: &str, path: &str, body: Value) -> Value {
        let (status, answer) = self.ask(method, path, body);
        assert!(status < 300, "{method} {path}: {status} {answer}");
        answer
    }

    /// The reference deployment: the build token at its path, a policy that reads it, and a role for the security project.
    pub(crate) fn deploy(&self, sandbox: &Sandbox) {
        self.must("POST", "sys/mounts/ci", json!({"type": "kv", "options": {"version": "2"}}));
        self.write_secret(BUILD_TOKEN_PATH, json!({"token": BUILD_TOKEN}));
        let rules = format!(r#"path "ci/data/{BUILD_TOKEN_PATH}" {{ capabilities = ["read"] }}"#);
        self.policy("build-token", &rules);
        self.must("POST", "sys/auth/jwt", json!({"type": "jwt"}));
        self.must(
            "POST",
            "auth/jwt/config",
            json!({"oidc_discovery_url": sandbox.url, "bound_issuer": sandbox.url}),
        );
        self.role("omnibus-gitlab", json!({}));
    }

    pub(crate) fn policy(&self, name: &str, rules: &str) {
        self.must("PUT", &format!("sys/policies/acl/{name}"), json!({"policy": rules}));
    }

    pub(crate) fn write_secret(&self, path: &str, data: Value) {
        // A KV store that was just mounted as version 2 takes a moment before it takes a secret.
        let mut answered = (0, Value::Null);
        wait_until(Duration::from_secs(10), || {
            answered = self.ask("POST", &format!("ci/data/{path}"), json!({"data": data}));
            answered.0 < 300
        });
        assert!(answered.0 < 300, "{path}: {answered:?}");
    }

    /// A role for protected refs of the security project, as changed by `more`.
    pub(crate) fn role(&self, name: &str, more: Value) {
        let mut role = json!({
            "role_type": "jwt", "user_claim": "project_id", "bound_audiences": [self.address],
            "bound_claims": {"project_path": "gitlab-org/security/omnibus-gitlab", "ref_protected": "true"},
            "token_policies": ["build-token"], "token_ttl": "3600s",
        });
        for (name, value) in more.as_object().unwrap() {
            role[name] = value.clone();
        }
        self.must("POST", &format!("auth/jwt/role/{name}"), role);
    }

    /// The sessions that are alive now, root's own not counted.
    pub(crate) fn sessions(&self) -> usize {
        let (status, listed) = self.ask("LIST", "auth/token/accessors", Value::Null);
        assert_eq!(status, 200, "{listed}");
        listed["data"]["keys"].as_array().unwrap().len() - 1
    }
}

/// Where GitLab keeps its own build token.
pub(crate) const BUILD_TOKEN_PATH: &str =
    "access_tokens/gitlab-com/gitlab-org/security/_group_access_tokens/build-token";

/// The build token of the tests.
pub(crate) const BUILD_TOKEN: &str = "glpat-made-up-build-token-0001";

/// Runs one test on every vault; a vault that cannot be had here is said to be skipped.
macro_rules! on_every_vault {
    ($($(#[$meta:meta])* fn $name:ident($vault:ident) $body:block)+) => {
        $(
            $(#[$meta])*
            mod $name {
                use super::*;

                fn scenario($vault: &$crate::harness::Vault) $body

                #[test]
                fn on_openbao() {
                    match $crate::harness::Vault::openbao() {
                        Some(vault) => insta::allow_duplicates! { scenario(&vault) },
                        None => println!("skipped: {} on OpenBao", stringify!($name)),
                    }
                }

                #[test]
                fn on_lockbox() {
                    insta::allow_duplicates! { scenario(&$crate::harness::Vault::lockbox()) }
                }
            }
        )+
    };
}
pub(crate) use on_every_vault;
