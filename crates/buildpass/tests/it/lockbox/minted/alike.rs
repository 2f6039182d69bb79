use serde_json::{Map, Value, json};

use super::{At, Scene};
use crate::harness::{ROOT, Vault};

/// OpenBao has no such engine, but one whose leases are of the same kind: certificates, which are not renewed either.
#[test]
fn a_lease_is_shown_and_ended_as_openbao_shows_and_ends_those_of_its_engines() {
    let Some(openbao) = Vault::openbao() else { return println!("skipped: it is held against OpenBao") };
    let theirs = At { address: &openbao.address, token: ROOT };
    theirs.must("POST", "sys/mounts/pki", json!({"type": "pki"}));
    theirs.must("POST", "pki/root/generate/internal", json!({"common_name": "example", "ttl": "100h"}));
    let role = json!({"allow_any_name": true, "generate_lease": true, "max_ttl": "2h"});
    theirs.must("POST", "pki/roles/ci", role);
    let (scene, vault) = (Scene::new(), Vault::lockbox());
    let ours = At { address: &vault.address, token: ROOT };
    scene.set_up(ours);

    let certificate =
        || theirs.must("POST", "pki/issue/ci", json!({"common_name": "a.example", "ttl": "1h"}));
    let certificates = shown(theirs, "pki/issue/ci", [certificate(), certificate(), certificate()]);
    let tokens = shown(ours, "gitlab/token/ci", [ours.mint("ci").1, ours.mint("ci").1, ours.mint("ci").1]);
    assert!(certificates.len() == tokens.len() && certificates.len() > 15);
    for (theirs, ours) in certificates.iter().zip(&tokens) {
        assert_eq!(theirs, ours);
    }
}

/// What is answered about three leases, without what is another each time.
fn shown(vault: At<'_>, path: &str, leased: [Value; 3]) -> Vec<String> {
    let ids = leased.each_ref().map(|answer| answer["lease_id"].as_str().unwrap());
    let (folder, _) = path.split_once('/').unwrap();
    let mut told = Vec::new();
    let mut ask = |method: &str, asked: &str, body: Value| {
        let (status, answer) = vault.ask(method, asked, body);
        let asked = asked.replace(path, "PATH").replace(folder, "MOUNT");
        told.push(format!("{method} {asked}: {status} {}", plain(&answer, path)));
    };
    for answer in &leased {
        ask("POST", "sys/leases/lookup", json!({"lease_id": answer["lease_id"]}));
        ask("POST", "sys/leases/lookup", json!({"lease_id": answer["lease_id"], "unknown": 1}));
        ask("POST", "sys/leases/renew", json!({"lease_id": answer["lease_id"], "increment": 60}));
    }
    ask("LIST", &format!("sys/leases/lookup/{path}"), Value::Null);
    ask("LIST", &format!("sys/leases/lookup/{folder}"), Value::Null);
    ask("LIST", "sys/leases/lookup", Value::Null);
    let [first, second, _] = ids;
    for lease in [first, first] {
        ask("POST", "sys/leases/revoke", json!({"lease_id": lease}));
        ask("POST", "sys/leases/lookup", json!({"lease_id": lease}));
        ask("POST", "sys/leases/renew", json!({"lease_id": lease}));
    }
    ask("POST", "sys/leases/revoke", json!({"lease_id": second, "sync": false}));
    ask("POST", &format!("sys/leases/revoke-prefix/{path}"), json!({}));
    ask("LIST", &format!("sys/leases/lookup/{path}"), Value::Null);
    ask("GET", "sys/leases/count?type=irrevocable", Value::Null);
    ask("DELETE", &format!("sys/mounts/{folder}"), Value::Null);
    told
}

fn plain(answer: &Value, path: &str) -> Value {
    match answer {
        Value::String(text) if text.starts_with(&format!("{path}/")) => "LEASE".into(),
        Value::String(text) if text == path => "PATH".into(),
        Value::String(text) if text.ends_with('Z') && text.contains('T') => "TIME".into(),
        Value::Array(parts) => {
            let mut parts: Vec<Value> = parts.iter().map(|part| plain(part, path)).collect();
            for part in &mut parts {
                let text = part.as_str().unwrap_or_default();
                if text.len() == 24
                    || path.starts_with(text.trim_end_matches('/'))
                    || path.contains(&format!("/{text}"))
                {
                    *part = "NAME".into();
                }
            }
            parts.sort_by_key(ToString::to_string);
            parts.into()
        }
        Value::Object(members) => {
            let each = members.iter().map(|(name, value)| match name.as_str() {
                "request_id" => (name.clone(), Value::Null),
                "ttl" => {
                    (name.clone(), json!(value.as_u64().is_some_and(|ttl| (3590..=3600).contains(&ttl))))
                }
                _ => (name.clone(), plain(value, path)),
            });
            Value::Object(each.collect::<Map<_, _>>())
        }
        other => other.clone(),
    }
}
