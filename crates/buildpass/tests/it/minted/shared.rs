//! What others have too is never ended, whatever it looks like.

use serde_json::{Value, json};

use super::scene::{Hold, Scene, engine_fields};
use crate::harness::{Buildpass, Fate, Proxy, ROOT, SecurityGroup, http, on_every_vault};

/// The token of the whole group, written beside fields that look like the engine's.
fn fields_of_shared(group: &SecurityGroup) -> Value {
    let url = format!("{}/api/v4/personal_access_tokens/self", group.sandbox.url);
    let (_, shown) = http::request("GET", &url, &[("private-token", &group.token)], None).unwrap();
    engine_fields(shown["id"].as_u64().unwrap(), &group.token)
}

fn lives(group: &SecurityGroup) -> bool {
    let url = format!("{}/api/v4/personal_access_tokens/self", group.sandbox.url);
    http::request("GET", &url, &[("private-token", &group.token)], None).unwrap().0 == 200
}

on_every_vault! {
    fn a_stored_token_lives_on_although_it_looks_minted(vault) {
        let group = SecurityGroup::start();
        let fields = fields_of_shared(&group);
        let id_token = group.sandbox.id_token(&vault.address, json!({}));
        vault.deploy(&group.sandbox);
        vault.must("POST", "sys/mounts/gitlab", json!({"type": "kv", "options": {"version": "1"}}));
        vault.must("POST", "gitlab/token/ci", fields.clone());
        // A lifetime beside a secret makes the store answer with one, and with no lease.
        let mut with_ttl = fields.clone();
        with_ttl["ttl"] = json!("60s");
        with_ttl["role_name"] = json!("aged");
        vault.must("POST", "gitlab/token/aged", with_ttl);
        vault.write_secret("token/ci", fields);
        vault.policy("build-token", "path \"*\" { capabilities = [\"read\"] }");
        let asked = Proxy::start(&group.sandbox.url, |_| Fate::Pass);
        for from in [
            "token/ci/token@gitlab,engine=generic",
            "token/aged/token@gitlab,engine=generic",
            "token/ci/token@gitlab,engine=kv-v1",
            "token/ci/token@ci,engine=kv-v2",
        ] {
            for (name, value) in [("VAULT_ID_TOKEN", id_token.as_str()), ("VAULT_TOKEN", ROOT)] {
                let command = || {
                    let command = Buildpass::new()
                        .args(["--address", &vault.address, "--secret", &format!("TOKEN={from}")])
                        .env("CI_SERVER_URL", &asked.address)
                        .env(name, value);
                    if name == "VAULT_TOKEN" { command } else { command.args(["--role", "omnibus-gitlab"]) }
                };
                let finished = command().args(["run", "sh", "-c", "test $TOKEN"]).run();
                assert_eq!((finished.code, finished.stderr.as_str()), (Some(0), ""), "{from} {name}");
                let printed = command().args(["token", "TOKEN"]).run();
                assert_eq!((printed.code, &printed.stdout), (Some(0), &group.token), "{from} {name}");
            }
        }
        assert!(lives(&group));
        assert_eq!(asked.answered(), "", "GitLab was asked nothing");
    }
}

#[test]
fn an_answer_without_a_lease_from_a_store_or_from_who_knows_where_is_left_alone() {
    // The last one is a mount that the session may not see.
    for mount in ["kv", "generic", "cubbyhole", ""] {
        let scene = Scene::of(Hold::Unbound, mount, |_| Fate::Pass);
        let finished = scene.job("test $TOKEN").run();
        assert_eq!((finished.code, finished.stderr.as_str()), (Some(0), ""), "{mount}");
        assert!(scene.lives(&scene.only()), "{mount}");
        assert_eq!(scene.asked(), Vec::<String>::new(), "{mount}");
    }
}
