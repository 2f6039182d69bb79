use std::time::Duration;

use anyhow::Result;
use lockbox::Split;
use serde_json::json;

use crate::harness::Vault;

#[tokio::test]
async fn a_token_keeps_what_nobody_else_sees() -> Result<()> {
    let vault = Vault::start().await?;
    let (mine, yours) = (
        vault.token(json!({ "ttl": "1h", "policies": ["default"] })).await?,
        vault.token(json!({ "ttl": "10s", "policies": ["default"] })).await?,
    );
    vault.by(&mine, "POST", "cubbyhole/a/b", json!({ "x": "mine" })).await?.expect(204)?;
    vault.by(&yours, "POST", "cubbyhole/a/b", json!({ "x": "yours" })).await?.expect(204)?;
    assert_eq!(vault.get(&mine, "cubbyhole/a/b").await?.body["data"], json!({ "x": "mine" }));
    assert_eq!(vault.get(&yours, "cubbyhole/a/b").await?.body["data"], json!({ "x": "yours" }));
    assert_eq!(vault.get(&mine, "cubbyhole/?list=true").await?.body["data"]["keys"], json!(["a/"]));
    vault.get("root", "cubbyhole/a/b").await?.refuses_silently(404);
    vault.clock.advance(Duration::from_secs(10));
    vault.get(&yours, "cubbyhole/a/b").await?.refuses(403, "permission denied");
    let batch = vault.token(json!({ "type": "batch", "policies": ["default"], "ttl": "1h" })).await?;
    let refusal = "cubbyhole operations are only supported by 'service' type tokens";
    vault.get(&batch, "cubbyhole/a").await?.refuses(400, refusal);
    Ok(())
}

#[tokio::test]
async fn a_cubbyhole_outlives_the_process() -> Result<()> {
    let folder = tempfile::tempdir()?;
    let file = folder.path().join("vault");
    let (vault, keys) = Vault::in_file(&file, Split::WHOLE).await?;
    vault.by(&keys.root_token, "POST", "cubbyhole/a", json!({ "x": 1.0 })).await?.expect(204)?;
    vault.stop().await;
    let vault = Vault::reopen(&file).await?;
    vault.unseal(keys.root_key.clone()).await?;
    assert_eq!(vault.get(&keys.root_token, "cubbyhole/a").await?.body["data"], json!({ "x": 1.0 }));
    Ok(())
}
