use std::time::Duration;

use anyhow::Result;
use serde_json::json;

use crate::harness::Vault;

const DENIED_BY_POLICY: &str = "1 error occurred:\n\t* permission denied\n\n";

#[tokio::test]
async fn a_session_is_shortened_and_ends_on_time() -> Result<()> {
    let vault = Vault::start().await?;
    let token = vault.token(json!({ "ttl": "1h", "policies": ["default"] })).await?;
    assert_eq!(vault.get(&token, "auth/token/lookup-self").await?.body["data"]["ttl"], 3600);
    let lead = json!({ "increment": "60s" });
    let renewed = vault.by(&token, "POST", "auth/token/renew-self", lead.clone()).await?;
    assert_eq!(renewed.body["auth"]["lease_duration"], 60);
    assert_eq!(renewed.body["auth"]["client_token"], json!(token));
    vault.clock.advance(Duration::from_secs(50));
    vault.by(&token, "POST", "auth/token/renew-self", lead).await?.expect(200)?;
    vault.clock.advance(Duration::from_secs(59));
    assert_eq!(vault.get(&token, "auth/token/lookup-self").await?.body["data"]["ttl"], 1);
    vault.clock.advance(Duration::from_secs(1));
    vault.get(&token, "auth/token/lookup-self").await?.refuses(403, "permission denied");
    assert_eq!(
        vault.list("auth/token/accessors").await?.body["data"]["keys"].as_array().map(Vec::len),
        Some(1)
    );
    Ok(())
}

#[tokio::test]
async fn a_token_gives_itself_back() -> Result<()> {
    let vault = Vault::start().await?;
    let token = vault.token(json!({ "policies": ["default"] })).await?;
    vault.by(&token, "POST", "auth/token/revoke-self", json!({})).await?.expect(204)?;
    vault.by(&token, "POST", "auth/token/revoke-self", json!({})).await?.refuses(403, "permission denied");
    Ok(())
}

#[tokio::test]
async fn a_batch_token_and_one_without_default_cannot_be_given_back() -> Result<()> {
    let vault = Vault::start().await?;
    let batch = vault.token(json!({ "type": "batch", "policies": ["default"], "ttl": "1m" })).await?;
    assert!(batch.starts_with("b."));
    let asked = vault.by(&batch, "POST", "auth/token/revoke-self", json!({})).await?;
    asked.refuses(400, "batch tokens cannot be revoked");
    let asked = vault.by(&batch, "POST", "auth/token/renew-self", json!({})).await?;
    asked.refuses(400, "batch tokens cannot be renewed");
    vault.clock.advance(Duration::from_secs(60));
    vault.get(&batch, "auth/token/lookup-self").await?.refuses(403, "permission denied");
    let bare = vault.token(json!({ "policies": ["p"], "no_default_policy": true })).await?;
    for path in ["renew-self", "revoke-self"] {
        let asked = vault.by(&bare, "POST", &format!("auth/token/{path}"), json!({})).await?;
        asked.refuses(403, DENIED_BY_POLICY);
    }
    Ok(())
}

#[tokio::test]
async fn accessors_list_look_up_and_revoke() -> Result<()> {
    let vault = Vault::start().await?;
    let token =
        vault.token(json!({ "policies": ["default"], "display_name": "zed", "meta": { "a": "b" } })).await?;
    let accessor = vault.get(&token, "auth/token/lookup-self").await?.body["data"]["accessor"].clone();
    let listed = vault.list("auth/token/accessors").await?;
    assert!(listed.body["data"]["keys"].as_array().is_some_and(|keys| keys.contains(&accessor)));
    let listed = vault.get("root", "auth/token/accessors?list=true").await?;
    assert_eq!(listed.body["data"]["keys"].as_array().map(Vec::len), Some(2));
    let named = json!({ "accessor": accessor });
    let found = vault.root("POST", "auth/token/lookup-accessor", named.clone()).await?;
    assert_eq!(
        (&found.body["data"]["id"], &found.body["data"]["display_name"]),
        (&json!(""), &json!("token-zed"))
    );
    assert_eq!(found.body["data"]["meta"], json!({ "a": "b" }));
    vault.root("POST", "auth/token/revoke-accessor", named.clone()).await?.expect(204)?;
    vault.get(&token, "auth/token/lookup-self").await?.refuses(403, "permission denied");
    let again = vault.root("POST", "auth/token/revoke-accessor", named.clone()).await?;
    assert_eq!(again.body["warnings"], json!(["No token found with this accessor"]));
    let lost = vault.root("POST", "auth/token/lookup-accessor", named).await?;
    lost.refuses(400, "1 error occurred:\n\t* invalid accessor\n\n");
    Ok(())
}

#[tokio::test]
async fn children_end_with_their_parent_and_have_no_more_than_it() -> Result<()> {
    let vault = Vault::start().await?;
    vault.policy("mk", "path \"auth/token/create\" { capabilities = [\"update\"] }").await?;
    let parent = vault.token(json!({ "ttl": "10m", "policies": ["mk"] })).await?;
    let child = vault.by(&parent, "POST", "auth/token/create", json!({ "ttl": "1h" })).await?;
    assert_eq!(child.body["auth"]["policies"], json!(["default", "mk"]));
    for (order, refusal) in [
        (json!({ "policies": ["p"] }), "child policies must be subset of parent"),
        (json!({ "policies": ["root"] }), "child policies must be subset of parent"),
        (json!({ "no_parent": true }), "root or sudo privileges required to create orphan token"),
        (json!({ "id": "x" }), "root or sudo privileges required to specify token id"),
        (json!({ "period": "1h" }), "root or sudo privileges required to create periodic token"),
    ] {
        vault.by(&parent, "POST", "auth/token/create", order).await?.refuses(400, refusal);
    }
    let child = child.token()?;
    vault.clock.advance(Duration::from_secs(600));
    vault.get(&child, "auth/token/lookup-self").await?.refuses(403, "permission denied");
    Ok(())
}

#[tokio::test]
async fn limits_are_kept_and_said() -> Result<()> {
    let vault = Vault::start().await?;
    let order = json!({ "ttl": "1h", "explicit_max_ttl": "30m", "policies": ["default"] });
    let made = vault.root("POST", "auth/token/create", order).await?;
    assert_eq!(made.body["auth"]["lease_duration"], 1800);
    let warning = "TTL of \"1h\" exceeded the effective max_ttl of \"30m\"; TTL value is capped accordingly";
    assert_eq!(made.body["warnings"], json!([warning]));
    let twice = vault.token(json!({ "num_uses": 2, "policies": ["default"] })).await?;
    for status in [200, 200, 403] {
        assert_eq!(vault.get(&twice, "auth/token/lookup-self").await?.status, status);
    }
    Ok(())
}

#[tokio::test]
async fn the_root_token_does_not_end() -> Result<()> {
    let vault = Vault::start().await?;
    vault.clock.advance(Duration::from_secs(10 * 365 * 86_400));
    let own = vault.get("root", "auth/token/lookup-self").await?;
    assert_eq!((&own.body["data"]["ttl"], &own.body["data"]["expire_time"]), (&json!(0), &json!(null)));
    vault.root("POST", "auth/token/renew-self", json!({})).await?.refuses(400, "lease is not renewable");
    Ok(())
}
