use std::time::Duration;

use anyhow::Result;
use lockbox::{Config, SystemClock};
use serde_json::json;
use tokio::{
    net::{TcpListener, TcpStream},
    sync::oneshot,
};

use crate::harness::Vault;

#[tokio::test]
async fn anybody_may_ask_how_the_server_is() -> Result<()> {
    let vault = Vault::start().await?;
    let health = vault.send("GET", "sys/health", "", "").await?;
    assert_eq!(
        (health.status, &health.body["sealed"], &health.body["version"]),
        (200, &json!(false), &json!("2.7.2"))
    );
    for header in ["Content-Type: application/json", "Cache-Control: no-store"] {
        assert!(health.head.contains(header), "{}", health.head);
    }
    assert_eq!(vault.send("GET", "sys/seal-status", "", "").await?.body["storage_type"], "inmem");
    assert_eq!(vault.send("GET", "sys/leader", "", "").await?.body["ha_enabled"], false);
    vault.send("POST", "sys/health", "", "").await?.refuses_silently(405);
    vault.send("HEAD", "sys/health", "", "").await?.expect(200)
}

#[tokio::test]
async fn a_token_is_shown_in_either_header() -> Result<()> {
    let vault = Vault::start().await?;
    vault.send("GET", "auth/token/lookup-self", "Authorization: Bearer root\r\n", "").await?.expect(200)?;
    vault.get("root", "auth/token/lookup-self").await?.expect(200)?;
    vault.send("GET", "auth/token/lookup-self", "", "").await?.refuses(403, "permission denied");
    vault.get("wrong", "auth/token/lookup-self").await?.refuses(403, "permission denied");
    Ok(())
}

#[tokio::test]
async fn there_are_no_namespaces() -> Result<()> {
    let vault = Vault::start().await?;
    let inside = "X-Vault-Token: root\r\nX-Vault-Namespace: foo\r\n";
    vault.send("GET", "auth/token/lookup-self", inside, "").await?.refuses(404, "namespace not found");
    vault.send("GET", "sys/health", inside, "").await?.refuses(400, "operation unavailable in namespaces");
    let root = "X-Vault-Token: root\r\nX-Vault-Namespace: root/\r\n";
    vault.send("GET", "auth/token/lookup-self", root, "").await?.expect(200)?;
    vault.send("GET", "sys/health", root, "").await?.refuses(400, "operation unavailable in namespaces");
    Ok(())
}

#[tokio::test]
async fn paths_and_bodies_that_nobody_needs_are_refused() -> Result<()> {
    let vault = Vault::start().await?;
    let root = "X-Vault-Token: root\r\n";
    vault.get("root", "secret/data/%2e%2e/x").await?.refuses(400, "relative paths not supported");
    let moved = vault.root("POST", "secret//data/x", json!({})).await?;
    assert_eq!(
        (moved.status, moved.head.contains("Location: /v1/secret/data/x\r\n")),
        (307, true),
        "{}",
        moved.head
    );
    assert_eq!(vault.get("root", "secret/data/%00").await?.status, 400);
    vault.root("POST", "secret/data/", json!({})).await?.refuses(400, "cannot write to a path ending in '/'");
    vault.send("FOO", "sys/mounts", root, "").await?.refuses_silently(405);
    let array = "failed to decode JSON input: json: cannot unmarshal array into Go value of type map[string]interface {}";
    vault.send("POST", "secret/data/x", root, "[1]").await?.refuses(400, array);
    let deep = format!("{}1{}", "[".repeat(100_000), "]".repeat(100_000));
    let too_deep = "failed to decode JSON input: exceeded max depth";
    vault.send("POST", "secret/data/x", root, &deep).await?.refuses(400, too_deep);
    let announced = "POST /v1/secret/data/x HTTP/1.1\r\nHost: vault\r\nContent-Length: 99999999\r\n\r\n";
    vault.send_raw(&format!("{announced}{{")).await?.refuses(413, "http: request body too large");
    Ok(())
}

#[tokio::test]
async fn what_is_not_there_is_answered_as_openbao_answers() -> Result<()> {
    let vault = Vault::start().await?;
    let token = vault.token(json!({ "policies": ["default"] })).await?;
    let denied = "1 error occurred:\n\t* permission denied\n\n";
    vault.get(&token, "nope/data/x").await?.refuses(403, denied);
    let nowhere = "no handler for route \"nope/data/x\". route entry not found.";
    vault.get("root", "nope/data/x").await?.refuses(404, nowhere);
    vault.get("root", "sys/nope").await?.refuses(404, "1 error occurred:\n\t* unsupported path\n\n");
    vault
        .get("root", "auth/token/create")
        .await?
        .refuses(405, "1 error occurred:\n\t* unsupported operation\n\n");
    Ok(())
}

#[tokio::test]
async fn the_server_ends_when_it_is_told_though_a_client_stays_connected() -> Result<()> {
    let listener = TcpListener::bind("127.0.0.1:0").await?;
    let address = listener.local_addr()?;
    let (stop, stopped) = oneshot::channel::<()>();
    let serving = Config::dev("root").build(SystemClock).await?.serve(listener, async {
        let _ = stopped.await;
    });
    let server = tokio::spawn(serving);
    let idle = TcpStream::connect(address).await?;
    let _ = stop.send(());
    tokio::time::timeout(Duration::from_secs(5), server).await???;
    drop(idle);
    assert!(TcpStream::connect(address).await.is_err());
    Ok(())
}
