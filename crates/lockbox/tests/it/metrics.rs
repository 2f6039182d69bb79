use std::{collections::HashMap, path::Path};

use anyhow::{Context, Result, bail};
use lockbox::{Split, Storage};
use tempfile::tempdir;
use tokio::io::AsyncWriteExt;

use crate::harness::{Served, read_answer};

#[tokio::test]
async fn what_was_asked_is_counted_by_kind_and_status() -> Result<()> {
    let served = Served::start(|_| {}).await?;
    served.ask("POST", "secret/data/very-secret-path", "{\"data\":{\"a\":\"very-secret-value\"}}").await?;
    served.ask("GET", "secret/data/very-secret-path", "").await?;
    served.ask("GET", "secret/data/nothing", "").await?;
    served.ask("LIST", "secret/metadata/", "").await?;
    served.ask("GET", "auth/token/lookup-self", "").await?;
    served.ask("POST", "auth/jwt/login", "{}").await?;
    let mut open = served.connect().await?;
    open.write_all(b"GET /v1/sys/health HTTP/1.1\r\nHost: vault\r\n\r\n").await?;
    read_answer(&mut open).await?;
    let page = served.ask_page("GET /metrics").await?;
    let (head, text) = page.split_once("\r\n\r\n").context("no body")?;
    assert!(head.starts_with("HTTP/1.1 200 OK\r\n"), "{head}");
    assert!(head.contains("Content-Type: text/plain; version=0.0.4; charset=utf-8"), "{head}");
    let shown = parse(text)?;
    for (sample, value) in [
        ("lockbox_requests_total{operation=\"update\",route=\"secret\",status=\"2xx\"}", 1.0),
        ("lockbox_requests_total{operation=\"read\",route=\"secret\",status=\"2xx\"}", 1.0),
        ("lockbox_requests_total{operation=\"read\",route=\"secret\",status=\"4xx\"}", 1.0),
        ("lockbox_requests_total{operation=\"list\",route=\"secret\",status=\"2xx\"}", 1.0),
        ("lockbox_requests_total{operation=\"read\",route=\"token\",status=\"2xx\"}", 1.0),
        ("lockbox_requests_total{operation=\"read\",route=\"sys\",status=\"2xx\"}", 1.0),
        ("lockbox_requests_total{operation=\"update\",route=\"login\",status=\"4xx\"}", 1.0),
        ("lockbox_request_duration_seconds_count{route=\"secret\"}", 4.0),
        ("lockbox_request_duration_seconds_bucket{route=\"secret\",le=\"+Inf\"}", 4.0),
        ("lockbox_logins_total{outcome=\"refused\"}", 1.0),
        ("lockbox_logins_total{outcome=\"ok\"}", 0.0),
        ("lockbox_connections", 1.0),
        ("lockbox_sealed", 0.0),
    ] {
        assert_eq!(shown.get(sample), Some(&value), "{sample} in\n{text}");
    }
    assert!(!text.contains("very-secret"), "{text}");
    Ok(())
}

#[tokio::test]
async fn how_the_vault_stands_is_shown() -> Result<()> {
    let folder = tempdir()?;
    let file = folder.path().join("lockbox");
    let served = Served::start(|config| config.storage = Storage::File(file.clone())).await?;
    assert_eq!(served.metric("lockbox_sealed").await?, 1.0);
    let keys = served.lockbox.initialise(Split::WHOLE).await?;
    served.lockbox.unseal(keys.root_key.clone()).await?;
    assert_eq!(served.metric("lockbox_sealed").await?, 0.0);
    assert_eq!(served.metric("lockbox_sessions").await?, 1.0);
    assert_file_bytes(&served, &file).await?;
    let commits = served.metric("lockbox_commit_duration_seconds_count").await?;
    let token = keys.root_token.as_str();
    let mount = served.ask_by(token, "POST", "sys/mounts/kv", "{\"type\":\"kv\"}").await?;
    assert!(mount.starts_with("HTTP/1.1 204 "), "{mount}");
    served.ask_by(token, "POST", "auth/token/create", "{}").await?;
    assert_eq!(served.metric("lockbox_sessions").await?, 2.0);
    assert!(served.metric("lockbox_commit_duration_seconds_count").await? > commits);
    assert_eq!(
        served.metric("lockbox_commit_duration_seconds_count").await?,
        served.metric("lockbox_commit_writes_count").await?
    );
    assert_eq!(served.metric("lockbox_commit_failures_total").await?, 0.0);
    Ok(())
}

/// The file may grow and shrink between the two looks.
async fn assert_file_bytes(served: &Served, file: &Path) -> Result<()> {
    let mut looks = Vec::new();
    while looks.len() < 50 {
        let look = (served.metric("lockbox_file_bytes").await?, std::fs::metadata(file)?.len() as f64);
        if look.0 == look.1 {
            return Ok(());
        }
        looks.push(look);
    }
    bail!("the bytes shown, and those of the file, differ: {looks:?}");
}

#[tokio::test]
async fn the_page_is_all_that_is_on_its_listener_and_nowhere_else() -> Result<()> {
    let served = Served::start(|_| {}).await?;
    for (line, status) in [
        ("GET /metrics", "200 OK"),
        ("POST /metrics", "405 Method Not Allowed"),
        ("GET /", "404 Not Found"),
        ("GET /v1/sys/health", "404 Not Found"),
        ("GET /metrics/../v1/sys/health", "404 Not Found"),
    ] {
        let answer = served.ask_page(line).await?;
        assert!(answer.starts_with(&format!("HTTP/1.1 {status}\r\n")), "{line}: {answer}");
    }
    let mut api = served.connect().await?;
    api.write_all(b"GET /metrics HTTP/1.1\r\nHost: vault\r\n\r\n").await?;
    assert!(read_answer(&mut api).await?.starts_with("HTTP/1.1 404 "));
    Ok(())
}

/// Every sample by its name and labels, if the text is what Prometheus' format 0.0.4 allows.
fn parse(text: &str) -> Result<HashMap<&str, f64>> {
    let (mut samples, mut types) = (HashMap::new(), HashMap::new());
    for line in text.lines() {
        if let Some(comment) = line.strip_prefix("# ") {
            let [kind, name, rest] =
                comment.splitn(3, ' ').collect::<Vec<_>>().try_into().ok().context(line.to_owned())?;
            match kind {
                "HELP" => {}
                "TYPE" => anyhow::ensure!(types.insert(name, rest).is_none(), "{name} has two types"),
                _ => anyhow::bail!("{line}"),
            }
            continue;
        }
        let (sample, value) = line.rsplit_once(' ').context(line.to_owned())?;
        let name = sample.split('{').next().unwrap_or_default();
        let family = ["_bucket", "_sum", "_count"]
            .iter()
            .filter_map(|end| name.strip_suffix(end))
            .find(|family| types.get(family) == Some(&"histogram"))
            .unwrap_or(name);
        let kind = types.get(family).with_context(|| format!("{line} has no type"))?;
        anyhow::ensure!(matches!(*kind, "counter" | "gauge" | "histogram"), "{kind}");
        anyhow::ensure!(*kind != "counter" || name.ends_with("_total"), "{line}");
        anyhow::ensure!(name.bytes().all(|byte| byte.is_ascii_lowercase() || byte == b'_'), "{name}");
        anyhow::ensure!(samples.insert(sample, value.parse()?).is_none(), "{sample} stands twice");
    }
    Ok(samples)
}
