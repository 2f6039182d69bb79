use std::{
    fs,
    time::{Duration, Instant},
};

use anyhow::Result;
use axum::{
    http::{StatusCode, header},
    response::IntoResponse,
};
use lockbox::Config;
use serde_json::{Value, json};

use crate::harness::{Gitlab, OWNER, Reply, Vault};

/// A lockbox whose engine is at `gitlab/`, with the role `ci`.
async fn minting(gitlab: &Gitlab) -> Result<Vault> {
    set_up(Vault::start().await?, gitlab).await
}

async fn set_up(vault: Vault, gitlab: &Gitlab) -> Result<Vault> {
    vault.root("POST", "sys/mounts/gitlab", json!({ "type": "gitlab" })).await?.expect(204)?;
    let config = json!({ "token": OWNER, "base_url": gitlab.address, "type": "self-managed" });
    vault.root("POST", "gitlab/config/default", config).await?.expect(200)?;
    role(&vault, json!({})).await?;
    Ok(vault)
}

async fn role(vault: &Vault, more: Value) -> Result<()> {
    let mut role = json!({
        "path": "team/tools", "scopes": ["read_repository"], "ttl": "1h", "access_level": "reporter", "token_type": "group",
    });
    for (name, value) in more.as_object().into_iter().flatten() {
        role[name] = value.clone();
    }
    vault.root("POST", "gitlab/roles/ci", role).await?.expect(200)
}

async fn mint(vault: &Vault) -> Result<Reply> {
    let minted = vault.get("root", "gitlab/token/ci").await?;
    minted.expect(200)?;
    Ok(minted)
}

/// Asks again until it is so.
async fn becomes(mut so: impl AsyncFnMut() -> Result<bool>) -> Result<()> {
    let begun = Instant::now();
    while !so().await? {
        anyhow::ensure!(begun.elapsed() < Duration::from_secs(20), "it never was so");
        tokio::task::yield_now().await;
    }
    Ok(())
}

#[tokio::test]
async fn a_lease_ends_at_its_time_and_takes_its_token_along() -> Result<()> {
    let gitlab = Gitlab::start().await?;
    let vault = minting(&gitlab).await?;
    let lease = mint(&vault).await?.body["lease_id"].clone();
    // The vault's clock stands at 2027-01-15T08:00:00Z.
    let wanted = json!({
        "name": "ci 1800000000", "scopes": ["read_repository"], "access_level": 20, "expires_at": "2027-01-16",
        "description": format!("lockbox lease {}", lease.as_str().unwrap_or_default()),
    });
    assert_eq!(gitlab.last_made(), wanted);
    vault.clock.advance(Duration::from_secs(3599));
    let alive = vault.root("POST", "sys/leases/lookup", json!({ "lease_id": lease })).await?;
    let data = &alive.body["data"];
    assert_eq!((&data["ttl"], &data["expire_time"]), (&json!(1), &json!("2027-01-15T09:00:00Z")));
    assert_eq!(gitlab.living(), 1);
    vault.clock.advance(Duration::from_secs(1));
    vault
        .root("POST", "sys/leases/lookup", json!({ "lease_id": lease }))
        .await?
        .refuses(400, "invalid lease");
    becomes(async || Ok(gitlab.living() == 0)).await?;
    assert_eq!(gitlab.requests().last().map(String::as_str), Some("DELETE team/tools 101"));
    Ok(())
}

#[tokio::test]
async fn pauses_between_tries_grow_and_end_with_the_day() -> Result<()> {
    let gitlab = Gitlab::start().await?;
    let vault = minting(&gitlab).await?;
    mint(&vault).await?;
    let failed = || (StatusCode::INTERNAL_SERVER_ERROR, "made-up fault").into_response();
    let tried = async || {
        gitlab.says(failed());
        gitlab.says(failed());
        Ok::<_, anyhow::Error>(())
    };
    gitlab.requests();
    tried().await?;
    let end = vault.root("POST", "sys/leases/revoke-prefix/gitlab", json!({})).await?;
    assert_eq!(end.status, 502, "{end:?}");
    assert!(
        end.body["errors"][0].as_str().is_some_and(|text| text.contains("500 {made-up fault}")),
        "{end:?}"
    );
    let owed = async || {
        Ok::<_, anyhow::Error>(vault.get("root", "sys/leases?type=irrevocable").await?.body["data"].clone())
    };
    assert_eq!(owed().await?["lease_count"], 1);
    assert_eq!(vault.get("root", "sys/leases/count?type=irrevocable").await?.body["data"]["lease_count"], 1);
    // Whoever asks for it once more is not told that it is done.
    let id = owed().await?["leases"][0]["lease_id"].clone();
    for (path, body) in
        [("sys/leases/revoke", json!({ "lease_id": id })), ("sys/leases/revoke-prefix/gitlab", json!({}))]
    {
        tried().await?;
        vault.root("POST", path, body).await?.expect(502)?;
    }
    for pause in [1, 2, 4, 8] {
        gitlab.requests();
        tried().await?;
        vault.clock.advance(Duration::from_secs(pause));
        let mut heard = 0;
        becomes(async || {
            heard += gitlab.requests().len();
            Ok(heard == 2)
        })
        .await?;
        becomes(async || Ok(owed().await?["lease_count"] == 1)).await?;
    }
    assert_eq!(gitlab.living(), 1);
    // A clock that is ahead is no reason not to ask.
    vault.clock.advance(Duration::from_secs(3 * 24 * 3600));
    becomes(async || Ok(gitlab.living() == 0)).await?;
    // After its day it is asked for once, and not for ever.
    mint(&vault).await?;
    for _ in 0..10 {
        tried().await?;
    }
    vault.clock.advance(Duration::from_secs(3 * 24 * 3600));
    becomes(async || {
        gitlab.requests();
        vault.root("POST", "sys/leases/revoke-prefix/gitlab", json!({})).await?.expect(204)?;
        Ok(gitlab.requests().is_empty())
    })
    .await?;
    assert_eq!((owed().await?["lease_count"].clone(), gitlab.living()), (json!(0), 1));
    Ok(())
}

#[tokio::test]
async fn a_token_that_is_gone_already_is_no_reason_to_go_on() -> Result<()> {
    let gitlab = Gitlab::start().await?;
    let vault = minting(&gitlab).await?;
    mint(&vault).await?;
    gitlab.forget();
    gitlab.requests();
    vault.root("POST", "sys/leases/revoke-prefix/gitlab/token/ci", json!({})).await?.expect(204)?;
    assert_eq!(gitlab.requests(), ["DELETE team/tools 101", "DELETE self"]);

    // What may not be ended by who made it ends itself.
    mint(&vault).await?;
    gitlab.says((StatusCode::FORBIDDEN, "{\"message\":\"403 Forbidden\"}"));
    vault.root("POST", "sys/leases/revoke-prefix/gitlab", json!({})).await?.expect(204)?;
    assert_eq!(gitlab.living(), 0);

    // And what is given up is not owed.
    mint(&vault).await?;
    gitlab.says(StatusCode::BAD_GATEWAY);
    gitlab.says(StatusCode::BAD_GATEWAY);
    vault.root("PUT", "sys/leases/revoke-force/gitlab", json!({})).await?.expect(204)?;
    let owed = vault.get("root", "sys/leases?type=irrevocable").await?;
    assert_eq!((&owed.body["data"]["lease_count"], gitlab.living()), (&json!(0), 1));
    let one = mint(&vault).await?.body["lease_id"].as_str().unwrap_or_default().to_owned();
    gitlab.says(StatusCode::BAD_GATEWAY);
    gitlab.says(StatusCode::BAD_GATEWAY);
    vault.root("PUT", &format!("sys/leases/revoke-force/{one}"), json!({})).await?.expect(204)?;
    let owed = vault.get("root", "sys/leases?type=irrevocable").await?;
    assert_eq!((&owed.body["data"]["lease_count"], gitlab.living()), (&json!(0), 2));
    Ok(())
}

#[tokio::test]
async fn a_page_of_a_proxy_ends_no_lease() -> Result<()> {
    let gitlab = Gitlab::start().await?;
    let vault = minting(&gitlab).await?;
    mint(&vault).await?;
    let page = |status: StatusCode| (status, "<html>sign in</html>");
    for itself in [StatusCode::UNAUTHORIZED, StatusCode::OK] {
        gitlab.says(page(itself));
        gitlab.says(page(StatusCode::OK));
        let revoked = vault.root("POST", "sys/leases/revoke-prefix/gitlab", json!({})).await?;
        assert!(revoked.status >= 400 && gitlab.living() == 1, "{itself}: {revoked:?}");
    }
    vault.root("POST", "sys/leases/revoke-prefix/gitlab", json!({})).await?.expect(204)?;
    assert_eq!(gitlab.living(), 0);
    Ok(())
}

#[tokio::test]
async fn whatever_gitlab_answers_is_said_without_the_token() -> Result<()> {
    let gitlab = Gitlab::start().await?;
    let vault = minting(&gitlab).await?;
    let asked = format!("POST {}/api/v4/groups/team%2Ftools/access_tokens", gitlab.address);
    let repeated = format!("{{\"message\":\"{OWNER} is no owner\"}}");
    let elsewhere = [(header::LOCATION, format!("{}/api/v4/personal_access_tokens/self", gitlab.address))];
    for (response, status, expected) in [
        ((StatusCode::FORBIDDEN, repeated).into_response(), 400, "403 {message: [REDACTED] is no owner}"),
        ((StatusCode::BAD_GATEWAY, "<html>down</html>").into_response(), 502, "502 {<html>down</html>}"),
        (
            (StatusCode::TEMPORARY_REDIRECT, elsewhere).into_response(),
            502,
            "307 that is no answer of GitLab's API",
        ),
        ((StatusCode::CREATED, "[]").into_response(), 502, "201 that is no answer of GitLab's API"),
        (
            (StatusCode::TOO_MANY_REQUESTS, [(header::RETRY_AFTER, "3600")], "Retry later\n").into_response(),
            503,
            "429 {Retry later}",
        ),
        ("x".repeat(2 << 20).into_response(), 502, "the answer is longer than 1048576 bytes"),
    ] {
        gitlab.says(response);
        gitlab.requests();
        vault.get("root", "gitlab/token/ci").await?.refuses(status, &format!("{asked}: {expected}"));
        assert_eq!(gitlab.requests(), ["POST team/tools"], "{expected}");
    }
    // What it says about how long to wait is kept.
    gitlab.says((StatusCode::TOO_MANY_REQUESTS, [(header::RETRY_AFTER, "1")], "Retry later\n"));
    let begun = Instant::now();
    mint(&vault).await?;
    assert!(begun.elapsed() >= Duration::from_secs(1));
    assert_eq!(gitlab.living(), 1);
    Ok(())
}

#[tokio::test]
async fn what_was_made_while_the_answer_was_lost_is_looked_for_and_ended() -> Result<()> {
    let gitlab = Gitlab::start().await?;
    let vault = minting(&gitlab).await?;
    mint(&vault).await?;
    gitlab.makes_and_says(StatusCode::GATEWAY_TIMEOUT);
    vault.get("root", "gitlab/token/ci").await?.expect(502)?;
    // It is told from the other by its lease.
    becomes(async || {
        Ok(gitlab.living() == 1 && gitlab.requests().contains(&"DELETE team/tools 102".to_owned()))
    })
    .await?;
    let owed = async || {
        let owed = vault.get("root", "sys/leases?type=irrevocable").await?;
        Ok::<_, anyhow::Error>(owed.body["data"]["leases"].as_array().cloned().unwrap_or_default())
    };
    assert!(owed().await?.is_empty());
    let leases = vault.list("sys/leases/lookup/gitlab/token/ci").await?;
    assert_eq!(leases.body["data"]["keys"].as_array().map(Vec::len), Some(1));

    // What is not there may come yet, for a while.
    gitlab.says(StatusCode::GATEWAY_TIMEOUT);
    vault.get("root", "gitlab/token/ci").await?.expect(502)?;
    becomes(async || Ok(!owed().await?.is_empty())).await?;
    let lost = owed().await?[0]["error"].clone();
    assert!(lost.as_str().is_some_and(|text| text.contains("GitLab has no such token so far")), "{lost}");
    vault.clock.advance(Duration::from_secs(120));
    becomes(async || Ok(owed().await?.is_empty())).await?;
    assert_eq!(gitlab.living(), 1);

    // What GitLab refuses was not made.
    gitlab.says(StatusCode::FORBIDDEN);
    vault.get("root", "gitlab/token/ci").await?.expect(400)?;
    assert!(owed().await?.is_empty());
    Ok(())
}

#[tokio::test]
async fn a_lease_is_no_longer_than_its_mount_and_a_batch_token_let_it_be() -> Result<()> {
    let gitlab = Gitlab::start().await?;
    let vault = minting(&gitlab).await?;
    vault.root("POST", "sys/mounts/gitlab/tune", json!({ "max_lease_ttl": "2h" })).await?.expect(204)?;
    role(&vault, json!({ "ttl": "48h" })).await?;
    let minted = mint(&vault).await?;
    assert_eq!(minted.body["lease_duration"], 7200);
    let capped = "TTL of \"48h\" exceeded the effective max_ttl of \"2h\"; TTL value is capped accordingly";
    assert_eq!(minted.body["warnings"], json!([capped]));
    assert_eq!(minted.body["data"]["gitlab_expires_at"], "2027-01-16");

    vault.policy("mints", "path \"gitlab/token/ci\" { capabilities = [\"read\"] }").await?;
    let batch = json!({ "type": "batch", "policies": ["mints"], "ttl": "90m", "no_parent": true });
    let batch = vault.token(batch).await?;
    let minted = vault.get(&batch, "gitlab/token/ci").await?;
    assert_eq!(minted.body["lease_duration"], 5400, "{minted:?}");
    vault.clock.advance(Duration::from_secs(5400));
    becomes(async || Ok(gitlab.living() == 1)).await?;

    // A year is all that GitLab keeps.
    vault.root("POST", "sys/mounts/gitlab/tune", json!({ "max_lease_ttl": "9000h" })).await?.expect(204)?;
    role(&vault, json!({ "ttl": "365d" })).await?;
    let minted = mint(&vault).await?;
    assert_eq!(minted.body["data"]["gitlab_expires_at"], "2028-01-15");
    assert_eq!(minted.body["data"]["expires_at"], "2028-01-15T00:00:00Z");
    Ok(())
}

#[tokio::test]
async fn a_token_whose_session_ends_while_it_is_made_ends_with_it() -> Result<()> {
    let gitlab = Gitlab::start().await?;
    let vault = minting(&gitlab).await?;
    vault.policy("mints", "path \"gitlab/token/ci\" { capabilities = [\"read\"] }").await?;
    let session = vault.token(json!({ "policies": ["mints"], "ttl": "30m" })).await?;
    let clock = vault.clock.clone();
    gitlab.makes_while(move || clock.advance(Duration::from_secs(1800)));
    vault.get(&session, "gitlab/token/ci").await?;
    assert!(gitlab.requests().contains(&"POST team/tools".to_owned()));
    becomes(async || Ok(gitlab.living() == 0)).await?;
    assert_eq!(vault.list("sys/leases/lookup/gitlab/token/ci").await?.status, 404);
    Ok(())
}

#[tokio::test]
async fn a_wrapped_token_lives_with_its_session_and_is_given_once() -> Result<()> {
    let gitlab = Gitlab::start().await?;
    let vault = minting(&gitlab).await?;
    vault.policy("mints", "path \"gitlab/token/ci\" { capabilities = [\"read\"] }").await?;
    let session = vault.token(json!({ "policies": ["mints"], "ttl": "1h" })).await?;
    let headers = format!("X-Vault-Token: {session}\r\nX-Vault-Wrap-TTL: 60\r\n");
    let wrapped = vault.send("GET", "gitlab/token/ci", &headers, "").await?;
    assert!(wrapped.body["data"].is_null() && gitlab.living() == 1, "{wrapped:?}");
    let token = wrapped.body["wrap_info"]["token"].as_str().unwrap_or_default();
    let inside = vault.by(token, "POST", "sys/wrapping/unwrap", json!({})).await?;
    assert_eq!(inside.body["data"]["token"], "glpat-made-up-minted-101");
    assert!(
        inside.body["lease_id"].as_str().is_some_and(|id| id.starts_with("gitlab/token/ci/")),
        "{inside:?}"
    );
    vault.by(token, "POST", "sys/wrapping/unwrap", json!({})).await?.expect(400)?;
    vault.by(&session, "POST", "auth/token/revoke-self", json!({})).await?.expect(204)?;
    becomes(async || Ok(gitlab.living() == 0)).await?;
    Ok(())
}

#[tokio::test]
async fn a_configuration_is_changed_in_parts_and_asked_about_again() -> Result<()> {
    let gitlab = Gitlab::start().await?;
    let vault = minting(&gitlab).await?;
    let patch = async |body: Value| {
        let headers = "X-Vault-Token: root\r\nContent-Type: application/merge-patch+json\r\n";
        vault.send("PATCH", "gitlab/config/default", headers, &body.to_string()).await
    };
    gitlab.requests();
    let changed = patch(json!({ "type": "dedicated", "unknown": 1 })).await?;
    assert_eq!((changed.status, &changed.body["data"]["type"]), (200, &json!("dedicated")), "{changed:?}");
    assert_eq!(
        changed.body["warnings"],
        json!(["Endpoint ignored these unrecognized parameters: [unknown]"])
    );
    assert_eq!(gitlab.requests(), ["GET self"]);
    patch(json!({ "token": "glpat-made-up-other" })).await?.expect(400)?;
    // No other GitLab is sent the token of before.
    let other = Gitlab::start().await?;
    for elsewhere in
        [json!({ "base_url": other.address }), json!({ "ca_pem": "-----BEGIN CERTIFICATE-----" })]
    {
        let told = "token: with another base_url or ca_pem it has to be given again, since the one of before is not sent elsewhere";
        patch(elsewhere).await?.refuses(400, told);
    }
    assert!(other.requests().is_empty());
    patch(json!({ "base_url": format!("{}/", gitlab.address) })).await?.expect(200)?;
    patch(json!({ "base_url": other.address, "token": OWNER })).await?.expect(200)?;
    patch(json!({ "base_url": gitlab.address, "token": OWNER })).await?.expect(200)?;
    vault.get("root", "gitlab/config").await?.expect(400)?;
    let config = vault.get("root", "gitlab/config/default").await?;
    assert_eq!(config.body["data"]["type"], "dedicated");
    mint(&vault).await?;
    Ok(())
}

#[tokio::test]
async fn what_gitlab_repeats_is_not_in_the_log() -> Result<()> {
    let (folder, gitlab) = (tempfile::tempdir()?, Gitlab::start().await?);
    let log = folder.path().join("audit.log");
    let mut config = Config::dev("root");
    config.audit_file = Some(log.clone());
    let vault = set_up(Vault::serve(config).await?, &gitlab).await?;
    mint(&vault).await?;
    gitlab.says((StatusCode::FORBIDDEN, format!("{OWNER} glpat-made-up-minted-101")));
    vault.get("root", "gitlab/token/ci").await?.expect(400)?;
    let log = fs::read_to_string(&log)?;
    for secret in [OWNER, "glpat-made-up-minted"] {
        assert!(!log.contains(secret), "{secret}");
    }
    Ok(())
}

#[tokio::test]
async fn what_the_maker_of_a_token_says_is_no_claim() -> Result<()> {
    let gitlab = Gitlab::start().await?;
    let vault = minting(&gitlab).await?;
    vault.policy("mints", "path \"gitlab/token/ci\" { capabilities = [\"read\"] }").await?;
    let order = json!({ "policies": ["mints"], "ttl": "1h", "meta": { "project_path": "team/another", "job_id": "1" } });
    let session = vault.token(order).await?;
    vault.get(&session, "gitlab/token/ci").await?.expect(200)?;
    assert_eq!(gitlab.last_made()["name"], "ci 1800000000");
    Ok(())
}
