use anyhow::Result;
use serde_json::json;

use crate::harness::Vault;

#[tokio::test]
async fn policies_are_written_read_listed_and_deleted() -> Result<()> {
    let vault = Vault::start().await?;
    let text = "path \"ci/data/*\" { capabilities = [\"read\"] }";
    vault.policy("P1", text).await?;
    let read = vault.get("root", "sys/policies/acl/p1").await?;
    assert_eq!((&read.body["data"]["policy"], &read.body["data"]["name"]), (&json!(text), &json!("p1")));
    assert_eq!(vault.get("root", "sys/policy/p1").await?.body["rules"], text);
    assert_eq!(vault.list("sys/policies/acl").await?.body["data"]["keys"], json!(["default", "p1", "root"]));
    assert_eq!(vault.get("root", "sys/policy").await?.body["policies"], json!(["default", "p1", "root"]));
    vault.delete("sys/policies/acl/p1").await?.expect(204)?;
    vault.get("root", "sys/policies/acl/p1").await?.refuses_silently(404);
    vault.delete("sys/policies/acl/default").await?.refuses(400, "cannot delete default policy");
    let root = json!({ "policy": text });
    vault.root("PUT", "sys/policies/acl/root", root).await?.refuses(400, "cannot update \"root\" policy");
    let bad = json!({ "policy": "path \"a\" { capabilities = [\"reed\"] }" });
    let refusal = "failed to parse policy: path \"a\": path \"a\": invalid capability \"reed\"";
    vault.root("PUT", "sys/policies/acl/bad", bad).await?.refuses(400, refusal);
    Ok(())
}

#[tokio::test]
async fn a_token_asks_what_it_may_do() -> Result<()> {
    let vault = Vault::start().await?;
    vault.policy("p", "path \"secret/data/*\" { capabilities = [\"read\", \"list\"] }").await?;
    let token = vault.token(json!({ "policies": ["p"] })).await?;
    let asked = json!({ "paths": ["secret/data/x", "sys/policy", "auth/token/lookup-self"] });
    let answer = vault.by(&token, "POST", "sys/capabilities-self", asked).await?;
    let expected = json!({ "secret/data/x": ["list", "read"], "sys/policy": ["deny"], "auth/token/lookup-self": ["read"] });
    assert_eq!(answer.body["data"], expected);
    let root = vault.root("POST", "sys/capabilities-self", json!({ "path": "x" })).await?;
    assert_eq!(root.body["capabilities"], json!(["root"]));
    vault.root("POST", "sys/capabilities-self", json!({})).await?.refuses(400, "paths must be supplied");
    Ok(())
}

#[tokio::test]
async fn creating_and_updating_are_told_apart() -> Result<()> {
    let vault = Vault::start().await?;
    vault.policy("p", "path \"secret/data/*\" { capabilities = [\"create\"] }").await?;
    let token = vault.token(json!({ "policies": ["p"] })).await?;
    let body = json!({ "data": { "x": "1" } });
    vault.by(&token, "POST", "secret/data/a", body.clone()).await?.expect(200)?;
    let denied = "1 error occurred:\n\t* permission denied\n\n";
    vault.by(&token, "POST", "secret/data/a", body).await?.refuses(403, denied);
    vault.get(&token, "secret/data/a").await?.refuses(403, denied);
    Ok(())
}

#[tokio::test]
async fn a_policy_that_changes_changes_its_tokens() -> Result<()> {
    let vault = Vault::start().await?;
    vault.root("POST", "secret/data/a", json!({ "data": {} })).await?.expect(200)?;
    let token = vault.token(json!({ "policies": ["later"] })).await?;
    assert_eq!(vault.get(&token, "secret/data/a").await?.status, 403);
    vault.policy("later", "path \"secret/data/a\" { capabilities = [\"read\"] }").await?;
    assert_eq!(vault.get(&token, "secret/data/a").await?.status, 200);
    Ok(())
}
