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

#[tokio::test]
async fn a_policy_is_replaced_by_who_knows_its_version() -> Result<()> {
    let vault = Vault::start().await?;
    let policy = |more: serde_json::Value| {
        let mut body = json!({ "policy": "path \"a\" {}" });
        body.as_object_mut().unwrap().extend(more.as_object().cloned().unwrap_or_default());
        body
    };
    let path = "sys/policies/acl/p";
    vault.root("PUT", path, policy(json!({ "cas": -1, "cas_required": true }))).await?.expect(204)?;
    let required = "check-and-set parameter required for this call";
    vault.root("PUT", path, policy(json!({}))).await?.refuses(400, required);
    let mismatch = "check-and-set parameter 7 did not match the current version 1";
    vault.root("PUT", path, policy(json!({ "cas": 7 }))).await?.refuses(400, mismatch);
    vault.root("PUT", path, policy(json!({ "cas": 1 }))).await?.expect(204)?;
    let read = vault.get("root", path).await?;
    assert_eq!(
        (&read.body["data"]["version"], &read.body["data"]["cas_required"]),
        (&json!(2), &json!(false))
    );
    let packed = json!({ "policy": "cGF0aCAiYSIge30=" });
    vault.root("PUT", path, packed).await?.expect(204)?;
    assert_eq!(vault.get("root", path).await?.body["data"]["policy"], "path \"a\" {}");
    Ok(())
}

#[tokio::test]
async fn a_policy_ends_when_it_says() -> Result<()> {
    let vault = Vault::start().await?;
    vault.root("POST", "secret/data/a", json!({ "data": {} })).await?.expect(200)?;
    let text = "path \"secret/data/a\" { capabilities = [\"read\"] }";
    let body = json!({ "policy": text, "ttl": "60s" });
    vault.root("PUT", "sys/policies/acl/p", body).await?.expect(204)?;
    let token = vault.token(json!({ "policies": ["p"] })).await?;
    vault.get(&token, "secret/data/a").await?.expect(200)?;
    vault.clock.advance(std::time::Duration::from_secs(61));
    vault.get(&token, "secret/data/a").await?.expect(403)?;
    vault.get("root", "sys/policies/acl/p").await?.refuses_silently(404);
    let ended = "refusing to update policy as expiration time has already elapsed";
    let body = json!({ "policy": text, "expiration": vault.now() });
    vault.root("PUT", "sys/policies/acl/p", body).await?.refuses(400, ended);
    let both = json!({ "policy": text, "ttl": 5, "expiration": vault.now() + 5 });
    let refusal = "cannot supply both 'expiration' and 'ttl' for policies";
    vault.root("PUT", "sys/policies/acl/p", both).await?.refuses(400, refusal);
    Ok(())
}

#[tokio::test]
async fn fields_are_held_against_policies() -> Result<()> {
    let vault = Vault::start().await?;
    vault.root("POST", "sys/mounts/k", json!({ "type": "kv" })).await?.expect(204)?;
    let rule = "capabilities = [\"create\", \"update\"] allowed_parameters = { a = [\"1*\"] } required_parameters = [\"a\"]";
    vault.policy("p", &format!("path \"k/*\" {{ {rule} }}")).await?;
    let token = vault.token(json!({ "policies": ["p"] })).await?;
    let denied = "1 error occurred:\n\t* permission denied\n\n";
    vault.by(&token, "POST", "k/x", json!({ "a": "12" })).await?.expect(204)?;
    for refused in [json!({ "a": "2" }), json!({ "b": "1" }), json!({ "a": "1", "b": "1" }), json!({})] {
        vault.by(&token, "POST", "k/x", refused).await?.refuses(403, denied);
    }
    Ok(())
}

#[tokio::test]
async fn a_list_shows_what_could_be_read() -> Result<()> {
    let vault = Vault::start().await?;
    vault.root("POST", "sys/mounts/k", json!({ "type": "kv" })).await?.expect(204)?;
    for name in ["a", "b", "c/d"] {
        vault.root("POST", &format!("k/{name}"), json!({ "x": "1" })).await?.expect(204)?;
    }
    let filter = "list_scan_response_keys_filter_path = \"{{ .path }}{{ .key }}\"";
    let text = format!(
        "path \"k/a\" {{ capabilities = [\"read\"] }}\npath \"k/\" {{ capabilities = [\"list\"] {filter} }}"
    );
    vault.policy("p", &text).await?;
    let token = vault.token(json!({ "policies": ["p"] })).await?;
    let headers = format!("X-Vault-Token: {token}\r\n");
    assert_eq!(vault.send("LIST", "k", &headers, "").await?.body["data"]["keys"], json!(["a"]));
    vault.delete("k/a").await?.expect(204)?;
    vault.send("LIST", "k", &headers, "").await?.refuses_silently(404);
    Ok(())
}

#[tokio::test]
async fn policies_are_listed_in_full_and_by_folder() -> Result<()> {
    let vault = Vault::start().await?;
    vault.policy("dir/one", "path \"a\" {}").await?;
    assert_eq!(vault.list("sys/policies/acl/dir").await?.body["data"]["keys"], json!(["dir/one"]));
    assert_eq!(vault.list("sys/policy/dir").await?.body["policies"], json!(["dir/one"]));
    vault.list("sys/policies/acl/nope").await?.refuses_silently(404);
    let full = vault.list("sys/policies/detailed/acl").await?.body;
    assert_eq!(full["data"]["keys"], json!(["default", "dir/one", "root"]));
    assert_eq!(full["data"]["key_info"]["dir/one"]["policy"], "path \"a\" {}");
    let unwrap = vault.get("root", "sys/policies/acl/response-wrapping").await?;
    assert_eq!(unwrap.body["data"]["version"], 1);
    Ok(())
}
