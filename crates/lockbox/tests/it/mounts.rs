use anyhow::Result;
use serde_json::json;

use crate::harness::Vault;

#[tokio::test]
async fn engines_are_mounted_listed_and_unmounted() -> Result<()> {
    let vault = Vault::start().await?;
    vault.root("POST", "sys/mounts/ci", json!({ "type": "kv-v2", "description": "x" })).await?.expect(204)?;
    vault
        .root("POST", "sys/mounts/old", json!({ "type": "kv", "options": { "version": 1 } }))
        .await?
        .expect(204)?;
    let list = vault.get("root", "sys/mounts").await?;
    assert_eq!(list.body["data"]["ci/"]["options"], json!({ "version": "2" }));
    assert_eq!(list.body["ci/"], list.body["data"]["ci/"]);
    assert_eq!(list.body["data"]["secret/"]["type"], "kv");
    assert_eq!(vault.get("root", "sys/mounts/old").await?.body["data"]["options"]["version"], "1");
    vault.delete("sys/mounts/ci").await?.expect(204)?;
    let gone = "no handler for route \"ci/data/x\". route entry not found.";
    vault.get("root", "ci/data/x").await?.refuses(404, gone);
    Ok(())
}

#[tokio::test]
async fn a_mount_that_cannot_be_is_refused() -> Result<()> {
    let vault = Vault::start().await?;
    for (path, body, refusal) in [
        ("secret", json!({ "type": "kv" }), "path is already in use at secret/"),
        ("secret/deep", json!({ "type": "kv" }), "path is already in use at secret/"),
        ("x", json!({ "type": "nope" }), "plugin not found in the catalog: nope"),
        ("x", json!({}), "backend type must be specified as a string"),
        (
            "x",
            json!({ "type": "kv", "options": { "version": "3" } }),
            "nil backend of type \"kv\" returned from factory",
        ),
        ("sys", json!({ "type": "kv" }), "cannot mount \"sys/\""),
    ] {
        vault.root("POST", &format!("sys/mounts/{path}"), body).await?.refuses(400, refusal);
    }
    vault.get("root", "sys/mounts/nope").await?.refuses(400, "No secret engine mount at nope/");
    vault.get("root", "sys/auth/nope").await?.refuses(400, "No auth engine at nope/");
    vault.delete("sys/mounts/nope").await?.expect(204)?;
    vault.delete("sys/auth/token").await?.refuses(400, "token credential backend cannot be disabled");
    Ok(())
}

#[tokio::test]
async fn a_token_learns_the_version_of_the_mounts_that_it_can_see() -> Result<()> {
    let vault = Vault::start().await?;
    vault.root("POST", "sys/mounts/old", json!({ "type": "kv" })).await?.expect(204)?;
    vault.policy("p", "path \"secret/data/*\" { capabilities = [\"read\"] }").await?;
    let token = vault.token(json!({ "policies": ["p"] })).await?;
    let seen = vault.get(&token, "sys/internal/ui/mounts/secret/some/path").await?;
    assert_eq!(seen.body["data"]["options"]["version"], "2");
    assert_eq!((&seen.body["data"]["path"], &seen.body["data"]["type"]), (&json!("secret/"), &json!("kv")));
    let unseen = "preflight capability check returned 403, please ensure client's policies grant access to path \"old/x/\"";
    vault.get(&token, "sys/internal/ui/mounts/old/x").await?.refuses(403, unseen);
    vault.get("wrong", "sys/internal/ui/mounts/secret").await?.refuses(403, "permission denied");
    Ok(())
}

#[tokio::test]
async fn a_method_takes_its_tokens_along() -> Result<()> {
    let vault = Vault::start().await?;
    vault.root("POST", "sys/auth/jwt", json!({ "type": "jwt" })).await?.expect(204)?;
    vault
        .root("POST", "sys/auth/jwt", json!({ "type": "jwt" }))
        .await?
        .refuses(400, "path is already in use at jwt/");
    assert_eq!(vault.get("root", "sys/auth").await?.body["data"]["jwt/"]["type"], "jwt");
    vault.delete("sys/auth/jwt").await?.expect(204)?;
    vault.send("POST", "auth/jwt/login", "", "{}").await?.refuses(403, "permission denied");
    Ok(())
}
