use std::fs;

use serde_json::{Value, json};

use super::{At, Scene, scene::role};
use crate::{
    harness::{ADMIN, Clients, ROOT, TlsFront, Vault},
    lockbox::Owner,
};

#[test]
fn a_job_gets_a_token_that_is_named_after_it_and_reads_its_repository() {
    let (scene, vault) = (Scene::new(), Vault::lockbox());
    let root = At { address: &vault.address, token: ROOT };
    scene.set_up(root);
    let session = scene.login(root.address);
    let (token, minted) = root.by(&session).mint("ci");
    assert!(scene.git_reads(&token));

    let data = &minted["data"];
    let name = data["name"].as_str().unwrap();
    assert!(name.starts_with("ci gitlab-org/security/omnibus-gitlab job "), "{name}");
    assert_eq!(scene.living(), [name]);
    for (field, expected) in [
        ("token_type", json!("group")),
        ("path", json!("gitlab-org/security")),
        ("role_name", json!("ci")),
        ("config_name", json!("default")),
        ("scopes", json!(["read_repository"])),
        ("access_level", json!("reporter")),
    ] {
        assert_eq!(data[field], expected, "{field}");
    }
    // GitLab's day is later than the lease, which ends within the hour.
    let (lease_end, day) =
        (data["expires_at"].as_str().unwrap(), data["gitlab_expires_at"].as_str().unwrap());
    assert!(lease_end < day && day.len() == 10, "{lease_end} {day}");
    let kept = format!("/api/v4/groups/gitlab-org%2Fsecurity/access_tokens/{}", data["token_id"]);
    assert_eq!(scene.group.sandbox.admin("GET", &kept, &Value::Null)["expires_at"], day);
    assert!(data["token_sha1_hash"].as_str().unwrap().len() == 40 && data["created_at"].is_string());

    let lease = minted["lease_id"].as_str().unwrap();
    assert!(lease.starts_with("gitlab/token/ci/") && lease.len() == "gitlab/token/ci/".len() + 24, "{lease}");
    assert_eq!((&minted["lease_duration"], &minted["renewable"]), (&json!(3600), &json!(false)));
    let looked_up = root.must("POST", "sys/leases/lookup", json!({"lease_id": lease}))["data"].clone();
    assert_eq!((&looked_up["id"], &looked_up["renewable"]), (&json!(lease), &json!(false)));
    assert_eq!((&looked_up["last_renewal"], &looked_up["path"]), (&Value::Null, &json!("gitlab/token/ci")));
    let ends = looked_up["expire_time"].as_str().unwrap();
    assert_eq!(ends.get(..19), lease_end.get(..19), "{looked_up}");
    assert!(looked_up["ttl"].as_u64().is_some_and(|ttl| (3500..=3600).contains(&ttl)), "{looked_up}");
    let listed = root.must("LIST", "sys/leases/lookup/gitlab/token/ci", Value::Null);
    assert_eq!(listed["data"]["keys"], json!([lease.rsplit('/').next().unwrap()]));
    assert_eq!(
        root.must("LIST", "sys/leases/lookup/", Value::Null)["data"]["keys"],
        json!(["auth/", "gitlab/"])
    );
    let renewed = root.refused("POST", "sys/leases/renew", json!({"lease_id": lease}));
    assert_eq!(renewed, (400, "lease is not renewable".to_owned()));
}

#[test]
fn a_role_says_how_its_tokens_are_called_and_what_they_may() {
    let (scene, vault) = (Scene::new(), Vault::lockbox());
    let root = At { address: &vault.address, token: ROOT };
    scene.set_up(root);
    root.must(
        "POST",
        "gitlab/config/second",
        json!({"token": ADMIN, "base_url": scene.group.sandbox.url, "type": "self-managed"}),
    );
    let name =
        "{{ .role_name }}/{{ .config_name }}/{{ .token_type }} {{ .claims.project_path }}@{{ .claims.ref }}";
    let project = json!({
        "path": "gitlab-org/security/omnibus-gitlab", "token_type": "project", "name": name, "config_name": "second",
        "access_level": 30, "scopes": "read_repository,write_repository", "ttl": "2h",
    });
    root.must("POST", "gitlab/roles/writes", role(project));
    let session = scene.login(root.address);
    let (token, minted) = root.by(&session).mint("writes");
    let data = &minted["data"];
    assert_eq!(data["name"], "writes/second/project gitlab-org/security/omnibus-gitlab@main");
    assert_eq!(data["scopes"], json!(["read_repository", "write_repository"]));
    assert_eq!((&data["access_level"], &data["token_type"]), (&json!("developer"), &json!("project")));
    assert_eq!(minted["lease_duration"], 7200);
    assert!(scene.lives(&token) && !scene.git_reads(&token), "the token of one project reads another");

    // Without a lease it ends on its day alone.
    root.must(
        "POST",
        "gitlab/roles/lasts",
        role(json!({"gitlab_revokes_token": true, "ttl": "24h", "name": "lasting"})),
    );
    let (lasting, minted) = root.by(&session).mint("lasts");
    assert_eq!((&minted["lease_id"], &minted["lease_duration"]), (&json!(""), &json!(0)));
    let data = &minted["data"];
    assert_eq!(data["expires_at"], format!("{}T00:00:00Z", data["gitlab_expires_at"].as_str().unwrap()));
    root.by(&session).must("POST", "auth/token/revoke-self", Value::Null);
    assert!(scene.dies(&token) && scene.lives(&lasting));
}

#[test]
fn what_is_configured_is_read_listed_and_let_go_of_without_its_token() {
    let (scene, vault) = (Scene::new(), Vault::lockbox());
    let root = At { address: &vault.address, token: ROOT };
    scene.set_up(root);
    let config = root.must("GET", "gitlab/config/default", Value::Null)["data"].clone();
    assert!(!config.to_string().contains(ADMIN), "{config}");
    assert_eq!((&config["name"], &config["type"]), (&json!("default"), &json!("self-managed")));
    assert_eq!((&config["base_url"], &config["scopes"]), (&json!(scene.group.sandbox.url), &json!(["api"])));
    assert!(config["token_id"].is_u64() && config["token_sha1_hash"].is_string(), "{config}");
    root.must("POST", "gitlab/roles/other", role(json!({"name": "x"})));
    assert_eq!(root.must("LIST", "gitlab/roles", Value::Null)["data"]["keys"], json!(["ci", "other"]));
    assert_eq!(root.must("LIST", "gitlab/config", Value::Null)["data"]["keys"], json!(["default"]));
    assert_eq!(
        root.must("GET", "gitlab/roles/ci", Value::Null)["data"],
        json!({
            "role_name": "ci", "path": "gitlab-org/security", "name": "", "scopes": ["read_repository"], "ttl": 3600,
            "access_level": "reporter", "token_type": "group", "gitlab_revokes_token": false, "config_name": "default",
            "dynamic_path": false,
        })
    );
    let mount = root.must("GET", "sys/mounts", Value::Null)["data"]["gitlab/"].clone();
    assert_eq!((&mount["type"], &mount["description"]), (&json!("gitlab"), &json!("tokens of jobs")));
    root.must("DELETE", "gitlab/roles/other", Value::Null);
    assert_eq!(root.ask("GET", "gitlab/roles/other", Value::Null).0, 404);
    root.must("DELETE", "gitlab/config/default", Value::Null);
    assert_eq!(root.ask("LIST", "gitlab/config", Value::Null).0, 404);
    let unconfigured = root.refused("GET", "gitlab/token/ci", Value::Null);
    assert_eq!(unconfigured, (400, "backend not configured: write config/default first".to_owned()));
    root.must("DELETE", "sys/mounts/gitlab", Value::Null);
    root.must("POST", "sys/mounts/gitlab", json!({"type": "gitlab"}));
    assert_eq!(root.ask("LIST", "gitlab/roles", Value::Null).0, 404, "nothing is left of the mount before");
}

#[test]
fn a_gitlab_with_an_authority_of_its_own_is_trusted_by_that_alone() {
    let (scene, vault) = (Scene::new(), Vault::lockbox());
    let root = At { address: &vault.address, token: ROOT };
    scene.set_up(root);
    let front = TlsFront::start(&scene.group.sandbox.url, "127.0.0.1", Clients::Anybody);
    let config = json!({"token": ADMIN, "base_url": front.address, "type": "self-managed"});
    let (status, text) = root.refused("POST", "gitlab/config/default", config.clone());
    assert!(status == 502 && text.contains("UnknownIssuer"), "{text}");
    let mut trusting = config;
    trusting["ca_pem"] = fs::read_to_string(front.file("ca.pem")).unwrap().into();
    root.must("POST", "gitlab/config/default", trusting);
    let (token, minted) = root.mint("ci");
    assert!(scene.git_reads(&token));
    root.must("POST", "sys/leases/revoke", json!({"lease_id": minted["lease_id"]}));
    assert!(!scene.lives(&token));
}

#[test]
fn the_client_of_openbao_sets_it_up_reads_a_token_and_revokes_it() {
    let (scene, vault, owner) = (Scene::new(), Vault::lockbox(), Owner::new());
    owner.keeps("owner-token", ADMIN);
    let bao = |arguments: &[&str]| {
        let finished = owner.bao(&vault.address, ROOT, arguments)?;
        assert_eq!(finished.code, Some(0), "{arguments:?}: {}", finished.stderr);
        Some(finished.stdout)
    };
    let token = format!("token=@{}", owner.path("owner-token").display());
    let base_url = format!("base_url={}", scene.group.sandbox.url);
    if bao(&["secrets", "enable", "gitlab"]).is_none() {
        return println!("skipped: it wants the program `bao`");
    }
    bao(&["write", "gitlab/config/default", &base_url, "type=self-managed", &token]);
    let role = [
        "path=gitlab-org/security",
        "token_type=group",
        "access_level=reporter",
        "scopes=read_repository",
        "ttl=1h",
    ];
    bao(&[&["write", "gitlab/roles/ci-read"], &role[..]].concat());
    let read: Value =
        serde_json::from_str(&bao(&["read", "-format=json", "gitlab/token/ci-read"]).unwrap()).unwrap();
    let token = read["data"]["token"].as_str().unwrap();
    assert!(scene.git_reads(token));
    let lease = read["lease_id"].as_str().unwrap();
    assert!(bao(&["lease", "lookup", lease]).unwrap().contains("expire_time"));
    bao(&["lease", "revoke", lease]);
    assert!(scene.dies(token));
    bao(&["secrets", "disable", "gitlab"]);
}
