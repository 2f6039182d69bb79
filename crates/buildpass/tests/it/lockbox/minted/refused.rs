use std::fs;

use serde_json::{Value, json};

use super::{At, Scene, scene::role};
use crate::{
    harness::{ADMIN, ROOT, Vault},
    lockbox::Owner,
};

#[test]
fn policies_decide_about_it_as_about_every_path() {
    let (scene, vault) = (Scene::new(), Vault::lockbox());
    let root = At { address: &vault.address, token: ROOT };
    scene.set_up(root);
    let rules = "path \"gitlab/token/other\" { capabilities = [\"read\"] }";
    root.must("PUT", "sys/policies/acl/mints", json!({"policy": rules}));
    let session = scene.login(root.address);
    let job = root.by(&session);
    let denied = (403, "1 error occurred:\n\t* permission denied\n\n".to_owned());
    for (method, path) in
        [("GET", "token/ci"), ("GET", "config/default"), ("GET", "roles/ci"), ("DELETE", "roles/ci")]
    {
        assert_eq!(job.refused(method, &format!("gitlab/{path}"), Value::Null), denied, "{path}");
    }
    assert_eq!(job.refused("POST", "gitlab/roles/other", role(json!({}))), denied);
    let asked = json!({"paths": ["gitlab/token/ci", "gitlab/token/other"]});
    let may = job.must("POST", "sys/capabilities-self", asked)["data"].clone();
    assert_eq!((&may["gitlab/token/ci"], &may["gitlab/token/other"]), (&json!(["deny"]), &json!(["read"])));
    assert!(scene.living().is_empty());
    let unknown = job.refused("GET", "gitlab/token/other", Value::Null);
    assert_eq!(unknown, (400, "role other: not found".to_owned()));
    let create = "path \"gitlab/roles/*\" { capabilities = [\"create\"] }";
    root.must("PUT", "sys/policies/acl/mints", json!({"policy": create}));
    job.must("POST", "gitlab/roles/new", role(json!({})));
    assert_eq!(job.refused("POST", "gitlab/roles/new", role(json!({}))), denied, "it would be an update");
}

#[test]
fn a_configuration_is_kept_when_gitlab_answers_for_its_token() {
    let (scene, vault) = (Scene::new(), Vault::lockbox());
    let root = At { address: &vault.address, token: ROOT };
    root.must("POST", "sys/mounts/gitlab", json!({"type": "gitlab"}));
    let gitlab = scene.group.sandbox.url.as_str();
    let config = |token: &str| json!({"token": token, "base_url": gitlab, "type": "self-managed"});
    let with = |field: &str, value: Value| {
        let mut config = config(ADMIN);
        config[field] = value;
        config
    };
    let asked = format!("GET {gitlab}/api/v4/personal_access_tokens/self");
    for (body, expected) in [
        (config("glpat-made-up-and-unknown"), format!("{asked}: 401 {{message: 401 Unauthorized}}")),
        (
            config(&scene.group.token_with("read_api", 20)),
            "token: making tokens needs the scope api, and it has [read_api]".to_owned(),
        ),
        (with("token", json!("")), "token: required field".to_owned()),
        (with("base_url", Value::Null), "base_url: required field".to_owned()),
        (with("type", Value::Null), "type: required field".to_owned()),
        (
            with("type", json!("cloud")),
            "type='cloud', should be one of [self-managed, saas, dedicated]".to_owned(),
        ),
        (
            with("base_url", json!("http://gitlab.example.com")),
            "base_url: plain http to another machine would show the token on the way: use https".to_owned(),
        ),
        (with("ca_pem", json!("made up")), "ca_pem: no certificate can be read".to_owned()),
        (
            with("auto_rotate_token", json!(true)),
            "auto_rotate_token is not supported by lockbox: write the configuration with a new token"
                .to_owned(),
        ),
    ] {
        assert_eq!(root.refused("POST", "gitlab/config/default", body), (400, expected));
    }
    let (status, text) =
        root.refused("POST", "gitlab/config/default", with("base_url", json!("http://127.0.0.1:1")));
    assert!(status == 502 && text.ends_with("connection refused"), "{text}");
    assert_eq!(root.ask("GET", "gitlab/config/default", Value::Null).0, 404, "nothing was kept");
    assert_eq!(
        root.refused("POST", "gitlab/roles/ci", role(json!({}))).1,
        "backend not configured: write config/default first"
    );

    root.must("POST", "gitlab/config/default", config(ADMIN));
    let rotate = root.refused("POST", "gitlab/config/default/rotate", json!({}));
    assert_eq!(rotate, (400, "rotating the token of a configuration is not supported by lockbox: write the configuration with a new one".to_owned()));
    assert_eq!(root.ask("POST", "gitlab/token/ci", json!({})).0, 405);
    assert_eq!(root.ask("GET", "gitlab/token/ci/path", Value::Null).0, 404);
    assert_eq!(root.ask("GET", "gitlab/flags", Value::Null).0, 404);
    let unnamed = "config is no configuration: its name belongs to the path, as in config/default".to_owned();
    assert_eq!(root.refused("POST", "gitlab/config", config(ADMIN)), (400, unnamed));
}

#[test]
fn what_a_role_cannot_say_is_refused_in_words() {
    let (scene, vault) = (Scene::new(), Vault::lockbox());
    let root = At { address: &vault.address, token: ROOT };
    scene.set_up(root);
    for (more, expected) in [
        (json!({"access_level": null}), "access_level: required field"),
        (json!({"scopes": null}), "scopes: required field"),
        (json!({"ttl": "30m"}), "ttl = 30m0s [1h0m0s <= ttl <= 8760h0m0s]: invalid value"),
        (
            json!({"ttl": "23h", "gitlab_revokes_token": true}),
            "ttl = 23h0m0s [24h0m0s <= ttl <= 8760h0m0s]: invalid value",
        ),
        (
            json!({"token_type": "project-deploy"}),
            "token_type='project-deploy' is not supported by lockbox: there are group and project",
        ),
        (
            json!({"dynamic_path": true}),
            "dynamic_path is not supported by lockbox: give each path a role of its own",
        ),
        (json!({"config_name": "none"}), "backend not configured: write config/none first"),
    ] {
        assert_eq!(root.refused("POST", "gitlab/roles/wrong", role(more)), (400, expected.to_owned()));
    }
    assert_eq!(root.ask("GET", "gitlab/roles/wrong", Value::Null).0, 404);

    // What GitLab refuses, and what the session does not say.
    root.must("POST", "gitlab/roles/nowhere", role(json!({"path": "gitlab-org/nothing"})));
    let asked = format!("POST {}/api/v4/groups/gitlab-org%2Fnothing/access_tokens", scene.group.sandbox.url);
    let refused = root.refused("GET", "gitlab/token/nowhere", Value::Null);
    assert_eq!(refused, (400, format!("{asked}: 404 {{message: 404 Group Not Found}}")));
    root.must("POST", "gitlab/roles/named", role(json!({"name": "{{ .claims.pipeline_id }}"})));
    let session = scene.login(root.address);
    let (status, text) = root.by(&session).refused("GET", "gitlab/token/named", Value::Null);
    assert_eq!(status, 400);
    assert!(
        text.starts_with("error generating token name: the session has no claim \"pipeline_id\""),
        "{text}"
    );
    assert!(scene.living().is_empty());
}

#[test]
fn no_token_is_in_the_audit_log() {
    let (scene, owner) = (Scene::new(), Owner::new());
    let keys = owner.init();
    let served =
        owner.serve_with(&["--file", "box", "--unseal-key-file", "key", "--audit-file", "audit.log"]);
    let root = At { address: &served.address, token: &keys.root_token };
    scene.set_up(root);
    let session = scene.login(root.address);
    let (token, minted) = root.by(&session).mint("ci");
    root.refused(
        "POST",
        "gitlab/config/other",
        json!({"token": "glpat-made-up-and-unknown", "base_url": scene.group.sandbox.url, "type": "saas"}),
    );
    root.must("POST", "sys/leases/revoke", json!({"lease_id": minted["lease_id"]}));
    let log = fs::read_to_string(owner.path("audit.log")).unwrap();
    for secret in [token.as_str(), ADMIN, "glpat-made-up-and-unknown", &session] {
        assert!(!log.contains(secret), "{secret}");
    }
    let lines: Vec<Value> = log.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    let told = lines
        .iter()
        .find(|line| line["type"] == "response" && line["request"]["path"] == "gitlab/token/ci")
        .unwrap();
    let hash =
        |text: &str| root.must("POST", "sys/audit-hash/file", json!({"input": text}))["data"]["hash"].clone();
    assert_eq!(told["response"]["data"]["token"], hash(&token));
    assert_eq!(told["response"]["secret"]["lease_id"], minted["lease_id"]);
    assert_eq!(told["response"]["mount_type"], "gitlab");
    let asked = lines
        .iter()
        .find(|line| line["type"] == "request" && line["request"]["path"] == "gitlab/config/default")
        .unwrap();
    assert_eq!(asked["request"]["data"]["token"], hash(ADMIN));
    let whole = owner.buildpass(&["lockbox", "audit", "verify", "audit.log"]);
    assert_eq!(whole.code, Some(0), "{}", whole.stderr);
}
