use serde_json::{Value, json};

use crate::conformance::frame::{Script, agree};

#[test]
fn token_roles_are_kept_alike() {
    let mut scripts = vec![kept(), created_by(), names(), both_names(), renewed_by()];
    for (field, values) in fields() {
        scripts.push(written_with(field, &values));
    }
    agree(&scripts);
}

fn fields() -> Vec<(&'static str, Vec<Value>)> {
    let durations =
        vec![json!("1h"), json!(90), json!("0"), json!("x"), json!(-1), json!(null), json!([]), json!("1d")];
    let lists = vec![
        json!(["a", "b"]),
        json!("a,b"),
        json!([]),
        json!(""),
        json!(null),
        json!(5),
        json!({}),
        json!(["root"]),
    ];
    vec![
        ("allowed_policies", lists.clone()),
        ("disallowed_policies", lists.clone()),
        ("allowed_policies_glob", lists.clone()),
        ("disallowed_policies_glob", lists.clone()),
        ("allowed_entity_aliases", lists),
        ("orphan", vec![json!(true), json!("x"), json!(null), json!("false")]),
        ("renewable", vec![json!(false), json!("x"), json!(null)]),
        ("period", durations.clone()),
        ("explicit_max_ttl", durations.clone()),
        ("token_period", durations.clone()),
        ("token_explicit_max_ttl", durations),
        ("path_suffix", vec![json!("x"), json!(""), json!("a/b"), json!("ü"), json!("a b"), json!("..")]),
        (
            "token_type",
            vec![
                json!("service"),
                json!("batch"),
                json!("default"),
                json!("default-service"),
                json!("default-batch"),
                json!("x"),
                json!(""),
            ],
        ),
        ("token_num_uses", vec![json!(3), json!(-1), json!("x"), json!(0)]),
        ("token_no_default_policy", vec![json!(true), json!("x")]),
        ("token_bound_cidrs", vec![json!(["10.0.0.0/8"]), json!("127.0.0.1"), json!("x"), json!([])]),
        ("token_strictly_bind_ip", vec![json!(true), json!("x")]),
    ]
}

fn written_with(field: &str, values: &[Value]) -> Script {
    let mut script = Script::new(format!("token role {field}"));
    for value in values {
        script.post("auth/token/roles/{me}", json!({ field: value }));
        script.get("auth/token/roles/{me}");
        script.post("auth/token/create/{me}", json!({})).capture("made", "/auth/client_token");
        script.get("auth/token/lookup-self").by("{made}");
        script.post("auth/token/create/{me}", json!({ "policies": ["a", "c"] }));
        script.delete("auth/token/roles/{me}");
    }
    script
}

fn kept() -> Script {
    let mut script = Script::new("token roles kept");
    script.get("auth/token/roles/{me}");
    script.delete("auth/token/roles/{me}");
    script.post("auth/token/create/{me}", json!({}));
    script.post("auth/token/roles/{me}", json!({}));
    script.get("auth/token/roles/{me}");
    script.put("auth/token/roles/{me}", json!({ "orphan": true, "period": "1h" }));
    script.post("auth/token/roles/{me}", json!({ "renewable": false }));
    script.get("auth/token/roles/{me}");
    script.post("auth/token/roles/", json!({}));
    script.ask("POST", "auth/token/roles/{me}");
    script.delete("auth/token/roles/{me}");
    script.get("auth/token/roles/{me}");
    script
}

fn created_by() -> Script {
    let mut script = Script::new("token created by a role");
    script.post(
        "auth/token/roles/{me}",
        json!({ "allowed_policies": ["a", "b"], "disallowed_policies": "c", "orphan": true, "period": "1h", "path_suffix": "sfx", "renewable": true }),
    );
    script.policy(r#"path "auth/token/create/{me}" { capabilities = ["update"] }"#);
    script.token("parent", json!({ "policies": ["{me}"] }));
    for order in [
        json!({}),
        json!({ "policies": ["a"] }),
        json!({ "policies": ["c"] }),
        json!({ "policies": ["d"] }),
        json!({ "policies": ["default"] }),
        json!({ "ttl": "5m" }),
        json!({ "type": "batch" }),
        json!({ "no_default_policy": true }),
        json!({ "num_uses": 2 }),
        json!({ "meta": { "x": "y" } }),
        json!({ "display_name": "d" }),
        json!({ "policies": ["root"] }),
    ] {
        script.post("auth/token/create/{me}", order).by("{parent}").capture("made", "/auth/client_token");
        script.get("auth/token/lookup-self").by("{made}");
        script.post("auth/token/renew-self", json!({ "increment": "10m" })).by("{made}");
    }
    script.delete("auth/token/roles/{me}");
    script.post("auth/token/renew-self", json!({})).by("{made}");
    script
}

fn names() -> Script {
    let mut script = Script::new("token role names");
    for name in ["A", "a.b", "a-b", "a_b", "a%20b", "a/b", "%C3%BC", "-a", "a.", "0"] {
        script.post(&format!("auth/token/roles/{name}-{{me}}"), json!({}));
        script.get(&format!("auth/token/roles/{name}-{{me}}"));
        script.post(&format!("auth/token/create/{name}-{{me}}"), json!({ "policies": "default" }));
        script.delete(&format!("auth/token/roles/{name}-{{me}}"));
    }
    script.post("auth/token/roles/{me}.", json!({}));
    script
}

fn both_names() -> Script {
    let mut script = Script::new("token role fields by older names");
    for body in [
        json!({ "token_period": "1h", "period": "2h" }),
        json!({ "period": "3h" }),
        json!({ "token_explicit_max_ttl": "1h", "explicit_max_ttl": "2h" }),
        json!({ "explicit_max_ttl": "9999h" }),
        json!({ "token_bound_cidrs": "10.0.0.0/8", "bound_cidrs": "11.0.0.0/8" }),
        json!({ "bound_cidrs": "127.0.0.0/8" }),
        json!({ "bound_cidrs": "x" }),
        json!({ "token_bound_cidrs": [] }),
        json!({ "unknown": 1, "role_name": "x", "period": "1h", "token_period": "1h" }),
        json!({ "token_type": null }),
        json!({ "token_type": "batch" }),
        json!({ "token_type": "batch", "orphan": true, "renewable": false, "explicit_max_ttl": 0, "period": 0 }),
        json!({ "token_num_uses": 2 }),
        json!({ "allowed_entity_aliases": ["A*", "b"] }),
    ] {
        script.post("auth/token/roles/{me}", body);
        script.get("auth/token/roles/{me}");
    }
    for alias in ["Abc", "b", "c", ""] {
        script
            .post("auth/token/create/{me}", json!({ "entity_alias": alias, "policies": "default" }))
            .capture("made", "/auth/client_token");
        script.get("auth/token/lookup-self").by("{made}");
    }
    script
}

fn renewed_by() -> Script {
    let mut script = Script::new("token renewed by what its role says now");
    script.post("auth/token/roles/{me}", json!({}));
    script
        .post(
            "auth/token/create/{me}",
            json!({ "ttl": "1h", "policies": "default", "explicit_max_ttl": "2h" }),
        )
        .capture("made", "/auth/client_token");
    for settings in [
        json!({}),
        json!({ "token_explicit_max_ttl": "30m" }),
        json!({ "token_explicit_max_ttl": 0, "token_period": "20m" }),
        json!({ "token_period": 0, "renewable": false }),
        json!({ "token_type": "batch", "orphan": true }),
    ] {
        script.post("auth/token/roles/{me}", settings);
        script.post("auth/token/renew-self", json!({})).by("{made}");
        script.post("auth/token/renew-self", json!({ "increment": "3h" })).by("{made}");
    }
    script.delete("auth/token/roles/{me}");
    script.post("auth/token/renew-self", json!({})).by("{made}");
    script.post("auth/token/revoke-orphan", json!({ "token": "{made}" }));
    script.get("auth/token/lookup-self").by("{made}");
    script
}
