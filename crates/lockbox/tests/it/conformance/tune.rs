use serde_json::{Value, json};

use crate::conformance::frame::{Script, agree, agree_alone};

#[test]
fn mounts_are_tuned_alike() {
    let mut scripts = vec![times(), options(), upgraded(), leases_of_values(), built_in_places(), verbs()];
    for (field, values) in fields() {
        scripts.push(tuned(&format!("engine tuned by {field}"), "mounts/{me}", field, &values));
        scripts.push(tuned(&format!("method tuned by {field}"), "auth/{me}", field, &values));
    }
    agree(&scripts);
}

#[test]
fn what_every_server_has_is_tuned_alike() {
    let mut listed = Script::new("mounts of a new server");
    listed.get("sys/mounts");
    listed.get("sys/auth");
    listed.get("sys/internal/ui/mounts");
    for path in ["sys", "identity", "cubbyhole", "secret", "auth/token", "sys/x", "secret/x", "auth/x"] {
        listed.get(&format!("sys/mounts/{path}"));
        listed.get(&format!("sys/mounts/{path}/tune"));
    }
    let mut tuned = Script::new("built-in mounts tuned");
    for path in ["sys", "identity", "cubbyhole"] {
        for (field, values) in fields() {
            tuned.post(&format!("sys/mounts/{path}/tune"), json!({ field: values[0] }));
        }
        tuned.get(&format!("sys/mounts/{path}/tune"));
        tuned.delete(&format!("sys/mounts/{path}"));
        tuned.post(&format!("sys/mounts/{path}"), json!({ "type": "kv" }));
    }
    for (field, values) in fields() {
        tuned.post("sys/auth/token/tune", json!({ field: values[0] }));
    }
    tuned.get("sys/auth/token/tune");
    tuned.get("sys/auth");
    tuned.delete("sys/auth/token");
    agree_alone(&[listed, tuned, tokens_of_a_tuned_method()]);
}

fn fields() -> Vec<(&'static str, Vec<Value>)> {
    let times = vec![
        json!("1h"),
        json!(3600),
        json!("90"),
        json!("x"),
        json!(-1),
        json!(""),
        json!(null),
        json!("system"),
        json!("0"),
        json!("9999h"),
        json!("1d"),
        json!("1500ms"),
        json!([]),
        json!({}),
        json!(true),
        json!(1.5),
    ];
    let lists =
        vec![json!(["a", "b"]), json!("a,b"), json!([]), json!(""), json!(null), json!(5), json!([5])];
    vec![
        ("default_lease_ttl", times.clone()),
        ("max_lease_ttl", times),
        ("description", vec![json!("x"), json!(5), json!(null), json!(""), json!([])]),
        (
            "listing_visibility",
            vec![json!("unauth"), json!("hidden"), json!("x"), json!(""), json!(null), json!([])],
        ),
        ("audit_non_hmac_request_keys", lists.clone()),
        ("audit_non_hmac_response_keys", lists.clone()),
        ("passthrough_request_headers", lists.clone()),
        ("allowed_response_headers", lists.clone()),
        ("allowed_managed_keys", lists),
        (
            "token_type",
            vec![
                json!("service"),
                json!("batch"),
                json!("default-service"),
                json!("default-batch"),
                json!("default"),
                json!("x"),
                json!(""),
                json!(null),
                json!(5),
                json!([]),
            ],
        ),
        (
            "plugin_version",
            vec![
                json!("x"),
                json!("1"),
                json!("v1.2.3"),
                json!("1.2.3-beta+x"),
                json!(""),
                json!(null),
                json!([]),
            ],
        ),
        ("user_lockout_config", vec![json!({ "lockout_threshold": "5" }), json!({}), json!(5), json!(null)]),
        ("force_no_cache", vec![json!(true)]),
        ("unknown", vec![json!(1)]),
    ]
}

fn tuned(name: &str, path: &str, field: &str, values: &[Value]) -> Script {
    let mut script = Script::new(name);
    let kind = if path.starts_with("auth/") { "jwt" } else { "kv" };
    script.post(&format!("sys/{path}"), json!({ "type": kind }));
    for value in values {
        script.post(&format!("sys/{path}/tune"), json!({ field: value }));
        script.get(&format!("sys/{path}/tune"));
    }
    script.get(&format!("sys/{path}"));
    script
}

fn times() -> Script {
    let mut script = Script::new("mount times tuned together");
    script.mount_kv_v1();
    for body in [
        json!({ "default_lease_ttl": "2h", "max_lease_ttl": "1h" }),
        json!({ "default_lease_ttl": "1h", "max_lease_ttl": "2h" }),
        json!({ "max_lease_ttl": "30m" }),
        json!({ "max_lease_ttl": "-5" }),
        json!({ "default_lease_ttl": "3h" }),
        json!({ "default_lease_ttl": "1h", "max_lease_ttl": "x" }),
        json!({ "default_lease_ttl": "9000h", "max_lease_ttl": "9001h" }),
        json!({ "max_lease_ttl": "0" }),
        json!({ "description": "not kept", "listing_visibility": "x" }),
        json!({ "description": "kept", "listing_visibility": "hidden", "max_lease_ttl": "99999h" }),
        json!({ "config": { "default_lease_ttl": "1h" } }),
        json!({ "path": "x" }),
    ] {
        script.post("sys/mounts/{me}/tune", body);
        script.get("sys/mounts/{me}/tune");
    }
    script
}

fn options() -> Script {
    let mut script = Script::new("mount options tuned");
    script.mount_kv_v2();
    for options in [
        json!({ "a": "b" }),
        json!({}),
        json!({ "a": "" }),
        json!("x"),
        json!(["c=d", "version=2"]),
        json!(5),
        json!({ "version": "1" }),
        json!({ "version": "2" }),
        json!({ "version": 2 }),
        json!({ "version": "3" }),
        json!({ "version": "" }),
        json!({ "version": null }),
        json!({ "version": "x" }),
        json!({ "version": 2.5 }),
        json!({ "version": "02" }),
        json!(null),
        json!([]),
    ] {
        script.post("sys/mounts/{me}/tune", json!({ "options": options }));
        script.get("sys/mounts/{me}/tune");
    }
    script.get("{me}/config");
    script
}

fn upgraded() -> Script {
    let mut script = Script::new("engine without versions upgraded");
    script.mount_kv_v1();
    for path in ["a", "a/b", "a/b/c", "z"] {
        script.post(&format!("{{me}}/{path}"), json!({ "at": path, "ttl": "1h" }));
    }
    script.post("sys/mounts/{me}/tune", json!({ "options": { "version": "2" } }));
    script.get("{me}/config").until_ready();
    script.get("sys/mounts/{me}/tune");
    script.list("{me}/metadata/");
    script.list("{me}/metadata/a/");
    for path in ["a", "a/b", "a/b/c", "z", "nothing"] {
        script.get(&format!("{{me}}/data/{path}"));
        script.get(&format!("{{me}}/metadata/{path}"));
    }
    script.post("{me}/data/a", json!({ "data": { "n": 2 } }));
    script.get("{me}/metadata/a");
    script.get("{me}/data/a?version=1");
    script.post("sys/mounts/{me}/tune", json!({ "options": { "version": "1" } }));
    script.delete("sys/mounts/{me}");
    script
}

fn leases_of_values() -> Script {
    let mut script = Script::new("values of a tuned engine");
    let config = json!({ "default_lease_ttl": "1h", "max_lease_ttl": "2h" });
    script.post("sys/mounts/{me}", json!({ "type": "kv", "config": config }));
    script.post("{me}/a", json!({ "a": "b" }));
    script.post("{me}/b", json!({ "a": "b", "ttl": "10m" }));
    script.post("{me}/c", json!({ "a": "b", "ttl": "9h" }));
    for path in ["a", "b", "c"] {
        script.get(&format!("{{me}}/{path}"));
    }
    script.post("sys/mounts/{me}/tune", json!({ "default_lease_ttl": "30m" }));
    script.get("{me}/a");
    script.post("sys/mounts/{me}/tune", json!({ "default_lease_ttl": "-1" }));
    script.get("{me}/a");
    script
}

fn built_in_places() -> Script {
    let mut script = Script::new("mounts that are not there tuned");
    for path in ["mounts/nothing-{me}", "auth/nothing-{me}", "mounts/auth/nothing-{me}", "auth/a/b"] {
        script.post(&format!("sys/{path}/tune"), json!({ "description": "x" }));
        script.get(&format!("sys/{path}/tune"));
        script.get(&format!("sys/{path}"));
        script.delete(&format!("sys/{path}"));
    }
    script.mount_kv_v1();
    script.post("sys/mounts/{me}/deep/tune", json!({ "description": "x" }));
    script.get("sys/mounts/{me}/deep/tune");
    script.get("sys/mounts/{me}/deep");
    script.delete("sys/mounts/{me}/deep");
    script.get("sys/mounts/{me}");
    script
}

fn verbs() -> Script {
    let mut script = Script::new("tune by every verb");
    script.mount_kv_v1();
    for path in ["mounts", "auth", "mounts/{me}", "mounts/{me}/tune", "auth/token", "auth/token/tune"] {
        for method in ["GET", "LIST", "PATCH", "DELETE"] {
            if (path, method) == ("mounts/{me}", "DELETE") || (method == "GET" && !path.contains('/')) {
                continue;
            }
            let step = script.ask(method, &format!("sys/{path}"));
            if method == "PATCH" {
                step.header("Content-Type", "application/merge-patch+json").json(&json!({}));
            }
        }
    }
    script
}

fn tokens_of_a_tuned_method() -> Script {
    let mut script = Script::new("tokens of their tuned method");
    for (tuned, orders) in [
        (json!({ "default_lease_ttl": "2h" }), vec![json!({}), json!({ "ttl": "5h" })]),
        (
            json!({ "max_lease_ttl": "3h" }),
            vec![
                json!({ "ttl": "5h" }),
                json!({ "period": "5h" }),
                json!({ "explicit_max_ttl": "5h" }),
                json!({ "ttl": "1h", "explicit_max_ttl": "30m" }),
            ],
        ),
        (json!({ "default_lease_ttl": "0", "max_lease_ttl": "0" }), vec![json!({})]),
    ] {
        script.post("sys/auth/token/tune", tuned);
        for mut order in orders {
            order["policies"] = json!(["default"]);
            script.token("made", order);
            script.post("auth/token/renew-self", json!({ "increment": "9h" })).by("{made}");
            script.post("auth/token/renew-self", json!({})).by("{made}");
            script.get("auth/token/lookup-self").by("{made}");
        }
        script.post("auth/token/roles/x", json!({ "token_explicit_max_ttl": "4h", "token_period": "4h" }));
        script.get("auth/token/roles/x");
        script.post("auth/token/create/x", json!({ "policies": "default" }));
    }
    script
}
