use std::{
    net::SocketAddr,
    time::{Duration, UNIX_EPOCH},
};

use anyhow::{Context, Result, ensure};
use lockbox::{Config, Drained, Listeners, ManualClock, ServeError};
use tokio::{
    io::{AsyncRead, AsyncReadExt, AsyncWriteExt},
    net::{TcpListener, TcpStream},
    sync::oneshot,
    task::JoinHandle,
    time::timeout,
};

/// A lockbox with limits, a metrics page, a clock that stands still, and an end.
pub(crate) struct Served {
    pub(crate) address: SocketAddr,
    pub(crate) page: SocketAddr,
    pub(crate) clock: ManualClock,
    stop: oneshot::Sender<()>,
    server: JoinHandle<Result<Drained, ServeError>>,
}

impl Served {
    /// With what `change` makes of the usual configuration.
    pub(crate) async fn start(change: impl FnOnce(&mut Config)) -> Result<Self> {
        let clock = ManualClock::starting_at(UNIX_EPOCH + Duration::from_secs(1_800_000_000));
        let (api, metrics) =
            (TcpListener::bind("127.0.0.1:0").await?, TcpListener::bind("127.0.0.1:0").await?);
        let (address, page) = (api.local_addr()?, metrics.local_addr()?);
        let (stop, stopped) = oneshot::channel();
        let mut config = Config::dev("root");
        change(&mut config);
        let serving =
            config.build(clock.clone()).await?.serve(Listeners::from(api).with_metrics(metrics), async {
                // A test that ended without a word wants the end too.
                let _ = stopped.await;
            });
        Ok(Self { address, page, clock, stop, server: tokio::spawn(serving) })
    }

    pub(crate) async fn connect(&self) -> Result<TcpStream> {
        Ok(TcpStream::connect(self.address).await?)
    }

    /// The whole answer, over a connection of its own that ends with it.
    pub(crate) async fn ask(&self, method: &str, path: &str, body: &str) -> Result<String> {
        let request = format!(
            "{method} /v1/{path} HTTP/1.1\r\nHost: vault\r\nX-Vault-Token: root\r\nConnection: close\r\nContent-Length: {}\r\n\r\n{body}",
            body.len()
        );
        exchange(self.address, &request).await
    }

    /// What the metrics page answers to a request line.
    pub(crate) async fn ask_page(&self, line: &str) -> Result<String> {
        exchange(self.page, &format!("{line} HTTP/1.1\r\nHost: vault\r\nConnection: close\r\n\r\n")).await
    }

    /// What a metric with its labels stands at; zero when it is not shown.
    pub(crate) async fn metric(&self, name: &str) -> Result<f64> {
        let page = self.ask_page("GET /metrics").await?;
        let line = page.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix(' '));
        Ok(line.map_or(Ok(0.0), str::parse)?)
    }

    /// Tells the server to end.
    pub(crate) fn end(self) -> JoinHandle<Result<Drained, ServeError>> {
        let _ = self.stop.send(());
        self.server
    }
}

/// One answer of a connection that goes on, with its body.
pub(crate) async fn read_answer(stream: &mut (impl AsyncRead + Unpin)) -> Result<String> {
    let mut answer = Vec::new();
    let body_at = loop {
        if let Some(end) = answer.windows(4).position(|window| window == b"\r\n\r\n") {
            break end + 4;
        }
        read_some(stream, &mut answer).await?;
    };
    let head = String::from_utf8(answer[..body_at].to_vec())?;
    let length = head.lines().find_map(|line| line.strip_prefix("Content-Length: ")).unwrap_or("0");
    let end = body_at + length.parse::<usize>()?;
    while answer.len() < end {
        read_some(stream, &mut answer).await?;
    }
    Ok(String::from_utf8(answer)?)
}

async fn read_some(stream: &mut (impl AsyncRead + Unpin), answer: &mut Vec<u8>) -> Result<()> {
    let read =
        timeout(Duration::from_secs(20), stream.read_buf(answer)).await.context("no answer in time")??;
    ensure!(read > 0, "the connection ended after {:?}", String::from_utf8_lossy(answer));
    Ok(())
}

async fn exchange(address: SocketAddr, request: &str) -> Result<String> {
    let mut stream = TcpStream::connect(address).await?;
    stream.write_all(request.as_bytes()).await?;
    let mut answer = String::new();
    timeout(Duration::from_secs(20), stream.read_to_string(&mut answer))
        .await
        .context("no answer in time")??;
    Ok(answer)
}
