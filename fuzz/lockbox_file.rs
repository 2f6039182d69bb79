//! A lockbox file that somebody changed: it is refused, or gives what was written, or an error; and goes on answering.

use std::{
    fs,
    path::Path,
    sync::LazyLock,
    time::{Duration, UNIX_EPOCH},
};

use lockbox::{Config, Initialised, Lockbox, ManualClock, OpenError, RootKey, Split};
use serde_json::{Value, json};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{TcpListener, TcpStream},
    runtime::Runtime,
    sync::oneshot,
    task::JoinHandle,
};

/// Changes the file at places that the bytes name, and looks at everything that was in it.
pub(crate) fn file(bytes: &[u8]) {
    let mut changed = WRITTEN.bytes.clone();
    for edit in bytes.chunks_exact(EDIT_BYTES).take(64) {
        change(&mut changed, edit);
    }
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("lockbox");
    fs::write(&path, changed).expect("a file");
    RUNTIME.block_on(async {
        match Serving::open(&path, WRITTEN.root_key.clone(), &WRITTEN.root_token).await {
            Ok(serving) => look(serving).await,
            Err(problem) => assert!(!problem.to_string().is_empty()),
        }
    });
}

/// What is done, an offset in four bytes, and a value.
fn change(file: &mut Vec<u8>, edit: &[u8]) {
    let (Some((&what, rest)), false) = (edit.split_first(), file.is_empty()) else { return };
    let Some((offset, &[value])) = rest.split_first_chunk::<4>() else { return };
    let at = u32::from_be_bytes(*offset) as usize % file.len();
    let page = |number: usize| number * PAGE_BYTES..(number + 1) * PAGE_BYTES;
    let there = page(at / PAGE_BYTES);
    match what % 5 {
        0 => file[at] ^= value,
        1 => file[at] = value,
        2 => file.truncate(at),
        3 if there.end <= file.len() && page(value.into()).end <= file.len() => {
            file.copy_within(page(value.into()), there.start);
        }
        4 if there.end <= file.len() => file[there].fill(value),
        _ => {}
    }
}

async fn look(serving: Serving) {
    let read = serving.ask("GET", "ci/data/team/secret", Value::Null).await;
    if let Some(read) = read {
        let version = &read["data"]["metadata"]["version"];
        assert!((1..=2).any(|known| *version == known && read["data"]["data"] == secret(known)), "{read}");
    }
    for (path, expected) in [("ci/metadata/", "team/"), ("ci/metadata/team/", "secret")] {
        if let Some(listed) = serving.ask("LIST", path, Value::Null).await {
            assert_eq!(listed["data"]["keys"], json!([expected]), "{path}");
        }
    }
    if let Some(read) = serving.ask("GET", "sys/policies/acl/reader", Value::Null).await {
        assert_eq!(read["data"]["policy"], POLICY);
    }
    if let Some(read) = serving.ask("GET", "auth/token/lookup-self", Value::Null).await {
        assert_eq!(read["data"]["policies"], json!(["root"]));
    }
    let written = json!({ "data": { "value": "after" } });
    if serving.ask("POST", "ci/data/after", written).await.is_some()
        && let Some(read) = serving.ask("GET", "ci/data/after", Value::Null).await
    {
        assert_eq!(read["data"]["data"]["value"], "after");
    }
    serving.stop().await;
}

/// A file as it should be, and what opens it.
struct Written {
    bytes: Vec<u8>,
    root_key: RootKey,
    root_token: String,
}

static RUNTIME: LazyLock<Runtime> = LazyLock::new(|| Runtime::new().expect("a runtime"));

static WRITTEN: LazyLock<Written> = LazyLock::new(|| {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("lockbox");
    let Initialised { root_key, root_token, .. } = RUNTIME
        .block_on(async {
            let keys = build(&path).await?.initialise(Split::WHOLE).await?;
            let serving = Serving::open(&path, keys.root_key.clone(), &keys.root_token).await?;
            let mount = json!({ "type": "kv", "options": { "version": "2" } });
            serving.ask("POST", "sys/mounts/ci", mount).await.expect("a mount");
            for version in 1..=2 {
                let data = json!({ "data": secret(version) });
                serving.ask("POST", "ci/data/team/secret", data).await.expect("a version");
            }
            serving
                .ask("PUT", "sys/policies/acl/reader", json!({ "policy": POLICY }))
                .await
                .expect("a policy");
            serving.stop().await;
            Ok::<_, OpenError>(keys)
        })
        .expect("a lockbox");
    let bytes = fs::read(&path).expect("its file");
    Written { bytes, root_key, root_token: root_token.to_string() }
});

async fn build(path: &Path) -> Result<Lockbox, OpenError> {
    Config::file(path).build(ManualClock::starting_at(UNIX_EPOCH + Duration::from_secs(1_800_000_000))).await
}

fn secret(version: u64) -> Value {
    json!({ "value": format!("version {version} ").repeat(40) })
}

/// A lockbox that answers.
struct Serving {
    address: std::net::SocketAddr,
    token: String,
    stop: oneshot::Sender<()>,
    server: JoinHandle<()>,
}

impl Serving {
    async fn open(path: &Path, root_key: RootKey, token: &str) -> Result<Self, OpenError> {
        let lockbox = build(path).await?;
        lockbox.unseal(root_key).await?;
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let address = listener.local_addr().expect("an address");
        let (stop, stopped) = oneshot::channel::<()>();
        let server = tokio::spawn(async move {
            lockbox.serve(listener, async { drop(stopped.await) }).await.expect("it serves");
        });
        Ok(Self { address, token: token.to_owned(), stop, server })
    }

    /// The answer, when it is a good one; there is always one, and no part of the server has ended.
    async fn ask(&self, method: &str, path: &str, body: Value) -> Option<Value> {
        let body = if body.is_null() { String::new() } else { body.to_string() };
        let request = format!(
            "{method} /v1/{path} HTTP/1.1\r\nHost: vault\r\nConnection: close\r\nX-Vault-Token: {}\r\nContent-Length: \
             {}\r\n\r\n{body}",
            self.token,
            body.len()
        );
        let exchange = async {
            let mut stream = TcpStream::connect(self.address).await?;
            stream.write_all(request.as_bytes()).await?;
            let mut answer = String::new();
            stream.read_to_string(&mut answer).await?;
            Ok::<_, std::io::Error>(answer)
        };
        let answer =
            tokio::time::timeout(PATIENCE, exchange).await.expect("an answer in time").expect("an answer");
        let (head, body) = answer.split_once("\r\n\r\n").expect("a whole answer");
        assert!(!body.contains("storage is closed"), "{method} {path}: {body}");
        let good = head.starts_with("HTTP/1.1 2");
        good.then(|| serde_json::from_str(body).unwrap_or_default())
    }

    async fn stop(self) {
        drop(self.stop);
        self.server.await.expect("it ends");
    }
}

const POLICY: &str = "path \"ci/data/*\" { capabilities = [\"read\"] }";
const EDIT_BYTES: usize = 6;
const PAGE_BYTES: usize = 4096;
const PATIENCE: Duration = Duration::from_secs(20);
