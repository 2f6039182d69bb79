use std::{num::NonZeroU32, time::Duration};

use anyhow::{Context, Result};
use lockbox::LoginRate;
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{TcpListener, TcpStream},
    time::{Instant, interval, sleep, timeout},
};

use crate::harness::{Served, read_answer};

const SHORT: Duration = Duration::from_millis(200);
const HEALTH: &str = "GET /v1/sys/health HTTP/1.1\r\nHost: vault\r\n\r\n";
const WRITE: &str = "POST /v1/secret/data/x HTTP/1.1\r\nHost: vault\r\nX-Vault-Token: root\r\n";

#[tokio::test]
async fn a_header_that_never_ends_ends_its_connection() -> Result<()> {
    let served = Served::start(|config| config.limits.header_read_timeout = SHORT).await?;
    for (beginning, piece) in [("", "x"), ("GET /v1/sys/health HTTP/1.1\r\n", "X-More: yes\r\n")] {
        let mut stream = served.connect().await?;
        stream.write_all(beginning.as_bytes()).await?;
        let (begun, answer) = (Instant::now(), dripped(stream, piece.as_bytes()).await?);
        assert_eq!(answer, "", "after {beginning:?}");
        assert!(begun.elapsed() >= SHORT, "after {beginning:?}");
    }
    let silent = served.connect().await?;
    assert_eq!(dripped(silent, b"").await?, "");
    assert!(served.metric("lockbox_refused_by_limit_total{limit=\"header_time\"}").await? >= 3.0);
    Ok(())
}

#[tokio::test]
async fn a_connection_may_rest_for_longer_than_a_header_may_take() -> Result<()> {
    let served = Served::start(|config| {
        config.limits.header_read_timeout = SHORT;
        config.limits.idle_timeout = SHORT * 4;
    })
    .await?;
    let mut stream = served.connect().await?;
    stream.write_all(HEALTH.as_bytes()).await?;
    read_answer(&mut stream).await?;
    let answered = Instant::now();
    assert_eq!(dripped(stream, b"").await?, "");
    assert!(answered.elapsed() >= SHORT * 3, "{:?}", answered.elapsed());
    assert!(served.metric("lockbox_refused_by_limit_total{limit=\"idle_time\"}").await? >= 1.0);
    let mut late = served.connect().await?;
    late.write_all(HEALTH.as_bytes()).await?;
    read_answer(&mut late).await?;
    late.write_all(b"GET /v1/").await?;
    let begun = Instant::now();
    assert_eq!(dripped(late, b"x").await?, "");
    assert!(begun.elapsed() < SHORT * 4, "a second header has no more time: {:?}", begun.elapsed());
    Ok(())
}

#[tokio::test]
async fn a_body_that_never_ends_is_answered_and_ended() -> Result<()> {
    let served = Served::start(|config| config.limits.read_timeout = SHORT).await?;
    for (length, piece) in [
        ("Content-Length: 100000", " "),
        ("Transfer-Encoding: chunked", "1\r\n \r\n"),
        ("Content-Length: 9", ""),
    ] {
        let mut stream = served.connect().await?;
        let (here, there) = (stream.local_addr()?, stream.peer_addr()?);
        stream.write_all(format!("{WRITE}{length}\r\n\r\n").as_bytes()).await?;
        let answer = dripped(stream, piece.as_bytes()).await?;
        let text = format!("{{\"errors\":[\"read tcp {there}-\\u003e{here}: i/o timeout\"]}}\n");
        assert!(answer.starts_with("HTTP/1.1 500 Internal Server Error\r\n"), "{length}: {answer}");
        assert!(answer.ends_with(&text), "{length}: {answer}");
        assert!(answer.contains("Connection: close\r\n"), "{length}: {answer}");
        assert!(!answer.contains("Cache-Control"), "{length}: {answer}");
    }
    assert_eq!(served.metric("lockbox_refused_by_limit_total{limit=\"body_time\"}").await?, 3.0);
    Ok(())
}

#[tokio::test]
async fn a_body_that_is_cut_off_or_broken_is_answered_as_openbao_answers() -> Result<()> {
    let served = Served::start(|_| {}).await?;
    let mut stream = served.connect().await?;
    stream.write_all(format!("{WRITE}Content-Length: 10\r\n\r\n{{").as_bytes()).await?;
    stream.shutdown().await?;
    let answer = dripped(stream, b"").await?;
    assert!(answer.starts_with("HTTP/1.1 500 "), "{answer}");
    assert!(answer.ends_with("{\"errors\":[\"unexpected EOF\"]}\n"), "{answer}");
    let mut stream = served.connect().await?;
    stream.write_all(format!("{WRITE}Transfer-Encoding: chunked\r\n\r\nzz\r\n\r\n").as_bytes()).await?;
    let answer = dripped(stream, b"").await?;
    assert!(answer.starts_with("HTTP/1.1 500 "), "{answer}");
    assert!(answer.ends_with("{\"errors\":[\"invalid byte in chunk length\"]}\n"), "{answer}");
    Ok(())
}

#[tokio::test]
async fn a_body_that_is_too_large_is_refused_though_its_client_keeps_sending() -> Result<()> {
    let served = Served::start(|_| {}).await?;
    let announced = format!("{WRITE}Content-Length: {}\r\n\r\n", (32 << 20) + 1);
    for head in [announced, format!("{WRITE}Transfer-Encoding: chunked\r\n\r\n")] {
        let (mut reading, mut writing) = served.connect().await?.into_split();
        let sending = tokio::spawn(async move {
            let chunk = format!("100000\r\n{}\r\n", " ".repeat(0x10_0000));
            writing.write_all(head.as_bytes()).await?;
            for _ in 0..40 {
                writing.write_all(chunk.as_bytes()).await?;
            }
            Ok::<_, std::io::Error>(writing)
        });
        let answer = read_answer(&mut reading).await?;
        assert!(answer.starts_with("HTTP/1.1 413 Payload Too Large\r\n"), "{answer}");
        assert!(answer.ends_with("{\"errors\":[\"http: request body too large\"]}\n"), "{answer}");
        let _ = sending.await?;
    }
    let largest = format!("{{\"data\":{{\"a\":\"{}\"}}}}", "x".repeat(31 << 20));
    assert!(served.ask("POST", "secret/data/x", &largest).await?.starts_with("HTTP/1.1 200 "));
    assert_eq!(served.metric("lockbox_refused_by_limit_total{limit=\"body_size\"}").await?, 2.0);
    Ok(())
}

#[tokio::test]
async fn large_bodies_share_the_memory_that_there_is_for_them() -> Result<()> {
    let served = Served::start(|config| config.limits.max_bytes_in_flight = 1 << 20).await?;
    let body = format!("{{\"data\":{{\"a\":\"{}\"}}}}", "x".repeat(600_000));
    let head = format!("{WRITE}Content-Length: {}\r\n\r\n", body.len());
    // The first holds its share from the moment at which the server has read it, which only the server knows: whoever comes before that
    // can take the share away from it.
    let (mut first, refused) = timeout(Duration::from_secs(60), async {
        for attempt in 0.. {
            let mut first = served.connect().await?;
            first.write_all(head.as_bytes()).await?;
            first.write_all(&body.as_bytes()[..body.len() - 1]).await?;
            sleep(Duration::from_millis(10 * attempt)).await;
            let answer = served.ask("POST", "secret/data/x", &body).await?;
            if !answer.starts_with("HTTP/1.1 200 ") {
                return anyhow::Ok((first, answer));
            }
            drop(first);
            sleep(Duration::from_millis(50)).await;
        }
        unreachable!("there is always another attempt")
    })
    .await
    .context("both had room")??;
    assert!(refused.starts_with("HTTP/1.1 503 Service Unavailable\r\n"), "{refused}");
    assert!(refused.ends_with("{\"errors\":[\"too many large requests at a time\"]}\n"), "{refused}");
    assert!(served.ask("POST", "secret/data/x", "{\"data\":{}}").await?.starts_with("HTTP/1.1 200 "));
    first.write_all(&body.as_bytes()[body.len() - 1..]).await?;
    assert!(read_answer(&mut first).await?.starts_with("HTTP/1.1 200 "));
    assert!(served.ask("POST", "secret/data/x", &body).await?.starts_with("HTTP/1.1 200 "));
    Ok(())
}

#[tokio::test]
async fn json_that_is_too_complex_is_refused() -> Result<()> {
    let served = Served::start(|_| {}).await?;
    let deep = format!("{{\"data\":{{\"a\":{}{}}}}}", "[".repeat(100_000), "]".repeat(100_000));
    let names: Vec<_> = (0..1000).map(|name| format!("\"{name}\":1")).collect();
    let many_texts = format!("{{\"data\":{{{}}}}}", names.join(","));
    let large = format!("{{\"data\":{{\"a\":[{}]}}}}", vec!["{}"; 1_000_000].join(","));
    for (body, text) in [
        (deep, "failed to decode JSON input: exceeded max depth"),
        (many_texts, "refused JSON input due to high complexity: exceeded maximum number of strings"),
        (large, "refused JSON input due to high complexity: exceeded maximum estimated memory limits"),
    ] {
        let answer = served.ask("POST", "secret/data/x", &body).await?;
        assert!(answer.starts_with("HTTP/1.1 400 "), "{answer}");
        assert!(answer.ends_with(&format!("{{\"errors\":[\"{text}\"]}}\n")), "{answer}");
    }
    assert_eq!(served.metric("lockbox_refused_by_limit_total{limit=\"body_complexity\"}").await?, 3.0);
    Ok(())
}

#[tokio::test]
async fn logins_are_limited_by_source_and_allowed_again_in_time() -> Result<()> {
    let served = Served::start(|config| {
        let two = NonZeroU32::MIN.saturating_add(1);
        config.limits.login_rate = LoginRate::PerSource { per_second: NonZeroU32::MIN, burst: two };
    })
    .await?;
    served.ask("POST", "sys/auth/jwt", "{\"type\":\"jwt\"}").await?;
    let login = || served.ask("POST", "auth/jwt/login", "{}");
    for _ in 0..2 {
        assert!(login().await?.starts_with("HTTP/1.1 400 "));
    }
    let refused = login().await?;
    assert!(refused.starts_with("HTTP/1.1 429 Too Many Requests\r\n"), "{refused}");
    assert!(refused.contains("Retry-After: 1\r\n"), "{refused}");
    assert!(
        refused
            .ends_with("{\"errors\":[\"request path \\\"auth/jwt/login\\\": rate limit quota exceeded\"]}\n"),
        "{refused}"
    );
    assert!(served.ask("GET", "auth/token/lookup-self", "").await?.starts_with("HTTP/1.1 200 "));
    served.clock.advance(Duration::from_secs(1));
    assert!(login().await?.starts_with("HTTP/1.1 400 "));
    assert!(login().await?.starts_with("HTTP/1.1 429 "));
    assert_eq!(served.metric("lockbox_refused_by_limit_total{limit=\"login_rate\"}").await?, 2.0);
    assert_eq!(served.metric("lockbox_logins_total{outcome=\"refused\"}").await?, 5.0);
    Ok(())
}

#[tokio::test]
async fn a_request_that_takes_too_long_is_given_up() -> Result<()> {
    let hanging = TcpListener::bind("127.0.0.1:0").await?;
    let served = Served::start(|config| config.limits.max_request_duration = SHORT).await?;
    served.ask("POST", "sys/auth/jwt", "{\"type\":\"jwt\"}").await?;
    let config = format!("{{\"jwks_url\":\"http://{}/keys\"}}", hanging.local_addr()?);
    let answer = served.ask("POST", "auth/jwt/config", &config).await?;
    assert!(answer.starts_with("HTTP/1.1 500 Internal Server Error\r\n"), "{answer}");
    assert!(answer.ends_with("{\"errors\":[\"context deadline exceeded\"]}\n"), "{answer}");
    assert_eq!(served.metric("lockbox_refused_by_limit_total{limit=\"request_time\"}").await?, 1.0);
    Ok(())
}

/// What the server says until it ends the connection, while the client goes on sending `piece` by piece.
async fn dripped(stream: TcpStream, piece: &[u8]) -> Result<String> {
    let (mut reading, mut writing) = stream.into_split();
    let mut answer = Vec::new();
    let mut drops = interval(Duration::from_millis(20));
    let end = async {
        loop {
            tokio::select! {
                read = reading.read_buf(&mut answer) => match read {
                    // A client that still sent when the server closed may be told so.
                    Ok(0) | Err(_) => return,
                    Ok(_) => {}
                },
                _ = drops.tick() => {
                    let _ = writing.write_all(piece).await;
                }
            }
        }
    };
    timeout(Duration::from_secs(20), end).await.context("the connection did not end")?;
    Ok(String::from_utf8(answer)?)
}
