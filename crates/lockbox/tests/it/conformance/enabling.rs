use serde_json::{Value, json};

use crate::conformance::frame::{Script, agree, agree_alone};

#[test]
fn mounts_are_made_alike() {
    let mut scripts = vec![kinds(), places(), methods(), moved_wrongly()];
    for (field, values) in settings() {
        scripts.push(configured(
            &format!("engine configured by {field}"),
            "mounts/{me}",
            "kv",
            field,
            &values,
        ));
        scripts.push(configured(
            &format!("method configured by {field}"),
            "auth/{me}",
            "jwt",
            field,
            &values,
        ));
    }
    agree(&scripts);
}

/// While OpenBao moves a mount, those beside it see it at both places or at none.
#[test]
fn mounts_are_moved_alike() {
    agree_alone(&[moved(), methods_moved()]);
}

fn settings() -> Vec<(&'static str, Vec<Value>)> {
    let times = vec![
        json!("1h"),
        json!(3600),
        json!("x"),
        json!("-1"),
        json!("system"),
        json!(""),
        json!(null),
        json!("9999h"),
        json!([]),
        json!(true),
        json!(1.5),
    ];
    let lists = vec![json!(["a", "b"]), json!("a,b"), json!([]), json!(""), json!(null)];
    vec![
        ("default_lease_ttl", times.clone()),
        ("max_lease_ttl", times),
        ("force_no_cache", vec![json!(true), json!(false), json!("x"), json!(null)]),
        ("listing_visibility", vec![json!("unauth"), json!("hidden"), json!("x"), json!(""), json!([])]),
        ("audit_non_hmac_request_keys", lists.clone()),
        ("audit_non_hmac_response_keys", lists.clone()),
        ("passthrough_request_headers", lists.clone()),
        ("allowed_response_headers", lists),
        (
            "token_type",
            vec![
                json!("service"),
                json!("batch"),
                json!("default-batch"),
                json!("x"),
                json!(""),
                json!(null),
            ],
        ),
        ("plugin_version", vec![json!("1"), json!("")]),
        ("unknown", vec![json!(1)]),
    ]
}

fn configured(name: &str, path: &str, kind: &str, field: &str, values: &[Value]) -> Script {
    let mut script = Script::new(name);
    for value in values {
        script.post(&format!("sys/{path}"), json!({ "type": kind, "config": { field: value } }));
        script.get(&format!("sys/{path}"));
        script.get(&format!("sys/{path}/tune"));
        script.delete(&format!("sys/{path}"));
    }
    for config in [json!({}), json!(null), json!("x"), json!([]), json!(5)] {
        script.post(&format!("sys/{path}"), json!({ "type": kind, "config": config }));
        script.delete(&format!("sys/{path}"));
    }
    let both = json!({ "default_lease_ttl": "2h", "max_lease_ttl": "1h" });
    script.post(&format!("sys/{path}"), json!({ "type": kind, "config": both }));
    script
}

fn kinds() -> Script {
    let mut script = Script::new("engines by kind");
    for body in [
        json!({}),
        json!({ "type": "" }),
        json!({ "type": 5 }),
        json!({ "type": [] }),
        json!({ "type": "kv" }),
        json!({ "type": "kv-v1" }),
        json!({ "type": "kv-v2" }),
        json!({ "type": "kv-v1", "options": { "version": "2" } }),
        json!({ "type": "kv-v2", "options": { "version": "1" } }),
        json!({ "type": "kv", "options": { "version": "" } }),
        json!({ "type": "kv", "options": { "version": 1 } }),
        json!({ "type": "kv", "options": { "version": "3" } }),
        json!({ "type": "kv", "options": { "version": "x" } }),
        json!({ "type": "kv", "options": { "a": "b" } }),
        json!({ "type": "kv", "options": 5 }),
        json!({ "type": "KV" }),
        json!({ "type": "generic" }),
        json!({ "type": "generic", "options": { "version": "1" } }),
        json!({ "type": "plugin" }),
        json!({ "type": "plugin", "plugin_name": "made-up" }),
        json!({ "type": "made-up", "options": { "version": "1" } }),
        json!({ "type": "token" }),
        json!({ "type": "system" }),
        json!({ "type": "cubbyhole" }),
        json!({ "type": "identity" }),
        json!({ "type": "ns_cubbyhole" }),
        json!({ "type": "kv", "local": true }),
        json!({ "type": "kv", "local": "x" }),
        json!({ "type": "kv", "seal_wrap": true }),
        json!({ "type": "kv", "external_entropy_access": true }),
        json!({ "type": "kv", "description": 5 }),
        json!({ "type": "kv", "plugin_version": "v1", "plugin_name": "x" }),
        json!({ "type": "kv", "unknown": 1 }),
    ] {
        script.post("sys/mounts/{me}", body);
        script.get("sys/mounts/{me}");
        script.get("sys/mounts/{me}/tune");
        script.delete("sys/mounts/{me}");
    }
    script
}

fn places() -> Script {
    let mut script = Script::new("engines by place");
    for path in [
        "sys",
        "auth",
        "cubbyhole",
        "identity",
        "audit",
        "sys/x",
        "auth/x",
        "cubbyhole/x",
        "identity/x",
        "secret",
    ] {
        script.post(&format!("sys/mounts/{path}"), json!({ "type": "kv" }));
        script.post(&format!("sys/mounts/{path}"), json!({ "type": "made-up" }));
        script.post(&format!("sys/mounts/{path}"), json!({ "type": "token" }));
        script.post(&format!("sys/mounts/{path}"), json!({}));
    }
    for path in ["{me}/a b", "{me}/%C3%BC", "{me}/deep/er"] {
        script.post(&format!("sys/mounts/{}", path.replace(' ', "%20")), json!({ "type": "kv" }));
        script.get(&format!("sys/mounts/{}", path.replace(' ', "%20")));
        script.post(&format!("sys/mounts/{}/x", path.replace(' ', "%20")), json!({ "type": "kv" }));
    }
    script.post("sys/mounts/{me}", json!({ "type": "kv" }));
    script.post("sys/mounts/secret/x", json!({ "type": "kv" }));
    script
}

fn methods() -> Script {
    let mut script = Script::new("methods by kind");
    for body in [
        json!({}),
        json!({ "type": "" }),
        json!({ "type": "kv" }),
        json!({ "type": "token" }),
        json!({ "type": "plugin" }),
        json!({ "type": "made-up" }),
        json!({ "type": "jwt", "description": "x", "options": { "a": "b" } }),
        json!({ "type": "jwt", "local": true, "seal_wrap": true }),
        json!({ "type": "jwt", "local": "x" }),
        json!({ "type": "jwt", "unknown": 1 }),
    ] {
        script.post("sys/auth/{me}", body);
        script.get("sys/auth/{me}");
        script.get("sys/auth/{me}/tune");
        script.get("sys/mounts/auth/{me}");
        script.delete("sys/auth/{me}");
    }
    script.post("sys/auth/token", json!({ "type": "jwt" }));
    script.post("sys/auth/token/x", json!({ "type": "jwt" }));
    script.post("sys/auth/{me}/deep", json!({ "type": "jwt" }));
    script.post("sys/auth/{me}", json!({ "type": "jwt" }));
    script
}

fn moved() -> Script {
    let mut script = Script::new("engine moved");
    script.mount_kv_v1();
    script.post("{me}/a", json!({ "a": "b" }));
    script.post("sys/mounts/{me}/tune", json!({ "default_lease_ttl": "1h" }));
    script
        .post("sys/remount", json!({ "from": "{me}", "to": "to-{me}/" }))
        .capture("move", "/data/migration_id");
    script.get("to-{me}/a").until_ready();
    script.get("sys/remount/status/{move}");
    script.get("sys/mounts/to-{me}");
    script.get("{me}/a");
    script.get("sys/mounts/{me}");
    script.post("sys/mounts/{me}", json!({ "type": "kv" }));
    script.get("{me}/a");
    script
}

fn moved_wrongly() -> Script {
    let mut script = Script::new("mounts moved wrongly");
    script.mount_kv_v1();
    script.post("sys/auth/{me}", json!({ "type": "jwt" }));
    for (from, to) in [
        (json!(null), json!("x")),
        (json!("{me}"), json!(null)),
        (json!("{me}"), json!("")),
        (json!("nothing-{me}"), json!("x")),
        (json!("{me}"), json!("{me}")),
        (json!("{me}"), json!("secret")),
        (json!("{me}"), json!("{me}/deep")),
        (json!("{me}"), json!("secret/deep")),
        (json!("{me}"), json!("sys/x")),
        (json!("{me}"), json!("auth/x")),
        (json!("{me}"), json!("cubbyhole/x")),
        (json!("sys"), json!("x")),
        (json!("cubbyhole"), json!("x")),
        (json!("identity"), json!("x")),
        (json!("auth/token"), json!("auth/x-{me}")),
        (json!("auth/{me}"), json!("x-{me}")),
        (json!("auth/{me}"), json!("auth/token")),
        (json!("auth/{me}"), json!("auth/token/x")),
        (json!("auth/nothing-{me}"), json!("auth/x-{me}")),
        (json!("{me} "), json!("x")),
        (json!("{me}"), json!(" x")),
        (json!("{me}"), json!("x//y")),
        (json!("{me}"), json!("x/../y")),
        (json!("{me}"), json!("x\u{7}")),
        (json!("{me}"), json!([])),
    ] {
        script.post("sys/remount", json!({ "from": from, "to": to }));
    }
    script.get("sys/remount/status/nothing");
    for method in ["GET", "LIST", "PATCH", "DELETE"] {
        for path in ["sys/remount", "sys/remount/status/x", "sys/remount/status", "sys/remount/x"] {
            let step = script.ask(method, path);
            if method == "PATCH" {
                step.header("Content-Type", "application/merge-patch+json").json(&json!({}));
            }
        }
    }
    script
}

fn methods_moved() -> Script {
    let mut script = Script::new("method moved");
    script.post("sys/auth/{me}", json!({ "type": "jwt", "description": "x" }));
    script
        .post("auth/{me}/role/r", json!({ "role_type": "jwt", "user_claim": "sub", "bound_audiences": "a" }));
    script.post("sys/remount", json!({ "from": "auth/{me}", "to": "auth/to-{me}" }));
    script.get("auth/to-{me}/role/r").until_ready();
    script.get("sys/auth/to-{me}");
    script.get("sys/auth/{me}");
    script.get("auth/{me}/role/r");
    script
}
