use std::{fs, path::Path};

use anyhow::Result;
use lockbox::{
    Config,
    audit::{Expected, Verdict, verify},
};
use serde_json::{Value, json};

use crate::harness::Vault;

const TOP: &str = "top-secret-value-of-a-made-up-token";

async fn audited(log: &Path) -> Result<Vault> {
    let mut config = Config::dev("root");
    config.audit_file = Some(log.to_owned());
    Vault::serve(config).await
}

fn lines(log: &Path) -> Result<Vec<Value>> {
    fs::read_to_string(log)?.lines().map(|line| Ok(serde_json::from_str(line)?)).collect()
}

fn verdict(log: &Path) -> Result<Verdict> {
    Ok(verify(log, &Expected { key: None, from: None, holds: None })?)
}

#[tokio::test]
async fn every_request_and_its_answer_is_logged_without_its_secrets() -> Result<()> {
    let folder = tempfile::tempdir()?;
    let log = folder.path().join("audit.log");
    let vault = audited(&log).await?;
    let secret = json!({ "data": { "token": TOP } });
    vault.root("POST", "secret/data/a", secret).await?.expect(200)?;
    assert_eq!(vault.get("root", "secret/data/a").await?.body["data"]["data"]["token"], TOP);
    vault.get("s.wrong", "secret/data/a").await?.expect(403)?;
    vault.get("root", "nowhere/at/all").await?.expect(404)?;
    let text = fs::read_to_string(&log)?;
    for secret in [TOP, "\"root\",\"accessor", "s.wrong"] {
        assert!(!text.contains(secret), "{secret}");
    }
    let lines = lines(&log)?;
    let kinds: Vec<&str> = lines.iter().filter_map(|line| line["type"].as_str()).collect();
    let (request, response) = ("request", "response");
    assert_eq!(
        kinds,
        ["lockbox", request, response, request, response, request, response, request, response]
    );
    let read = &lines[4];
    assert_eq!(read["request"]["path"], "secret/data/a");
    assert_eq!(read["request"]["operation"], "read");
    assert_eq!(read["auth"]["policy_results"]["allowed"], true);
    let hash = vault.root("POST", "sys/audit-hash/file", json!({ "input": TOP })).await?;
    assert_eq!(read["response"]["data"]["data"]["token"], hash.body["data"]["hash"]);
    assert!(lines[6]["error"].as_str().is_some_and(|error| error.contains("permission denied")));
    assert!(matches!(verdict(&log)?, Verdict::Whole { .. }));
    Ok(())
}

#[tokio::test]
async fn a_line_that_was_changed_or_left_out_shows() -> Result<()> {
    let folder = tempfile::tempdir()?;
    let log = folder.path().join("audit.log");
    let vault = audited(&log).await?;
    for name in ["a", "b", "c"] {
        vault.get("root", &format!("secret/data/{name}")).await?.expect(404)?;
    }
    let text = fs::read_to_string(&log)?;
    let lines: Vec<&str> = text.split_inclusive('\n').collect();
    for position in 1..lines.len() - 1 {
        let mut fewer = lines.clone();
        fewer.remove(position);
        fs::write(folder.path().join("fewer"), fewer.concat())?;
        assert!(matches!(verdict(&folder.path().join("fewer"))?, Verdict::Broken { .. }), "{position}");
    }
    fs::write(folder.path().join("changed"), text.replacen("secret/data/b", "secret/data/x", 1))?;
    assert!(matches!(verdict(&folder.path().join("changed"))?, Verdict::Broken { .. }));
    Ok(())
}

#[tokio::test]
async fn a_wrapped_answer_is_logged_by_its_wrapping_and_a_chosen_header_is_shown() -> Result<()> {
    let folder = tempfile::tempdir()?;
    let log = folder.path().join("audit.log");
    let vault = audited(&log).await?;
    vault.root("POST", "secret/data/a", json!({ "data": { "token": TOP } })).await?.expect(200)?;
    vault
        .root("PUT", "sys/config/auditing/request-headers/X-Vault-Wrap-TTL", json!({}))
        .await?
        .expect(204)?;
    vault
        .root("PUT", "sys/config/auditing/request-headers/x-job", json!({ "hmac": true }))
        .await?
        .expect(204)?;
    let headers = format!("X-Vault-Token: root\r\nX-Vault-Wrap-TTL: 90s\r\nX-Job: {TOP}\r\n");
    let wrapped = vault.send("GET", "secret/data/a", &headers, "").await?.body;
    let hash = |text: Value| {
        let vault = &vault;
        async move {
            let body = json!({ "input": text });
            Ok::<_, anyhow::Error>(
                vault.root("POST", "sys/audit-hash/file", body).await?.body["data"]["hash"].clone(),
            )
        }
    };
    let (token, accessor) = (&wrapped["wrap_info"]["token"], &wrapped["wrap_info"]["accessor"]);
    let (token, accessor) = (hash(token.clone()).await?, hash(accessor.clone()).await?);
    let lines = lines(&log)?;
    let asked = |kind: &str| {
        let is_it = |line: &&Value| line["type"] == kind && line["request"]["wrap_ttl"] == 90;
        lines.iter().find(is_it).cloned().unwrap_or_default()
    };
    let (request, response) = (asked("request"), asked("response"));
    assert_eq!(request["request"]["headers"]["x-vault-wrap-ttl"], json!(["90s"]));
    assert_eq!(request["request"]["headers"]["x-job"], json!([hash(json!(TOP)).await?]));
    let wrap = &response["response"]["wrap_info"];
    assert_eq!((&wrap["token"], &wrap["accessor"]), (&token, &accessor));
    assert_eq!((&wrap["ttl"], &wrap["creation_path"]), (&json!(90), &json!("secret/data/a")));
    assert!(response["response"].get("data").is_none(), "{response}");
    assert!(matches!(verdict(&log)?, Verdict::Whole { .. }));
    Ok(())
}

#[tokio::test]
async fn no_choice_of_headers_shows_the_tokens_of_others() -> Result<()> {
    let folder = tempfile::tempdir()?;
    let log = folder.path().join("audit.log");
    let vault = audited(&log).await?;
    for name in ["X-Vault-Token", "Authorization", "X-Job"] {
        let path = format!("sys/config/auditing/request-headers/{name}");
        vault.root("POST", &path, json!({})).await?.expect(204)?;
    }
    let token = vault.token(json!({ "policies": "default" })).await?;
    for headers in [format!("X-Vault-Token: {token}\r\n"), format!("Authorization: Bearer {token}\r\n")] {
        let headers = format!("{headers}X-Job: seen\r\n");
        vault.send("GET", "auth/token/lookup-self", &headers, "").await?.expect(200)?;
    }
    let hash = vault.root("POST", "sys/audit-hash/file", json!({ "input": token })).await?;
    assert!(!fs::read_to_string(&log)?.contains(&token));
    let lines = lines(&log)?;
    let seen: Vec<_> = lines
        .iter()
        .map(|line| &line["request"]["headers"])
        .filter(|seen| seen["x-job"] == json!(["seen"]))
        .collect();
    assert_eq!(seen.len(), 4, "{lines:?}");
    assert_eq!(seen[0]["x-vault-token"], json!([hash.body["data"]["hash"]]));
    assert!(seen[2]["authorization"][0].as_str().is_some_and(|hash| hash.starts_with("hmac-sha256:")));
    Ok(())
}
