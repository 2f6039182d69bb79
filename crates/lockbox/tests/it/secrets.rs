use std::time::Duration;

use anyhow::Result;
use serde_json::{Value, json};

use crate::harness::Vault;

#[tokio::test]
async fn a_secret_is_written_in_versions() -> Result<()> {
    let vault = Vault::start().await?;
    let first = vault.root("POST", "secret/data/a", json!({ "data": { "x": "1" } })).await?;
    assert_eq!(first.body["data"]["version"], 1);
    let stale = json!({ "data": { "x": "2" }, "options": { "cas": 0 } });
    let refusal = "check-and-set parameter did not match the current version";
    vault.root("POST", "secret/data/a", stale).await?.refuses(400, refusal);
    let next = json!({ "data": { "x": "2" }, "options": { "cas": 1 } });
    vault.root("PUT", "secret/data/a", next).await?.expect(200)?;
    assert_eq!(vault.get("root", "secret/data/a").await?.body["data"]["data"], json!({ "x": "2" }));
    assert_eq!(vault.get("root", "secret/data/a?version=1").await?.body["data"]["data"], json!({ "x": "1" }));
    vault.get("root", "secret/data/a?version=9").await?.refuses_silently(404);
    vault.get("root", "secret/data/nothing").await?.refuses_silently(404);
    vault.root("POST", "secret/data/a", json!({ "x": 1 })).await?.refuses(400, "no data provided");
    Ok(())
}

#[tokio::test]
async fn a_deleted_version_says_so_and_comes_back() -> Result<()> {
    let vault = Vault::start().await?;
    vault.root("POST", "secret/data/a", json!({ "data": { "x": "1" } })).await?.expect(200)?;
    vault.delete("secret/data/a").await?.expect(204)?;
    let gone = vault.get("root", "secret/data/a").await?;
    assert_eq!((gone.status, &gone.body["data"]["data"]), (404, &Value::Null));
    assert_eq!(gone.body["data"]["metadata"]["deletion_time"], "2027-01-15T08:00:00Z");
    vault.root("POST", "secret/undelete/a", json!({ "versions": [1] })).await?.expect(204)?;
    vault.get("root", "secret/data/a").await?.expect(200)?;
    vault.root("POST", "secret/destroy/a", json!({ "versions": "1" })).await?.expect(204)?;
    vault.root("POST", "secret/undelete/a", json!({ "versions": [1] })).await?.expect(204)?;
    let destroyed = vault.get("root", "secret/data/a").await?;
    assert_eq!((destroyed.status, &destroyed.body["data"]["metadata"]["destroyed"]), (404, &json!(true)));
    vault.root("POST", "secret/undelete/a", json!({})).await?.refuses(400, "No version number provided");
    Ok(())
}

#[tokio::test]
async fn a_version_with_an_end_is_gone_when_it_has_come_and_can_be_brought_back() -> Result<()> {
    let vault = Vault::start().await?;
    let settings = json!({ "delete_version_after": "10s" });
    vault.root("POST", "secret/metadata/a", settings).await?.expect(204)?;
    let written = vault.root("POST", "secret/data/a", json!({ "data": { "x": "1" } })).await?;
    assert_eq!(written.body["data"]["deletion_time"], "2027-01-15T08:00:10Z");
    vault.clock.advance(Duration::from_secs(9));
    vault.get("root", "secret/data/a").await?.expect(200)?;
    vault.clock.advance(Duration::from_secs(1));
    let gone = vault.get("root", "secret/data/a").await?;
    assert_eq!((gone.status, &gone.body["data"]["data"]), (404, &Value::Null));
    assert_eq!(gone.body["data"]["metadata"]["deletion_time"], "2027-01-15T08:00:10Z");
    vault.root("POST", "secret/undelete/a", json!({ "versions": [1] })).await?.expect(204)?;
    assert_eq!(vault.get("root", "secret/data/a").await?.body["data"]["data"], json!({ "x": "1" }));
    Ok(())
}

#[tokio::test]
async fn metadata_is_kept_listed_and_deleted_with_its_secret() -> Result<()> {
    let vault = Vault::start().await?;
    for path in ["a", "d", "d/e/f"] {
        vault.root("POST", &format!("secret/data/{path}"), json!({ "data": {} })).await?.expect(200)?;
    }
    assert_eq!(vault.list("secret/metadata").await?.body["data"]["keys"], json!(["a", "d", "d/"]));
    assert_eq!(vault.get("root", "secret/metadata/d?list=true").await?.body["data"]["keys"], json!(["e/"]));
    vault.list("secret/metadata/nothing").await?.refuses_silently(404);
    let settings = json!({ "max_versions": 2, "custom_metadata": { "owner": "me" }, "cas_required": true });
    vault.root("POST", "secret/metadata/a", settings).await?.expect(204)?;
    let required = "check-and-set parameter required for this call";
    vault.root("POST", "secret/data/a", json!({ "data": {} })).await?.refuses(400, required);
    let read = vault.get("root", "secret/metadata/a").await?;
    assert_eq!(read.body["data"]["custom_metadata"], json!({ "owner": "me" }));
    assert_eq!(read.body["data"]["current_version"], 1);
    vault.delete("secret/metadata/a").await?.expect(204)?;
    vault.get("root", "secret/data/a").await?.refuses_silently(404);
    Ok(())
}

#[tokio::test]
async fn a_path_without_data_gets_a_hint() -> Result<()> {
    let vault = Vault::start().await?;
    let answer = vault.get("root", "secret/a").await?;
    assert_eq!((answer.status, &answer.body["data"]), (404, &Value::Null));
    let warning = answer.body["warnings"][0].as_str().unwrap_or_default();
    assert!(warning.starts_with("Invalid path for a versioned K/V secrets engine."), "{warning}");
    Ok(())
}

#[tokio::test]
async fn the_older_engine_keeps_one_value() -> Result<()> {
    let vault = Vault::start().await?;
    vault
        .root("POST", "sys/mounts/old", json!({ "type": "kv", "options": { "version": "1" } }))
        .await?
        .expect(204)?;
    vault.root("POST", "old/a/b", json!({ "x": "1", "ttl": "1h" })).await?.expect(204)?;
    let read = vault.get("root", "old/a/b").await?;
    assert_eq!((&read.body["data"]["x"], &read.body["lease_duration"]), (&json!("1"), &json!(3600)));
    assert_eq!(vault.list("old").await?.body["data"]["keys"], json!(["a/"]));
    vault.root("POST", "old/a/b", json!({})).await?.refuses(400, "missing data fields");
    vault.delete("old/a/b").await?.expect(204)?;
    vault.get("root", "old/a/b").await?.refuses_silently(404);
    Ok(())
}

#[tokio::test]
async fn every_version_is_read_whatever_its_size() -> Result<()> {
    let vault = Vault::start().await?;
    let sizes = [10, 5000, 20, 3000, 30];
    for (version, size) in (1..).zip(sizes) {
        let body = json!({ "data": { "x": "y".repeat(size) } });
        assert_eq!(vault.root("POST", "secret/data/a", body).await?.body["data"]["version"], version);
        for (version, size) in (1..=version).zip(sizes) {
            let read = vault.get("root", &format!("secret/data/a?version={version}")).await?;
            assert_eq!(read.body["data"]["data"]["x"].as_str().map(str::len), Some(size), "{version}");
        }
    }
    vault.root("POST", "secret/metadata/a", json!({ "custom_metadata": { "a": "b" } })).await?.expect(204)?;
    vault.root("POST", "secret/destroy/a", json!({ "versions": [4, 5] })).await?.expect(204)?;
    for (version, status) in [(1, 200), (2, 200), (3, 200), (4, 404), (5, 404)] {
        vault.get("root", &format!("secret/data/a?version={version}")).await?.expect(status)?;
    }
    vault.root("POST", "secret/metadata/a", json!({ "max_versions": 2 })).await?.expect(204)?;
    vault.root("POST", "secret/data/a", json!({ "data": { "x": "6" } })).await?.expect(200)?;
    vault.get("root", "secret/data/a?version=3").await?.refuses_silently(404);
    assert_eq!(vault.get("root", "secret/data/a").await?.body["data"]["data"], json!({ "x": "6" }));
    Ok(())
}

#[tokio::test]
async fn numbers_are_kept_as_each_engine_keeps_them() -> Result<()> {
    let vault = Vault::start().await?;
    vault.root("POST", "sys/mounts/old", json!({ "type": "kv" })).await?.expect(204)?;
    let root = "X-Vault-Token: root\r\n";
    let value = r#"{"b":1.0,"a":12345678901234567890123,"b":1e3}"#;
    vault.send("POST", "old/a", root, value).await?.expect(204)?;
    vault.send("POST", "secret/data/a", root, &format!("{{\"data\":{value}}}")).await?.expect(200)?;
    let text = |head: String| head.split_once("\"data\":").map(|(_, data)| data.to_owned());
    let old = text(vault.raw_body("old/a").await?).unwrap_or_default();
    assert!(old.starts_with(r#"{"a":12345678901234567890123,"b":1e3}"#), "{old}");
    let new = text(vault.raw_body("secret/data/a").await?).unwrap_or_default();
    assert!(new.starts_with(r#"{"data":{"a":1.2345678901234568e+22,"b":1000},"#), "{new}");
    Ok(())
}

#[tokio::test]
async fn a_path_with_a_slash_too_many_finds_the_secret_and_not_its_value() -> Result<()> {
    let vault = Vault::start().await?;
    vault.root("POST", "secret/data/a/b", json!({ "data": { "x": "1" } })).await?.expect(200)?;
    vault.get("root", "secret/metadata/a/b/").await?.expect(200)?;
    let lost = "1 error occurred:\n\t* could not find version data\n\n";
    vault.get("root", "secret/data/a%2f%2fb").await?.refuses(500, lost);
    vault.root("POST", "secret/data/a%2f%2fb", json!({ "data": { "x": "2" } })).await?.expect(200)?;
    assert_eq!(vault.get("root", "secret/data/a%2f%2fb").await?.body["data"]["metadata"]["version"], 2);
    vault.get("root", "secret/data/a/b").await?.refuses(500, lost);
    vault.get("root", "secret/data/a/b?version=1").await?.expect(200)?;
    vault.delete("secret/metadata/a/b").await?.expect(204)?;
    vault.get("root", "secret/data/a%2f%2fb").await?.refuses_silently(404);
    Ok(())
}
