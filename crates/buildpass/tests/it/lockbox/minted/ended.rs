use std::time::Duration;

use serde_json::{Value, json};

use super::{At, Scene};
use crate::harness::{ROOT, Vault, wait_until};

#[test]
fn a_token_is_dead_when_its_session_gives_itself_back() {
    let (scene, vault) = (Scene::new(), Vault::lockbox());
    let root = At { address: &vault.address, token: ROOT };
    scene.set_up(root);
    let (session, other) = (scene.login(root.address), scene.login(root.address));
    let tokens = [root.by(&session).mint("ci").0, root.by(&session).mint("ci").0];
    let (stays, minted) = root.by(&other).mint("ci");
    root.by(&session).must("POST", "auth/token/revoke-self", Value::Null);
    for token in &tokens {
        assert!(scene.dies(token) && !scene.git_reads(token));
    }
    assert!(scene.git_reads(&stays), "another session's");
    let left = root.must("LIST", "sys/leases/lookup/gitlab/token/ci", Value::Null)["data"]["keys"].clone();
    assert_eq!(left, json!([minted["lease_id"].as_str().unwrap().rsplit('/').next().unwrap()]));
}

#[test]
fn whatever_ends_a_session_ends_its_tokens() {
    let (scene, vault) = (Scene::new(), Vault::lockbox());
    let root = At { address: &vault.address, token: ROOT };
    scene.set_up(root);
    let made = |by: &str, order: Value| {
        let order = json!({"policies": ["mints", "default"], "ttl": "1h", "explicit_max_ttl": order["max"],
            "type": order["type"].as_str().unwrap_or("service"), "num_uses": order["uses"].as_u64().unwrap_or(0)});
        let auth = root.by(by).must("POST", "auth/token/create", order)["auth"].clone();
        (auth["client_token"].as_str().unwrap().to_owned(), auth["accessor"].as_str().unwrap().to_owned())
    };
    // By its accessor.
    let (session, accessor) = made(ROOT, json!({}));
    let (token, _) = root.by(&session).mint("ci");
    root.must("POST", "auth/token/revoke-accessor", json!({"accessor": accessor}));
    assert!(scene.dies(&token));
    // With its parent, as a service token and as a batch token, which is kept nowhere.
    let creates = "path \"auth/token/create\" { capabilities = [\"update\"] }\npath \"gitlab/token/*\" { capabilities = [\"read\"] }";
    root.must("PUT", "sys/policies/acl/mints", json!({"policy": creates}));
    for kind in ["service", "batch"] {
        let (parent, _) = made(ROOT, json!({}));
        let (child, _) = made(&parent, json!({"type": kind}));
        let (token, _) = root.by(&child).mint("ci");
        assert!(scene.lives(&token));
        root.must("POST", "auth/token/revoke", json!({"token": parent}));
        assert!(scene.dies(&token), "{kind}");
    }
    // After its last use.
    let (once, _) = made(ROOT, json!({"uses": 1}));
    let (token, _) = root.by(&once).mint("ci");
    assert!(scene.dies(&token));
    // At its time.
    let (short, _) = made(ROOT, json!({"max": "2s"}));
    let (token, _) = root.by(&short).mint("ci");
    assert!(scene.lives(&token));
    assert!(wait_until(Duration::from_secs(4), || !scene.lives(&token)));
    assert!(scene.living().is_empty(), "{:?}", scene.living());
}

#[test]
fn a_lease_is_revoked_alone_and_with_its_path_and_with_its_mount() {
    let (scene, vault) = (Scene::new(), Vault::lockbox());
    let root = At { address: &vault.address, token: ROOT };
    scene.set_up(root);
    let session = scene.login(root.address);
    let job = root.by(&session);
    let ((one, minted), (two, _)) = (job.mint("ci"), job.mint("ci"));
    let lease = json!({"lease_id": minted["lease_id"]});
    let denied = job.refused("POST", "sys/leases/revoke", lease.clone());
    assert_eq!(denied.0, 403, "{}", denied.1);
    root.must("POST", "sys/leases/revoke", lease.clone());
    // Whoever waited for it is told when it is done.
    assert!(!scene.lives(&one) && scene.lives(&two));
    assert_eq!(root.refused("POST", "sys/leases/lookup", lease.clone()), (400, "invalid lease".to_owned()));
    root.must("POST", "sys/leases/revoke", lease);
    root.must("POST", "sys/leases/revoke-prefix/gitlab/token", json!({}));
    assert!(!scene.lives(&two));

    // Who does not wait is told so, and it is done soon.
    let (three, minted) = job.mint("ci");
    let (status, _) =
        root.ask("POST", "sys/leases/revoke", json!({"lease_id": minted["lease_id"], "sync": false}));
    assert!(status == 202 && scene.dies(&three));

    let (moved, _) = job.mint("ci");
    root.must("POST", "sys/remount", json!({"from": "gitlab", "to": "elsewhere"}));
    assert!(!scene.lives(&moved), "what was given under the old path");
    root.must(
        "PUT",
        "sys/policies/acl/mints",
        json!({"policy": "path \"elsewhere/token/*\" { capabilities = [\"read\"] }"}),
    );
    let minted = job.must("GET", "elsewhere/token/ci", Value::Null);
    let token = minted["data"]["token"].as_str().unwrap();
    assert!(scene.lives(token) && minted["lease_id"].as_str().unwrap().starts_with("elsewhere/token/ci/"));
    root.must("DELETE", "sys/mounts/elsewhere", Value::Null);
    assert!(!scene.lives(token) && scene.living().is_empty());
}
