use std::time::Duration;

use anyhow::{Context, Result};
use lockbox::Split;
use serde_json::json;

use crate::harness::{Reply, Vault};

const GONE: &str = "wrapping token is not valid or does not exist";

async fn wrapped(vault: &Vault, token: &str, ttl: &str) -> Result<String> {
    let headers = format!("X-Vault-Token: {token}\r\nX-Vault-Wrap-TTL: {ttl}\r\n");
    let reply = vault.send("POST", "sys/wrapping/wrap", &headers, "{\"x\":1}").await?;
    Ok(reply.body["wrap_info"]["token"].as_str().with_context(|| format!("{reply:?}"))?.to_owned())
}

async fn unwrap(vault: &Vault, wrapping: &str) -> Result<Reply> {
    vault.by(wrapping, "POST", "sys/wrapping/unwrap", json!({})).await
}

#[tokio::test]
async fn an_answer_is_wrapped_and_given_once() -> Result<()> {
    let vault = Vault::start().await?;
    vault.root("POST", "secret/data/a", json!({ "data": { "x": "secret" } })).await?.expect(200)?;
    let headers = "X-Vault-Token: root\r\nX-Vault-Wrap-TTL: 5m\r\n";
    let wrapped = vault.send("GET", "secret/data/a", headers, "").await?;
    let info = &wrapped.body["wrap_info"];
    assert_eq!((&info["ttl"], &info["creation_path"]), (&json!(300), &json!("secret/data/a")));
    assert_eq!((&wrapped.body["data"], &wrapped.body["request_id"]), (&json!(null), &json!("")));
    let wrapping = info["token"].as_str().context("no token")?.to_owned();
    let about = vault.root("POST", "sys/wrapping/lookup", json!({ "token": wrapping })).await?;
    assert_eq!(about.body["data"]["creation_ttl"], 300);
    assert_eq!(unwrap(&vault, &wrapping).await?.body["data"]["data"], json!({ "x": "secret" }));
    unwrap(&vault, &wrapping).await?.refuses(400, GONE);
    vault.root("POST", "sys/wrapping/lookup", json!({ "token": wrapping })).await?.refuses(400, GONE);
    Ok(())
}

#[tokio::test]
async fn of_many_who_unwrap_at_once_one_gets_it() -> Result<()> {
    let vault = Vault::start().await?;
    for _ in 0..10 {
        let wrapping = wrapped(&vault, "root", "60").await?;
        let named = json!({ "token": wrapping });
        let by_name = || vault.root("POST", "sys/wrapping/unwrap", named.clone());
        let (a, b, c, d) =
            tokio::join!(by_name(), unwrap(&vault, &wrapping), by_name(), unwrap(&vault, &wrapping));
        let statuses = [a?.status, b?.status, c?.status, d?.status];
        assert_eq!(statuses.iter().filter(|status| **status == 200).count(), 1, "{statuses:?}");
    }
    Ok(())
}

#[tokio::test]
async fn what_is_wrapped_ends_on_time() -> Result<()> {
    let vault = Vault::start().await?;
    let (short, long) = (wrapped(&vault, "root", "10s").await?, wrapped(&vault, "root", "2h").await?);
    let again = vault.root("POST", "sys/wrapping/rewrap", json!({ "token": long })).await?;
    assert_eq!(again.body["wrap_info"]["ttl"], 7200);
    unwrap(&vault, &long).await?.refuses(400, GONE);
    vault.clock.advance(Duration::from_secs(10));
    unwrap(&vault, &short).await?.refuses(400, GONE);
    let again = again.body["wrap_info"]["token"].as_str().context("no token")?.to_owned();
    assert_eq!(unwrap(&vault, &again).await?.body["data"], json!({ "x": 1 }));
    Ok(())
}

#[tokio::test]
async fn what_is_wrapped_outlives_the_process_and_is_given_once() -> Result<()> {
    let folder = tempfile::tempdir()?;
    let file = folder.path().join("vault");
    let (vault, keys) = Vault::in_file(&file, Split::WHOLE).await?;
    let (first, second) =
        (wrapped(&vault, &keys.root_token, "1h").await?, wrapped(&vault, &keys.root_token, "1h").await?);
    unwrap(&vault, &first).await?.expect(200)?;
    vault.stop().await;
    let vault = Vault::reopen(&file).await?;
    vault.unseal(keys.root_key.clone()).await?;
    unwrap(&vault, &first).await?.refuses(400, GONE);
    assert_eq!(unwrap(&vault, &second).await?.body["data"], json!({ "x": 1 }));
    vault.stop().await;
    let vault = Vault::reopen(&file).await?;
    vault.unseal(keys.root_key.clone()).await?;
    unwrap(&vault, &second).await?.refuses(400, GONE);
    Ok(())
}
