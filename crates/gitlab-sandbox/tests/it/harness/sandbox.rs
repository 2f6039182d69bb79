use std::ffi::OsString;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, UNIX_EPOCH};

use gitlab_sandbox::Config;
use reqwest::{Method, StatusCode};
use serde_json::{Value, json};
use tempfile::TempDir;
use tokio::net::TcpListener;
use tokio::sync::oneshot;
use tokio::task::JoinHandle;

/// The administrator's token; it opens nothing but sandboxes of these tests.
pub(crate) const ADMIN: &str = "glpat-madeup-administrator";

/// 2026-11-23, 12:00 UTC.
pub(crate) const NOW: u64 = 1_795_435_200;

/// A sandbox that is served until it is dropped.
pub(crate) struct Running {
    pub(crate) base: String,
    pub(crate) folder: TempDir,
    seconds: Arc<AtomicU64>,
    client: reqwest::Client,
    stop: Option<oneshot::Sender<()>>,
    server: Option<JoinHandle<()>>,
}

#[expect(clippy::disallowed_methods, reason = "a test finds the real git where its caller does")]
pub(crate) fn search_path() -> OsString {
    std::env::var_os("PATH").unwrap()
}

impl Running {
    pub(crate) async fn start() -> Self {
        Self::start_with_path(search_path()).await
    }

    pub(crate) async fn start_with_path(search_path: OsString) -> Self {
        // Another test of this process may have been first.
        let _ = rustls::crypto::aws_lc_rs::default_provider().install_default();
        let folder = tempfile::tempdir().unwrap();
        let seconds = Arc::new(AtomicU64::new(NOW));
        let clock = {
            let seconds = seconds.clone();
            move || UNIX_EPOCH + Duration::from_secs(seconds.load(Ordering::Relaxed))
        };
        let config = Config {
            repositories: folder.path().join("repositories"),
            admin_token: ADMIN.into(),
            search_path,
        };
        let sandbox = config.build(clock).unwrap();
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let base = format!("http://{}", listener.local_addr().unwrap());
        let (stop, stopped) = oneshot::channel::<()>();
        let server = tokio::spawn(async move {
            let shutdown = async {
                let _ = stopped.await;
            };
            sandbox.serve(listener, shutdown).await.unwrap();
        });
        let client = reqwest::Client::builder()
            .no_proxy()
            .redirect(reqwest::redirect::Policy::none())
            .timeout(Duration::from_secs(30))
            .build()
            .unwrap();
        Self { base, folder, seconds, client, stop: Some(stop), server: Some(server) }
    }

    /// Asks for the shutdown and waits for the end.
    pub(crate) async fn shut_down(&mut self) {
        drop(self.stop.take());
        let server = self.server.take().unwrap();
        tokio::time::timeout(Duration::from_secs(30), server).await.unwrap().unwrap();
    }

    pub(crate) fn path(&self) -> &Path {
        self.folder.path()
    }

    pub(crate) fn pass(&self, seconds: u64) {
        self.seconds.fetch_add(seconds, Ordering::Relaxed);
    }

    pub(crate) fn request(&self, method: Method, path: &str) -> reqwest::RequestBuilder {
        self.client.request(method, format!("{}{path}", self.base))
    }

    /// The answer to a request with `token`, as status and JSON.
    pub(crate) async fn ask(
        &self,
        token: &str,
        method: Method,
        path: &str,
        body: Value,
    ) -> (StatusCode, Value) {
        let request = self.request(method, path).header("PRIVATE-TOKEN", token);
        let request = if body.is_null() { request } else { request.json(&body) };
        let response = request.send().await.unwrap();
        let status = response.status();
        let text = response.text().await.unwrap();
        (status, serde_json::from_str(&text).unwrap_or(Value::Null))
    }

    /// What the administrator gets for a request that must succeed.
    pub(crate) async fn admin(&self, method: Method, path: &str, body: Value) -> Value {
        let (status, answer) = self.ask(ADMIN, method, path, body).await;
        assert!(status.is_success(), "{path}: {status}: {answer}");
        answer
    }

    pub(crate) async fn group(&self, path: &str, parent: Option<u64>) -> u64 {
        let body = json!({ "name": path, "path": path, "parent_id": parent });
        self.admin(Method::POST, "/api/v4/groups", body).await["id"].as_u64().unwrap()
    }

    pub(crate) async fn project(&self, path: &str, group: u64, visibility: &str) -> u64 {
        let body = json!({ "name": path, "path": path, "namespace_id": group, "visibility": visibility });
        self.admin(Method::POST, "/api/v4/projects", body).await["id"].as_u64().unwrap()
    }

    /// A new group access token, whole.
    pub(crate) async fn token(&self, group: u64, level: u64, scopes: &[&str]) -> Value {
        let body = json!({
            "name": "build-token",
            "scopes": scopes,
            "access_level": level,
            "expires_at": "2026-11-24",
        });
        self.admin(Method::POST, &format!("/api/v4/groups/{group}/access_tokens"), body).await
    }

    /// The value of a new group access token.
    pub(crate) async fn token_value(&self, group: u64, level: u64, scopes: &[&str]) -> String {
        self.token(group, level, scopes).await["token"].as_str().unwrap().to_owned()
    }

    /// A new person and the value of their personal token with the scope `api`.
    pub(crate) async fn person(&self, username: &str) -> (u64, String) {
        let email = format!("{username}@example.com");
        let body = json!({ "name": username, "username": username, "email": email });
        let id = self.admin(Method::POST, "/api/v4/users", body).await["id"].as_u64().unwrap();
        let path = format!("/api/v4/users/{id}/personal_access_tokens");
        let token = self.admin(Method::POST, &path, json!({ "name": "own", "scopes": ["api"] })).await;
        (id, token["token"].as_str().unwrap().to_owned())
    }

    /// Makes a person a member of `groups/1` or `projects/1`.
    pub(crate) async fn member(&self, of: &str, user: u64, level: u64) {
        let body = json!({ "user_id": user, "access_level": level });
        self.admin(Method::POST, &format!("/api/v4/{of}/members"), body).await;
    }

    pub(crate) async fn commit(&self, project: &str, files: Value) -> String {
        let body = json!({ "project": project, "message": "Add files", "files": files });
        let answer = self.admin(Method::POST, "/-/sandbox/commits", body).await;
        answer["sha"].as_str().unwrap().to_owned()
    }

    /// The Git requests so far.
    pub(crate) async fn git_requests(&self) -> Vec<Value> {
        let requests = self.admin(Method::GET, "/-/sandbox/requests", Value::Null).await;
        requests.as_array().unwrap().clone()
    }

    /// The URL of a project's repository, with a user and a password for git.
    pub(crate) fn url_with(&self, token: &str, project: &str) -> String {
        self.base.replacen("http://", &format!("http://anyone:{token}@"), 1) + "/" + project + ".git"
    }

    pub(crate) fn url(&self, project: &str) -> String {
        format!("{}/{project}.git", self.base)
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        drop(self.stop.take());
        if let Some(server) = self.server.take() {
            server.abort();
        }
    }
}
