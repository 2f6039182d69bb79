use std::time::SystemTime;

use secrecy::SecretString;
use serde_json::{Value, json};

use super::{RUNTIME, http};

/// A small GitLab in this process.
pub(crate) struct Sandbox {
    pub(crate) url: String,
    stop: Option<tokio::sync::oneshot::Sender<()>>,
    _folder: tempfile::TempDir,
}

pub(crate) const ADMIN: &str = "glpat-made-up-admin-token";

impl Sandbox {
    pub(crate) fn start() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let config = gitlab_sandbox::Config {
            repositories: folder.path().join("repositories"),
            admin_token: SecretString::from(ADMIN),
            search_path: std::env::var_os("PATH").unwrap_or_default(),
        };
        let sandbox = config.build(SystemTime::now).unwrap();
        let (stop, stopped) = tokio::sync::oneshot::channel::<()>();
        let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
        listener.set_nonblocking(true).unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        RUNTIME.spawn(async move {
            let listener = tokio::net::TcpListener::from_std(listener).unwrap();
            let _ = sandbox.serve(listener, async { stopped.await.unwrap_or_default() }).await;
        });
        Self { url, stop: Some(stop), _folder: folder }
    }

    /// An ID token of a job of `gitlab-org/security/omnibus-gitlab` on its protected branch `main`, as changed by `more`.
    pub(crate) fn id_token(&self, audience: &str, more: Value) -> String {
        let mut wanted = json!({
            "project": "gitlab-org/security/omnibus-gitlab", "ref": "main", "ref_protected": true, "audience": audience,
        });
        for (name, value) in more.as_object().unwrap() {
            wanted[name] = value.clone();
        }
        let made = self.admin("POST", "/-/sandbox/id_tokens", &wanted);
        made["id_token"].as_str().unwrap_or_else(|| panic!("{made}")).to_owned()
    }

    /// A request with the administrator's token; its answer must be good.
    pub(crate) fn admin(&self, method: &str, path: &str, body: &Value) -> Value {
        let url = format!("{}{path}", self.url);
        let (status, answer) = http::request(method, &url, &[("private-token", ADMIN)], Some(body)).unwrap();
        assert!(status < 300, "{method} {path}: {status} {answer}");
        answer
    }

    /// Where GitHub's way of asking for a token is served, and the token to ask with.
    pub(crate) fn github_actions(&self) -> (String, &'static str) {
        let url =
            format!("{}/-/sandbox/actions_id_token?project=gitlab-org/security/omnibus-gitlab", self.url);
        (url, ADMIN)
    }
}

impl Drop for Sandbox {
    fn drop(&mut self) {
        if let Some(stop) = self.stop.take() {
            let _ = stop.send(());
        }
    }
}
