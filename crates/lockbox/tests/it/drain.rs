use std::time::Duration;

use anyhow::Result;
use lockbox::Drained;
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
    time::{Instant, timeout},
};

use crate::harness::{Served, read_answer};

const IN_TIME: Duration = Duration::from_secs(20);
const HEALTH: &[u8] = b"GET /v1/sys/health HTTP/1.1\r\nHost: vault\r\n\r\n";

/// A connection whose request is being worked on: its body, `{"data":{}}`, is missing.
async fn busy(served: &Served) -> Result<TcpStream> {
    let mut stream = served.connect().await?;
    let head = "POST /v1/secret/data/x HTTP/1.1\r\nHost: vault\r\nX-Vault-Token: root\r\nExpect: 100-continue\r\nContent-Length: 11\r\n\r\n";
    stream.write_all(head.as_bytes()).await?;
    let going_on = read_answer(&mut stream).await?;
    anyhow::ensure!(going_on.starts_with("HTTP/1.1 100 "), "{going_on}");
    Ok(stream)
}

#[tokio::test]
async fn requests_under_way_are_answered_and_nobody_else_is_waited_for() -> Result<()> {
    let served = Served::start(|config| config.limits.drain_deadline = Duration::from_secs(600)).await?;
    let (address, page) = (served.address, served.page);
    let (mut busy, mut silent, mut idle) =
        (busy(&served).await?, served.connect().await?, served.connect().await?);
    idle.write_all(HEALTH).await?;
    read_answer(&mut idle).await?;
    let ended = served.end();
    for stream in [&mut silent, &mut idle] {
        assert!(matches!(timeout(IN_TIME, stream.read(&mut [0])).await?, Ok(0) | Err(_)));
    }
    for address in [address, page] {
        assert!(TcpStream::connect(address).await.is_err());
    }
    busy.write_all(b"{\"data\":{}}").await?;
    let answer = read_answer(&mut busy).await?;
    assert!(answer.starts_with("HTTP/1.1 200 "), "{answer}");
    assert!(answer.contains("Connection: close\r\n"), "{answer}");
    assert_eq!(timeout(IN_TIME, ended).await???, Drained { cut_off: 0 });
    Ok(())
}

#[tokio::test]
async fn who_is_not_done_at_the_deadline_is_cut_off_and_counted() -> Result<()> {
    let deadline = Duration::from_millis(300);
    let served = Served::start(|config| config.limits.drain_deadline = deadline).await?;
    let (mut first, mut second) = (busy(&served).await?, busy(&served).await?);
    let (begun, ended) = (Instant::now(), served.end());
    assert_eq!(timeout(IN_TIME, ended).await???, Drained { cut_off: 2 });
    assert!(begun.elapsed() >= deadline);
    for stream in [&mut first, &mut second] {
        assert!(matches!(timeout(IN_TIME, stream.read(&mut [0])).await?, Ok(0) | Err(_)));
    }
    Ok(())
}
