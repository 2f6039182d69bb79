//! A clock that jumps: sessions end on time, none lives longer, and what has ended stays so.

use std::time::Duration;

use anyhow::Result;
use serde_json::{Value, json};

use crate::harness::Vault;

const HOUR: Duration = Duration::from_secs(3600);
const DAY: Duration = Duration::from_secs(86_400);

async fn alive(vault: &Vault, token: &str) -> Result<bool> {
    let reply = vault.get(token, "auth/token/lookup-self").await?;
    if reply.status != 200 {
        reply.refuses(403, "permission denied");
    }
    Ok(reply.status == 200)
}

#[tokio::test]
async fn a_clock_that_is_set_back_prolongs_no_session() -> Result<()> {
    let vault = Vault::start().await?;
    let order = |more: Value| {
        let mut order = json!({ "policies": "default", "ttl": "1h" });
        order.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        order
    };
    let before = [
        vault.token(order(json!({}))).await?,
        vault.token(order(json!({ "type": "batch" }))).await?,
        vault.token(order(json!({ "period": "1h" }))).await?,
        vault.token(order(json!({ "explicit_max_ttl": "1h" }))).await?,
    ];
    vault.clock.set_back(30 * DAY);
    let after = vault.token(order(json!({}))).await?;
    vault.clock.advance(HOUR - Duration::from_secs(1));
    for token in before.iter().chain([&after]) {
        assert!(alive(&vault, token).await?);
    }
    vault.clock.set_back(DAY);
    vault.clock.advance(Duration::from_secs(1));
    for token in before.iter().chain([&after]) {
        assert!(!alive(&vault, token).await?);
    }
    Ok(())
}

#[tokio::test]
async fn a_session_that_was_renewed_ends_on_time_though_the_clock_is_set_back() -> Result<()> {
    let vault = Vault::start().await?;
    let order = json!({ "policies": "default", "ttl": "1h", "explicit_max_ttl": "90m" });
    let token = vault.token(order).await?;
    vault.clock.advance(HOUR / 2);
    vault.clock.set_back(7 * DAY);
    let renewed = vault.by(&token, "POST", "auth/token/renew-self", json!({ "increment": "2h" })).await?;
    assert_eq!(renewed.body["auth"]["lease_duration"], 3600);
    vault.clock.advance(HOUR - Duration::from_secs(1));
    assert!(alive(&vault, &token).await?);
    vault.clock.advance(Duration::from_secs(1));
    assert!(!alive(&vault, &token).await?);
    Ok(())
}

#[tokio::test]
async fn after_a_jump_forward_and_back_what_has_ended_stays_so() -> Result<()> {
    let vault = Vault::start().await?;
    let order = json!({ "policies": "root", "ttl": "1h" });
    let parent = vault.token(order).await?;
    let child =
        vault.by(&parent, "POST", "auth/token/create", json!({ "policies": "default" })).await?.token()?;
    vault.clock.advance(3650 * DAY);
    for token in [&parent, &child] {
        assert!(!alive(&vault, token).await?);
    }
    vault.clock.set_back(3650 * DAY);
    for token in [&parent, &child] {
        assert!(!alive(&vault, token).await?);
    }
    let accessors = vault.list("auth/token/accessors").await?;
    assert_eq!(accessors.body["data"]["keys"].as_array().map(Vec::len), Some(1), "{accessors:?}");
    let next = vault.token(json!({ "policies": "default", "ttl": "1h" })).await?;
    assert!(alive(&vault, &next).await?);
    vault.clock.advance(HOUR);
    assert!(!alive(&vault, &next).await?);
    Ok(())
}

#[tokio::test]
async fn what_ended_while_the_clock_was_ahead_stays_so_when_it_is_corrected() -> Result<()> {
    let vault = Vault::start().await?;
    let order = json!({ "policies": "default", "ttl": "1h", "type": "batch" });
    let before = vault.token(order.clone()).await?;
    vault.clock.set_forward(DAY);
    assert!(!alive(&vault, &before).await?);
    let meanwhile = vault.token(order).await?;
    vault.clock.set_back(DAY);
    assert!(!alive(&vault, &before).await?);
    vault.clock.advance(HOUR - Duration::from_secs(1));
    assert!(alive(&vault, &meanwhile).await?);
    vault.clock.advance(Duration::from_secs(1));
    assert!(!alive(&vault, &meanwhile).await?);
    Ok(())
}
