use std::{fs, path::Path};

use serde_json::{Value, json};

use super::{
    frame::{Pair, Script, generalise, run, values},
    jwt::{jwt, role, stage, static_keys},
};

/// Both servers are asked the same and write their logs; line by line these say the same.
#[test]
fn requests_are_logged_alike() {
    let folder = tempfile::tempdir().expect("a folder");
    let Some(pair) = Pair::start_logged(folder.path()) else {
        return println!("skipped: it wants OpenBao");
    };
    let script = everything();
    let report = run(&pair, &script);
    assert!(report.text.is_empty(), "{}", report.text);
    let first = format!("sys/auth/{}", script.slug());
    let [expected, actual] =
        ["openbao.log", "lockbox.log"].map(|file| lines(&folder.path().join(file), &first));
    let paths = |lines: &[Value]| lines.iter().map(title).collect::<Vec<_>>();
    assert_eq!(paths(&expected), paths(&actual));
    let mut differences = Vec::new();
    for (expected, actual) in expected.iter().zip(&actual) {
        let mut found = Vec::new();
        values("", expected, actual, &mut found);
        found.retain(|difference| !is_meant(difference));
        if !found.is_empty() {
            differences.push(format!("{}\n    {}", title(expected), found.join("\n    ")));
        }
    }
    assert!(differences.is_empty(), "{}", differences.join("\n"));
    println!("{} lines of the audit log are alike", expected.len());
}

/// Every text that looks like a point in time stands in OpenBao's log as it is, a secret too; lockbox leaves only those that it made
/// itself, and of what was wrapped it does not know who made it. And it knows no entities apart from those whom logins name, so that none is new.
fn is_meant(difference: &str) -> bool {
    let texts = ["/when", "/response/data/metadata/created_time"];
    texts
        .iter()
        .any(|place| difference.ends_with(&format!("{place}: expected \"<time>\", actual \"<hmac>\"")))
        || difference == "/auth/entity_created: expected true, actual nothing"
}

/// Who asks, what is refused and why, what is hidden, what is wrapped.
fn everything() -> Script {
    let mut script = stage("audit log", &static_keys());
    let mut role = role();
    role["claim_mappings"] = json!({ "project_path": "path" });
    role["token_policies"] = json!(["{me}"]);
    script.post("auth/{me}/role/r", role);
    script.policy("path \"{me}/a\" { capabilities = [\"read\"] }");
    script.mount_kv_v1();
    script.post("{me}/a", json!({ "token": "made-up", "n": 1, "deep": { "x": ["y", true, null] }, "when": "2026-01-31T08:00:00Z" }));
    let jwt = jwt(&json!({}));
    script
        .post("auth/{me}/login", json!({ "role": "r", "jwt": jwt }))
        .without_token()
        .capture("session", "/auth/client_token");
    script.post("auth/{me}/login", json!({ "role": "zz", "jwt": jwt })).without_token();
    script.get("auth/{me}/login").without_token();
    script.get("{me}/a").by("{session}");
    script.get("{me}/b").by("{session}");
    script.get("{me}/a").by("made-up-and-dead");
    script.get("{me}/a").without_token();
    for _ in 0..2 {
        script.get("{me}/a").header("X-Vault-Wrap-TTL", "60s").capture("wrapping", "/wrap_info/token");
        script.post("sys/wrapping/lookup", json!({ "token": "{wrapping}" })).without_token();
        script.ask("POST", "sys/wrapping/unwrap").by("{wrapping}");
        script.ask("POST", "sys/wrapping/unwrap").by("{wrapping}");
    }
    let order = json!({ "policies": ["{me}"], "ttl": "60s", "num_uses": 3 });
    script
        .post("auth/token/create", order.clone())
        .header("X-Vault-Wrap-TTL", "60s")
        .capture("wrapping", "/wrap_info/token");
    script.ask("POST", "sys/wrapping/unwrap").by("{wrapping}");
    script.token("counted", order);
    for _ in 0..4 {
        script.get("{me}/a").by("{counted}");
    }
    script.post("secret/data/{me}", json!({ "data": { "when": "2026-01-31T08:00:00Z" } }));
    script.get("secret/data/{me}").header("X-Vault-Wrap-TTL", "60s").capture("wrapping", "/wrap_info/token");
    script.ask("POST", "sys/wrapping/unwrap").by("{wrapping}");
    script.get("secret/metadata/{me}");
    script.post("sys/wrapping/unwrap", json!({ "token": "made-up-none" }));
    script.post("sys/wrapping/unwrap", json!({ "token": "made-up-none" })).without_token();
    script.get("nowhere-{me}/x");
    script.list("{me}");
    script.post("{me}/", json!({ "x": "1" }));
    script.delete("{me}/a");
    script.get("sys/policies/acl/{me}");
    script.post(
        "auth/token/create",
        json!({ "policies": ["{me}"], "ttl": "60s", "num_uses": 3, "meta": { "who": "me" } }),
    );
    script.put("auth/token/renew-self", json!({ "increment": "30s" })).by("{session}");
    script.put("auth/token/revoke-self", json!({})).by("{session}");
    script.post("sys/capabilities-self", json!({ "paths": ["{me}/a"] }));
    script
}

/// The lines from the script's first request on, with what is random by its kind.
fn lines(log: &Path, first: &str) -> Vec<Value> {
    let text = fs::read_to_string(log).expect("a log");
    let lines = text.lines().map(|line| serde_json::from_str::<Value>(line).expect("JSON"));
    // What lockbox says of itself OpenBao has no lines for.
    let lines = lines.filter(|line| line["type"] != "lockbox");
    lines.skip_while(|line| line["request"]["path"] != first).map(comparable).collect()
}

fn title(line: &Value) -> String {
    let said = |of: &Value| of.as_str().unwrap_or_default().to_owned();
    let request = &line["request"];
    format!("{} of {} {}", said(&line["type"]), said(&request["operation"]), said(&request["path"]))
}

fn comparable(value: Value) -> Value {
    match value {
        Value::String(text) if text.starts_with("hmac-sha256:") => "<hmac>".into(),
        Value::String(text) if is_time(&text) => "<time>".into(),
        Value::String(text) => generalise(&text).into(),
        Value::Array(values) => values.into_iter().map(comparable).collect(),
        Value::Object(fields) => fields
            .into_iter()
            // The chain is lockbox' own.
            .filter(|(name, _)| name != "chain" && name != "remote_port")
            .map(|(name, value)| (name, comparable(value)))
            .collect(),
        other => other,
    }
}

/// As in `2026-01-31T…`: what is a point in time stays readable in the log.
fn is_time(text: &str) -> bool {
    text.len() > 19 && text.as_bytes()[10] == b'T' && text.ends_with('Z')
}
