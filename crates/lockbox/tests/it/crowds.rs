use std::time::Duration;

use anyhow::Result;
use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
    time::timeout,
};

use crate::harness::{Served, read_answer};

const HEALTH: &[u8] = b"GET /v1/sys/health HTTP/1.1\r\nHost: vault\r\n\r\n";

/// As many clients as wanted, or as many as this process may have files for.
#[expect(clippy::print_stderr, reason = "a test that does less than it says has to say so")]
fn clients(wanted: usize, server: usize) -> usize {
    let limit = getrlimit(Resource::Nofile);
    let raised = Rlimit { current: limit.maximum, maximum: limit.maximum };
    let _ = setrlimit(Resource::Nofile, raised);
    let files = getrlimit(Resource::Nofile).current.unwrap_or(u64::MAX);
    let most = usize::try_from(files).unwrap_or(usize::MAX).saturating_sub(server + 500);
    if most < wanted {
        eprintln!("only {most} silent clients instead of {wanted}: this process may open {files} files");
    }
    wanted.min(most)
}

async fn ask(stream: &mut TcpStream) -> Result<()> {
    stream.write_all(HEALTH).await?;
    let answer = read_answer(stream).await?;
    anyhow::ensure!(answer.starts_with("HTTP/1.1 200 "), "{answer}");
    Ok(())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn ten_thousand_connections_that_say_nothing_keep_nobody_out() -> Result<()> {
    const ROOM: usize = 1000;
    let served = Served::start(|config| {
        config.limits.max_connections = ROOM;
        config.limits.max_connections_per_source = usize::MAX;
        config.limits.header_read_timeout = Duration::from_secs(600);
    })
    .await?;
    let mut regular = served.connect().await?;
    let mut silent = Vec::new();
    for number in 0..clients(10_000, ROOM) {
        silent.push(served.connect().await?);
        if number % 100 == 0 {
            ask(&mut regular).await?;
        }
        if number % 500 == 0 {
            ask(&mut served.connect().await?).await?;
        }
    }
    let refused = served.metric("lockbox_refused_by_limit_total{limit=\"connections\"}").await?;
    assert!(refused >= (silent.len() - ROOM) as f64, "{refused} of {}", silent.len());
    assert!(served.metric("lockbox_connections").await? <= ROOM as f64);
    // The oldest were closed, one after another, and the newest were not.
    assert_eq!(timeout(Duration::from_secs(20), silent[0].read(&mut [0])).await??, 0);
    let newest = silent.len() - 1;
    ask(&mut silent[newest]).await?;
    ask(&mut regular).await
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn one_source_has_its_share_of_connections() -> Result<()> {
    const SHARE: usize = 50;
    let served = Served::start(|config| {
        config.limits.max_connections_per_source = SHARE;
        config.limits.header_read_timeout = Duration::from_secs(600);
    })
    .await?;
    let mut silent = Vec::new();
    for _ in 0..200 {
        silent.push(served.connect().await?);
    }
    ask(&mut served.connect().await?).await?;
    assert!(served.metric("lockbox_connections").await? <= SHARE as f64);
    assert!(
        served.metric("lockbox_refused_by_limit_total{limit=\"connections_per_source\"}").await? >= 150.0
    );
    assert_eq!(timeout(Duration::from_secs(20), silent[0].read(&mut [0])).await??, 0);
    Ok(())
}

#[tokio::test]
async fn where_everybody_is_busy_a_newcomer_is_closed_at_once() -> Result<()> {
    let served = Served::start(|config| config.limits.max_connections = 3).await?;
    let mut busy = Vec::new();
    for _ in 0..3 {
        let mut stream = served.connect().await?;
        let head = "POST /v1/secret/data/x HTTP/1.1\r\nHost: vault\r\nX-Vault-Token: root\r\nExpect: 100-continue\r\nContent-Length: 11\r\n\r\n";
        stream.write_all(head.as_bytes()).await?;
        // Says that the request is being worked on.
        read_answer(&mut stream).await?;
        busy.push(stream);
    }
    let mut newcomer = served.connect().await?;
    assert!(matches!(timeout(Duration::from_secs(20), newcomer.read(&mut [0])).await?, Ok(0) | Err(_)));
    for mut stream in busy {
        stream.write_all(b"{\"data\":{}}").await?;
        assert!(read_answer(&mut stream).await?.starts_with("HTTP/1.1 200 "));
    }
    assert!(served.metric("lockbox_refused_by_limit_total{limit=\"connections\"}").await? >= 1.0);
    Ok(())
}
