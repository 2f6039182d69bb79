use std::{
    path::Path,
    time::{Duration, SystemTime, UNIX_EPOCH},
};

use anyhow::{Context, Result};
use lockbox::{Clock, Config, Initialised, Lockbox, ManualClock, RootKey, Split};
use serde_json::{Value, json};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{TcpListener, TcpStream},
    sync::oneshot,
    task::JoinHandle,
};

/// A lockbox with a clock that stands still.
pub(crate) struct Vault {
    address: String,
    pub(crate) clock: ManualClock,
    server: JoinHandle<()>,
    lockbox: Lockbox,
    stop: Option<oneshot::Sender<()>>,
}

/// What came back.
#[derive(Debug)]
pub(crate) struct Reply {
    pub(crate) status: u16,
    pub(crate) head: String,
    pub(crate) body: Value,
}

impl Vault {
    pub(crate) async fn start() -> Result<Self> {
        Self::serve(Config::dev("root")).await
    }

    /// One that keeps everything in a new file, open.
    pub(crate) async fn in_file(file: &Path, split: Split) -> Result<(Self, Initialised)> {
        let vault = Self::reopen(file).await?;
        let keys = vault.lockbox.initialise(split).await?;
        vault.lockbox.unseal(keys.root_key.clone()).await?;
        Ok((vault, keys))
    }

    /// One that keeps everything in a file, sealed.
    pub(crate) async fn reopen(file: &Path) -> Result<Self> {
        Self::serve(Config::file(file)).await
    }

    pub(crate) async fn unseal(&self, root_key: RootKey) -> Result<()> {
        Ok(self.lockbox.unseal(root_key).await?)
    }

    /// Ends the server, and waits until its file is closed.
    pub(crate) async fn stop(mut self) {
        self.stop.take();
        let _ = (&mut self.server).await;
    }

    pub(crate) async fn serve(config: Config) -> Result<Self> {
        let clock = ManualClock::starting_at(UNIX_EPOCH + Duration::from_secs(1_800_000_000));
        let listener = TcpListener::bind("127.0.0.1:0").await?;
        let address = listener.local_addr()?.to_string();
        let lockbox = config.build(clock.clone()).await?;
        let (stop, stopped) = oneshot::channel::<()>();
        let serving = lockbox.clone();
        let server = tokio::spawn(async move {
            let _ = serving.serve(listener, async { drop(stopped.await) }).await;
        });
        Ok(Self { address, clock, server, lockbox, stop: Some(stop) })
    }

    pub(crate) fn now(&self) -> i64 {
        let since = self.clock.now().duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default();
        i64::try_from(since.as_secs()).unwrap_or_default()
    }

    /// As root.
    pub(crate) async fn root(&self, method: &str, path: &str, body: Value) -> Result<Reply> {
        self.send(method, path, "X-Vault-Token: root\r\n", &body.to_string()).await
    }

    pub(crate) async fn by(&self, token: &str, method: &str, path: &str, body: Value) -> Result<Reply> {
        self.send(method, path, &format!("X-Vault-Token: {token}\r\n"), &body.to_string()).await
    }

    pub(crate) async fn send(&self, method: &str, path: &str, headers: &str, body: &str) -> Result<Reply> {
        self.send_raw(&format!(
            "{method} /v1/{path} HTTP/1.1\r\nHost: vault\r\nConnection: close\r\n{headers}Content-Length: {}\r\n\r\n{body}",
            body.len()
        ))
        .await
    }

    /// What root reads, letter by letter.
    pub(crate) async fn raw_body(&self, path: &str) -> Result<String> {
        let request = format!(
            "GET /v1/{path} HTTP/1.1\r\nHost: vault\r\nConnection: close\r\nX-Vault-Token: root\r\n\r\n"
        );
        Ok(self.exchange(&request).await?.1)
    }

    pub(crate) async fn send_raw(&self, request: &str) -> Result<Reply> {
        let (head, body) = self.exchange(request).await?;
        let status = head.split(' ').nth(1).context("no status")?.parse()?;
        let body = if body.is_empty() { Value::Null } else { serde_json::from_str(&body)? };
        Ok(Reply { status, head, body })
    }

    async fn exchange(&self, request: &str) -> Result<(String, String)> {
        let mut stream = TcpStream::connect(&self.address).await?;
        // The server may answer and close before it has read everything.
        let _ = stream.write_all(request.as_bytes()).await;
        let mut answer = Vec::new();
        let _ = stream.read_to_end(&mut answer).await;
        let answer = String::from_utf8(answer)?;
        let (head, body) = answer.split_once("\r\n\r\n").context("no answer")?;
        Ok((head.to_owned(), body.to_owned()))
    }

    /// A token with these policies.
    pub(crate) async fn token(&self, order: Value) -> Result<String> {
        self.root("POST", "auth/token/create", order).await?.token()
    }

    pub(crate) async fn policy(&self, name: &str, text: &str) -> Result<()> {
        let reply = self.root("PUT", &format!("sys/policies/acl/{name}"), json!({ "policy": text })).await?;
        reply.expect(204)
    }
}

impl Drop for Vault {
    fn drop(&mut self) {
        self.server.abort();
    }
}

impl Reply {
    pub(crate) fn token(&self) -> Result<String> {
        Ok(self.body["auth"]["client_token"].as_str().with_context(|| format!("{self:?}"))?.to_owned())
    }

    pub(crate) fn expect(&self, status: u16) -> Result<()> {
        anyhow::ensure!(self.status == status, "{self:?}");
        Ok(())
    }

    #[track_caller]
    pub(crate) fn refuses(&self, status: u16, text: &str) {
        assert_eq!((self.status, &self.body), (status, &json!({ "errors": [text] })));
    }

    #[track_caller]
    pub(crate) fn refuses_silently(&self, status: u16) {
        assert_eq!((self.status, &self.body), (status, &json!({ "errors": [] })));
    }
}

/// Without a body.
impl Vault {
    pub(crate) async fn get(&self, token: &str, path: &str) -> Result<Reply> {
        self.send("GET", path, &format!("X-Vault-Token: {token}\r\n"), "").await
    }

    pub(crate) async fn list(&self, path: &str) -> Result<Reply> {
        self.send("LIST", path, "X-Vault-Token: root\r\n", "").await
    }

    pub(crate) async fn delete(&self, path: &str) -> Result<Reply> {
        self.send("DELETE", path, "X-Vault-Token: root\r\n", "").await
    }
}
