use serde_json::{Value, json};

use crate::conformance::frame::{METHODS, ROOT, Script, agree, agree_alone};

#[test]
fn engines_are_mounted_alike() {
    let mut scripts = vec![
        kept("mounts", "kv"),
        kept("auth", "jwt"),
        taken("mounts", "kv"),
        taken("auth", "jwt"),
        places("mounts", "kv"),
        places("auth", "jwt"),
        remounted(),
        versions(),
        seen_by_users(),
        tuned_versions(),
    ];
    for at in ["mounts", "auth"] {
        scripts.push(kinds(at));
        scripts.push(bodies(at));
        scripts.push(verbs(at));
        for (field, values) in config_fields() {
            scripts.push(configured(at, field, &values));
            scripts.push(tuned(at, field, &values));
        }
    }
    for (field, values) in fields() {
        scripts.push(mounted_with("mounts", field, &values));
        scripts.push(mounted_with("auth", field, &values));
    }
    agree(&scripts);
    agree_alone(&[reserved()]);
}

/// A mount at the root of all others is in everybody's way.
#[test]
fn nothing_is_mounted_at_the_root_alike() {
    let scripts = ["mounts", "auth"].map(|at| {
        let mut script = Script::new(format!("mount at the root of {at}"));
        for path in ["/", "", "/%20", "/%2F"] {
            script.post(&format!("sys/{at}{path}"), json!({ "type": kind(at) }));
            script.get(&format!("sys/{at}"));
            script.post(&format!("sys/{at}/other"), json!({ "type": kind(at) }));
            script.delete(&format!("sys/{at}{path}"));
        }
        script
    });
    agree_alone(&scripts);
}

#[test]
fn mounts_are_listed_alike() {
    let mut script = Script::new("mount lists");
    for path in [
        "sys/mounts",
        "sys/auth",
        "sys/internal/ui/mounts",
        "sys/mounts/secret",
        "sys/mounts/secret/tune",
        "sys/auth/token",
        "sys/auth/token/tune",
        "sys/mounts/sys",
        "sys/mounts/cubbyhole/tune",
        "sys/mounts/identity",
    ] {
        script.get(path);
        script.list(path);
    }
    script.post("sys/mounts/ci", json!({ "type": "kv", "description": "d" }));
    script.post("sys/auth/job", json!({ "type": "jwt", "config": { "listing_visibility": "unauth" } }));
    for path in ["sys/mounts", "sys/auth", "sys/internal/ui/mounts"] {
        script.get(path);
        script.get(path).without_token();
    }
    script.delete("sys/mounts/ci");
    script.delete("sys/auth/job");
    script.get("sys/mounts");
    script.get("sys/auth");
    agree_alone(&[script]);
}

fn kind(at: &str) -> &'static str {
    if at == "auth" { "jwt" } else { "kv" }
}

fn kept(at: &str, kind: &str) -> Script {
    let mut script = Script::new(format!("mount kept at {at}"));
    script.get(&format!("sys/{at}/{{me}}"));
    script.get(&format!("sys/{at}/{{me}}/tune"));
    script.delete(&format!("sys/{at}/{{me}}"));
    script.post(&format!("sys/{at}/{{me}}"), json!({ "type": kind, "description": "first" }));
    script.get(&format!("sys/{at}/{{me}}"));
    script.get(&format!("sys/{at}/{{me}}/"));
    script.get(&format!("sys/{at}/{{me}}/tune"));
    script.post(&format!("sys/{at}/{{me}}"), json!({ "type": kind }));
    script.put(&format!("sys/{at}/{{me}}"), json!({ "type": kind }));
    script.get(&format!("sys/internal/ui/mounts/{}{{me}}", if at == "auth" { "auth/" } else { "" }));
    script.delete(&format!("sys/{at}/{{me}}"));
    script.delete(&format!("sys/{at}/{{me}}"));
    script.get(&format!("sys/{at}/{{me}}"));
    script
}

fn taken(at: &str, kind: &str) -> Script {
    let mut script = Script::new(format!("mount taken at {at}"));
    script.post(&format!("sys/{at}/{{me}}/deep"), json!({ "type": kind }));
    for path in ["{me}", "{me}/deep/er", "{me}/deep", "{me}/de", "{me}/deeper", "{me}/deep/"] {
        script.post(&format!("sys/{at}/{path}"), json!({ "type": kind }));
    }
    script.get(&format!("sys/{at}/{{me}}/deep"));
    script.get(&format!("sys/{at}/{{me}}/deep/tune"));
    script.delete(&format!("sys/{at}/{{me}}"));
    script.delete(&format!("sys/{at}/{{me}}/deep"));
    script
}

fn places(at: &str, kind: &str) -> Script {
    let mut script = Script::new(format!("mount places at {at}"));
    for path in [
        "{me}/",
        "/{me}",
        "%20{me}",
        "{me}%20",
        "{me}a%20b",
        "{me}%C3%BC",
        "{me}%2Fx",
        "{me}/%2e%2e",
        "{me}%00",
        "{me}+",
        "{me}*",
        "{me}:",
        "{me}.x",
        "{me}%0A",
        "{me}%25",
    ] {
        script.post(&format!("sys/{at}/{path}"), json!({ "type": kind }));
        script.get(&format!("sys/{at}/{path}"));
        script.delete(&format!("sys/{at}/{path}"));
    }
    script
}

fn reserved() -> Script {
    let mut script = Script::new("mount places that are reserved");
    for path in [
        "sys",
        "sys/x",
        "auth",
        "auth/x",
        "cubbyhole",
        "cubbyhole/x",
        "identity",
        "secret",
        "secret/x",
        "token",
        "audit",
        "audit/x",
        "namespaces",
    ] {
        script.post(&format!("sys/mounts/{path}"), json!({ "type": "kv" }));
        script.get(&format!("sys/mounts/{path}"));
    }
    for path in ["sys", "sys/", "cubbyhole", "identity", "auth"] {
        script.delete(&format!("sys/mounts/{path}"));
    }
    // OpenBao takes no other method once one is at `sys`.
    for path in ["token", "token/x"] {
        script.post(&format!("sys/auth/{path}"), json!({ "type": "jwt" }));
    }
    script.delete("sys/auth/token");
    script.post("sys/mounts/sys/tune", json!({ "description": "x" }));
    script.post("sys/auth/{me}", json!({ "type": "token" }));
    script
}

fn kinds(at: &str) -> Script {
    let mut script = Script::new(format!("mount kinds at {at}"));
    for kind in [
        json!("kv"),
        json!("kv-v1"),
        json!("kv-v2"),
        json!("generic"),
        json!("jwt"),
        json!("oidc"),
        json!("token"),
        json!("system"),
        json!("cubbyhole"),
        json!("nothing"),
        json!(""),
        json!(null),
        json!(5),
        json!([]),
        json!("KV"),
        json!("JWT"),
        json!("plugin"),
        json!("ns_kv"),
    ] {
        script.post(&format!("sys/{at}/{{me}}"), json!({ "type": kind }));
        script.get(&format!("sys/{at}/{{me}}"));
        script.delete(&format!("sys/{at}/{{me}}"));
    }
    script
}

fn fields() -> Vec<(&'static str, Vec<Value>)> {
    vec![
        ("description", vec![json!("x"), json!(""), json!(5), json!(null), json!([]), json!("ü <&>")]),
        (
            "options",
            vec![
                json!({ "version": "1" }),
                json!({ "version": "2" }),
                json!({ "version": 2 }),
                json!({ "version": "3" }),
                json!({ "version": "x" }),
                json!({ "other": "y" }),
                json!({}),
                json!(null),
                json!("x"),
                json!([]),
                json!({ "version": null }),
                json!({ "version": "" }),
            ],
        ),
        ("local", vec![json!(true), json!("x")]),
        ("seal_wrap", vec![json!(true), json!("x")]),
        ("external_entropy_access", vec![json!(true), json!("x")]),
        ("plugin_version", vec![json!("v1"), json!("")]),
        ("plugin_name", vec![json!("x")]),
        ("config", vec![json!({}), json!(null), json!("x"), json!([]), json!({ "unknown": 1 })]),
        ("unknown", vec![json!(1)]),
    ]
}

fn mounted_with(at: &str, field: &str, values: &[Value]) -> Script {
    let mut script = Script::new(format!("mount {field} at {at}"));
    for value in values {
        script.post(&format!("sys/{at}/{{me}}"), json!({ "type": kind(at), field: value }));
        script.get(&format!("sys/{at}/{{me}}"));
        script.delete(&format!("sys/{at}/{{me}}"));
    }
    script
}

fn config_fields() -> Vec<(&'static str, Vec<Value>)> {
    let durations = vec![
        json!("1h"),
        json!(90),
        json!("90"),
        json!("0"),
        json!("x"),
        json!(-1),
        json!(""),
        json!(null),
        json!("system"),
        json!("9999h"),
        json!([]),
        json!("1d"),
    ];
    let lists = vec![json!(["a"]), json!("a,b"), json!([]), json!(null), json!(5)];
    vec![
        ("default_lease_ttl", durations.clone()),
        ("max_lease_ttl", durations),
        ("force_no_cache", vec![json!(true), json!("x")]),
        ("listing_visibility", vec![json!("unauth"), json!("hidden"), json!(""), json!("x"), json!(5)]),
        ("audit_non_hmac_request_keys", lists.clone()),
        ("audit_non_hmac_response_keys", lists.clone()),
        ("passthrough_request_headers", lists.clone()),
        ("allowed_response_headers", lists),
        (
            "token_type",
            vec![
                json!("default-service"),
                json!("default-batch"),
                json!("service"),
                json!("batch"),
                json!("x"),
                json!(""),
            ],
        ),
        ("description", vec![json!("x"), json!(""), json!(5)]),
        (
            "options",
            vec![
                json!({ "a": "b" }),
                json!({ "version": "2" }),
                json!({ "version": "1" }),
                json!("x"),
                json!({}),
            ],
        ),
        ("plugin_version", vec![json!("v1")]),
        ("user_lockout_config", vec![json!({ "lockout_threshold": "5" }), json!("x")]),
        ("unknown", vec![json!(1)]),
    ]
}

fn configured(at: &str, field: &str, values: &[Value]) -> Script {
    let mut script = Script::new(format!("mount configured {field} at {at}"));
    for value in values {
        script.post(&format!("sys/{at}/{{me}}"), json!({ "type": kind(at), "config": { field: value } }));
        script.get(&format!("sys/{at}/{{me}}"));
        script.get(&format!("sys/{at}/{{me}}/tune"));
        script.delete(&format!("sys/{at}/{{me}}"));
    }
    script
}

fn tuned(at: &str, field: &str, values: &[Value]) -> Script {
    let mut script = Script::new(format!("mount tuned {field} at {at}"));
    script.post(&format!("sys/{at}/{{me}}"), json!({ "type": kind(at) }));
    for value in values {
        script.post(&format!("sys/{at}/{{me}}/tune"), json!({ field: value }));
        script.get(&format!("sys/{at}/{{me}}/tune"));
    }
    script.get(&format!("sys/{at}/{{me}}"));
    script.get(&format!("sys/mounts/{}{{me}}/tune", if at == "auth" { "auth/" } else { "" }));
    script
}

fn bodies(at: &str) -> Script {
    let mut script = Script::new(format!("mount bodies at {at}"));
    for text in ["", "null", "[]", "{}", "x", "{\"type\":\"kv\",\"type\":\"jwt\"}"] {
        script.ask("POST", &format!("sys/{at}/{{me}}")).text(text);
        script.ask("POST", &format!("sys/{at}/{{me}}/tune")).text(text);
    }
    script.ask("POST", &format!("sys/{at}/{{me}}"));
    script
}

fn verbs(at: &str) -> Script {
    let mut script = Script::new(format!("mount verbs at {at}"));
    script.post(&format!("sys/{at}/{{me}}"), json!({ "type": kind(at) }));
    for path in ["/{me}/tune", "/{me}", "/{me}/nothing", "/"] {
        for method in METHODS.iter().filter(|method| **method != "GET" || path != "/") {
            script.ask(method, &format!("sys/{at}{path}"));
        }
    }
    script
}

fn remounted() -> Script {
    let mut script = Script::new("mount moved");
    script.mount_kv_v1();
    script.post("{me}/a", json!({ "x": 1 }));
    for body in [
        json!({}),
        json!({ "from": "{me}" }),
        json!({ "from": "nothing-{me}", "to": "x" }),
        json!({ "from": "{me}", "to": "secret" }),
        json!({ "from": "{me}", "to": "sys" }),
        json!({ "from": "sys", "to": "{me}2" }),
    ] {
        script.post("sys/remount", body);
    }
    script
}

/// A mount whose version is chosen, left away, and changed.
fn versions() -> Script {
    let mut script = Script::new("mount versions");
    for (number, order) in [
        json!({ "type": "kv" }),
        json!({ "type": "kv-v1" }),
        json!({ "type": "kv", "options": { "version": "1" } }),
    ]
    .iter()
    .enumerate()
    {
        script.post(&format!("sys/mounts/{{me}}-{number}"), order.clone());
        script.post(&format!("{{me}}-{number}/a"), json!({ "x": 1 }));
        script.get(&format!("{{me}}-{number}/a"));
        script.get(&format!("sys/mounts/{{me}}-{number}/tune"));
        script.get(&format!("sys/internal/ui/mounts/{{me}}-{number}/a"));
    }
    script
}

fn tuned_versions() -> Script {
    let mut script = Script::new("mount changed to versions");
    script.mount_kv_v1();
    script.post("{me}/a", json!({ "x": 1 }));
    script.post("sys/mounts/{me}/tune", json!({ "options": { "version": "2" } }));
    script.get("{me}/config").until_ready();
    script.get("{me}/data/a");
    script.get("{me}/metadata/a");
    script.post("sys/mounts/{me}/tune", json!({ "options": { "version": "1" } }));
    script.get("sys/mounts/{me}/tune");
    script
}

fn seen_by_users() -> Script {
    let mut script = Script::new("mount seen by a user");
    script.mount_kv_v2();
    script.policy("path \"{me}/data/x/*\" { capabilities = [\"read\"] }");
    script.token("token", json!({ "policies": ["{me}"] }));
    script.token("other", json!({ "policies": ["default"] }));
    for path in [
        "{me}",
        "{me}/",
        "{me}/data/x/y",
        "{me}/x/y",
        "{me}/other",
        "nothing-{me}",
        "",
        "/",
        "auth/token",
        "auth/token/",
        "sys",
        "sys/mounts",
        "secret",
        "secret/x",
        "cubbyhole",
        "identity",
    ] {
        for token in ["{token}", "{other}", ROOT] {
            script.get(&format!("sys/internal/ui/mounts/{path}")).by(token);
        }
        script.get(&format!("sys/internal/ui/mounts/{path}")).without_token();
    }
    script
}
