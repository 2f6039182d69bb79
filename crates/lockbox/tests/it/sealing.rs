use std::{path::Path, time::Duration};

use anyhow::Result;
use lockbox::{Config, Split};
use serde_json::json;

use crate::harness::Vault;

const TOP: &str = "top-secret-value-of-a-made-up-token";

async fn filled(file: &Path) -> Result<(Vault, lockbox::Initialised)> {
    let (vault, keys) = Vault::in_file(file, Split::WHOLE).await?;
    let root = keys.root_token.as_str();
    vault.by(root, "POST", "sys/mounts/ci", json!({ "type": "kv", "options": { "version": "2" } })).await?;
    vault.by(root, "POST", "sys/mounts/old", json!({ "type": "kv" })).await?;
    let secret = json!({ "data": { "token": TOP } });
    vault.by(root, "POST", "ci/data/team-of-nine/build-token", secret).await?.expect(200)?;
    vault.by(root, "POST", "old/deep/path", json!({ "a": TOP, "ttl": "5m" })).await?.expect(204)?;
    vault.by(root, "PUT", "sys/policies/acl/reader-of-things", policy()).await?.expect(204)?;
    Ok((vault, keys))
}

fn policy() -> serde_json::Value {
    json!({ "policy": "path \"ci/data/*\" { capabilities = [\"read\"] }" })
}

#[tokio::test]
async fn what_was_written_is_there_after_the_process_has_ended() -> Result<()> {
    let folder = tempfile::tempdir()?;
    let file = folder.path().join("lockbox");
    let (vault, keys) = filled(&file).await?;
    let order = json!({ "policies": "reader-of-things", "ttl": "1h", "num_uses": 3 });
    let token = vault.by(&keys.root_token, "POST", "auth/token/create", order).await?.token()?;
    let batch = json!({ "policies": "reader-of-things", "ttl": "1h", "type": "batch" });
    let batch = vault.by(&keys.root_token, "POST", "auth/token/create", batch).await?.token()?;
    vault.get(&token, "ci/data/team-of-nine/build-token").await?.expect(200)?;
    vault.stop().await;

    let vault = Vault::reopen(&file).await?;
    vault.get(&token, "ci/data/team-of-nine/build-token").await?.refuses(503, "Vault is sealed");
    vault.unseal(keys.root_key).await?;
    for who in [&token, &batch, &token] {
        let read = vault.get(who, "ci/data/team-of-nine/build-token").await?;
        assert_eq!(read.body["data"]["data"]["token"], TOP);
    }
    vault.get(&token, "ci/data/team-of-nine/build-token").await?.refuses(403, "permission denied");
    let read = vault.get(&keys.root_token, "old/deep/path").await?;
    assert_eq!((&read.body["data"]["a"], &read.body["lease_duration"]), (&json!(TOP), &json!(300)));
    vault.clock.advance(Duration::from_secs(3600));
    vault.get(&batch, "ci/data/team-of-nine/build-token").await?.refuses(403, "permission denied");
    Ok(())
}

#[tokio::test]
async fn nothing_in_the_file_can_be_read() -> Result<()> {
    let folder = tempfile::tempdir()?;
    let file = folder.path().join("lockbox");
    let (vault, keys) = filled(&file).await?;
    vault.stop().await;
    let bytes = std::fs::read(&file)?;
    let holds = |text: &str| bytes.windows(text.len()).any(|window| window == text.as_bytes());
    let texts = [TOP, "build-token", "team-of-nine", "deep", "reader-of-things", "capabilities", "token/"];
    for text in texts.into_iter().chain([keys.root_token.as_str(), &keys.root_key.to_base64()]) {
        assert!(!holds(text), "{text}");
    }
    assert!(holds("threshold"), "the search finds what is there");
    Ok(())
}

#[tokio::test]
async fn as_many_shares_as_agreed_open_it_and_others_do_not() -> Result<()> {
    let folder = tempfile::tempdir()?;
    let vault = Vault::reopen(&folder.path().join("lockbox")).await?;
    assert_eq!(vault.get("", "sys/health").await?.status, 501);
    let order = json!({ "secret_shares": 3, "secret_threshold": 2 });
    let keys = vault.by("", "PUT", "sys/init", order.clone()).await?;
    keys.expect(200)?;
    vault.by("", "PUT", "sys/init", order).await?.refuses(400, "Vault is already initialized");
    let (root, keys) = (keys.body["root_token"].as_str().unwrap(), keys.body["keys_base64"].clone());
    assert_eq!(vault.get("", "sys/health").await?.status, 503);

    let first = vault.by("", "PUT", "sys/unseal", json!({ "key": keys[0] })).await?;
    assert_eq!((&first.body["sealed"], &first.body["progress"]), (&json!(true), &json!(1)));
    let wrong = json!({ "key": "00112233445566778899aabbccddeeff00112233445566778899aabbccddeeff01" });
    vault.by("", "PUT", "sys/unseal", wrong).await?.refuses(
        400,
        "unable to retrieve stored keys: invalid key: failed to decrypt keys from storage: cipher: message \
         authentication failed",
    );
    for key in [&keys[2], &keys[2], &keys[1]] {
        vault.by("", "PUT", "sys/unseal", json!({ "key": key })).await?.expect(200)?;
    }
    assert_eq!(vault.get("", "sys/seal-status").await?.body["sealed"], json!(false));
    vault.get(root, "auth/token/lookup-self").await?.expect(200)?;
    vault.by(root, "PUT", "sys/seal", json!({})).await?.expect(204)?;
    vault.get(root, "auth/token/lookup-self").await?.refuses(503, "Vault is sealed");
    Ok(())
}

#[tokio::test]
async fn the_barrier_key_is_rotated_while_it_serves() -> Result<()> {
    let folder = tempfile::tempdir()?;
    let file = folder.path().join("lockbox");
    let (vault, keys) = filled(&file).await?;
    let root = keys.root_token.as_str();
    assert_eq!(vault.get(root, "sys/key-status").await?.body["data"]["term"], 1);
    for _ in 0..3 {
        vault.by(root, "POST", "sys/rotate", json!({})).await?.expect(204)?;
    }
    vault.by(root, "POST", "ci/data/new", json!({ "data": { "x": "1" } })).await?.expect(200)?;
    vault.stop().await;
    let vault = Vault::reopen(&file).await?;
    vault.unseal(keys.root_key).await?;
    assert_eq!(vault.get(root, "sys/key-status").await?.body["data"]["term"], 4);
    vault.get(root, "ci/data/new").await?.expect(200)?;
    vault.get(root, "ci/data/team-of-nine/build-token").await?.expect(200)?;
    Ok(())
}

#[tokio::test]
async fn an_unmounted_engine_leaves_nothing_behind() -> Result<()> {
    let folder = tempfile::tempdir()?;
    let (vault, keys) = filled(&folder.path().join("lockbox")).await?;
    let root = keys.root_token.as_str();
    vault.by(root, "DELETE", "sys/mounts/ci", json!({})).await?.expect(204)?;
    let again = json!({ "type": "kv", "options": { "version": "2" } });
    vault.by(root, "POST", "sys/mounts/ci", again).await?.expect(204)?;
    vault.get(root, "ci/data/team-of-nine/build-token").await?.refuses_silently(404);
    Ok(())
}

#[tokio::test]
async fn a_file_that_is_no_lockbox_or_in_use_is_refused() -> Result<()> {
    let folder = tempfile::tempdir()?;
    let file = folder.path().join("text");
    std::fs::write(&file, "this is no lockbox, and long enough to be looked into ".repeat(200))?;
    let refused = Config::file(&file).build(lockbox::SystemClock).await.err().map(|error| error.to_string());
    assert!(refused.is_some_and(|text| text.ends_with("text is not a lockbox that this version can read")));
    let taken = folder.path().join("lockbox");
    let _vault = Vault::reopen(&taken).await?;
    let refused = Config::file(&taken).build(lockbox::SystemClock).await.err().map(|error| error.to_string());
    assert!(refused.is_some_and(|text| text.ends_with("lockbox is in use by another process")));
    Ok(())
}
