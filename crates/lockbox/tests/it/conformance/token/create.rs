use serde_json::{Value, json};

use crate::conformance::frame::{Script, agree};

#[test]
fn tokens_are_made_alike() {
    let mut scripts = vec![
        made_without_body(),
        children_and_orphans(),
        own_ids(),
        restricted_parents(),
        batch_tokens(),
        policies(),
    ];
    for (field, values) in fields() {
        scripts.push(created_with(field, &values));
    }
    agree(&scripts);
}

/// A token with the policy `{me}`, which may do what its parent needs.
fn stage(name: &str, rules: &str) -> Script {
    let mut script = Script::new(name);
    script.policy(rules);
    script
}

fn fields() -> Vec<(&'static str, Vec<Value>)> {
    let durations = vec![
        json!("1h"),
        json!("90"),
        json!(90),
        json!("1d"),
        json!("0"),
        json!(0),
        json!(""),
        json!(null),
        json!("x"),
        json!(-1),
        json!("-1h"),
        json!(1.5),
        json!([]),
        json!(true),
        json!("9999h"),
        json!("1h30m"),
        json!("500ms"),
        json!({}),
    ];
    vec![
        ("ttl", durations.clone()),
        ("lease", durations.clone()),
        ("period", durations.clone()),
        ("explicit_max_ttl", durations),
        (
            "policies",
            vec![
                json!(["a"]),
                json!("a"),
                json!("a,b"),
                json!([]),
                json!(null),
                json!([""]),
                json!(["A", "a", " b "]),
                json!([1]),
                json!(["root"]),
                json!(["default"]),
                json!(["root", "a"]),
                json!({}),
                json!(5),
                json!(["ü"]),
                json!(true),
                json!(["response-wrapping"]),
                json!(["control-group"]),
            ],
        ),
        (
            "meta",
            vec![
                json!({ "a": "b" }),
                json!({}),
                json!(null),
                json!("x"),
                json!({ "a": 1 }),
                json!(["a=b"]),
                json!({ "": "" }),
            ],
        ),
        ("metadata", vec![json!({ "a": "b" }), json!("x")]),
        ("no_parent", vec![json!(true), json!(false), json!("true"), json!("x"), json!(1), json!(null)]),
        ("no_default_policy", vec![json!(true), json!("true"), json!("x"), json!(null)]),
        ("renewable", vec![json!(true), json!(false), json!("false"), json!("x"), json!(null), json!(0)]),
        (
            "num_uses",
            vec![json!(1), json!(0), json!(-1), json!("5"), json!("x"), json!(1.5), json!(null), json!([])],
        ),
        (
            "display_name",
            vec![
                json!("me"),
                json!(""),
                json!("a b!c_d-e"),
                json!(5),
                json!(null),
                json!("ü"),
                json!([]),
                json!("x".repeat(300)),
                json!("--a--"),
            ],
        ),
        (
            "type",
            vec![
                json!("service"),
                json!("batch"),
                json!("default"),
                json!(""),
                json!("x"),
                json!(5),
                json!(null),
                json!("Service"),
            ],
        ),
        ("entity_alias", vec![json!(""), json!("x")]),
        (
            "id",
            vec![
                json!(""),
                json!(5),
                json!(null),
                json!("s.x"),
                json!("b.x"),
                json!("r.x"),
                json!("a b"),
                json!("a.b.c"),
                json!("hvs.x"),
            ],
        ),
        ("unknown", vec![json!("x"), json!(null)]),
        ("bound_cidrs", vec![json!(["10.0.0.0/8"]), json!("x")]),
        ("role_name", vec![json!("x")]),
    ]
}

/// One field of `create`, with every value; what was made is looked up.
fn created_with(field: &str, values: &[Value]) -> Script {
    let mut script = Script::new(format!("token create {field}"));
    for value in values {
        let mut order = json!({ field: value });
        if field != "policies" {
            order["policies"] = json!(["default", "made-up"]);
        }
        script
            .post("auth/token/create", order.clone())
            .capture("made", "/auth/client_token")
            .capture("accessor", "/auth/accessor");
        script.get("auth/token/lookup-self").by("{made}");
        order["type"] = json!("batch");
        if field != "type" {
            script.post("auth/token/create", order).capture("made", "/auth/client_token");
            script.get("auth/token/lookup-self").by("{made}");
        }
    }
    script
}

fn made_without_body() -> Script {
    let mut script = Script::new("token create without a body");
    script
        .ask("POST", "auth/token/create")
        .capture("made", "/auth/client_token")
        .capture("accessor", "/auth/accessor");
    script.get("auth/token/lookup-self").by("{made}");
    script.ask("PUT", "auth/token/create").text("null");
    script.ask("POST", "auth/token/create").text("[]");
    script.ask("POST", "auth/token/create").text("{");
    script.ask("POST", "auth/token/create").without_token().text("{}");
    script.ask("POST", "auth/token/create").by("wrong").text("{}");
    script.get("auth/token/lookup-self");
    script
}

fn children_and_orphans() -> Script {
    let mut script = stage(
        "token children and orphans",
        r#"path "auth/token/create*" { capabilities = ["update"] } path "auth/token/revoke*" { capabilities = ["update"] }"#,
    );
    script.token("parent", json!({ "policies": ["{me}"], "ttl": "1h" }));
    script.post("auth/token/create", json!({})).by("{parent}").capture("child", "/auth/client_token");
    script
        .post("auth/token/create", json!({ "ttl": "9h" }))
        .by("{child}")
        .capture("grandchild", "/auth/client_token");
    script.post("auth/token/create", json!({ "no_parent": true })).by("{parent}");
    script.post("auth/token/create-orphan", json!({})).by("{parent}").capture("orphan", "/auth/client_token");
    script.post("auth/token/create", json!({ "policies": ["other"] })).by("{parent}");
    script.post("auth/token/create", json!({ "policies": ["{me}"] })).by("{parent}");
    script.post("auth/token/create", json!({ "policies": ["default"] })).by("{parent}");
    script.post("auth/token/create", json!({ "policies": [] })).by("{parent}");
    script.post("auth/token/create", json!({ "id": "made-up-{me}" })).by("{parent}");
    script.post("auth/token/create", json!({ "period": "1h" })).by("{parent}");
    script.post("auth/token/create", json!({ "no_default_policy": true })).by("{parent}");
    for token in ["{child}", "{grandchild}", "{orphan}"] {
        script.get("auth/token/lookup-self").by(token);
    }
    script.post("auth/token/revoke", json!({ "token": "{parent}" }));
    for token in ["{parent}", "{child}", "{grandchild}", "{orphan}"] {
        script.get("auth/token/lookup-self").by(token);
    }
    script
}

fn own_ids() -> Script {
    let mut script = Script::new("token with an id of its own");
    script.post("auth/token/create", json!({ "id": "made-up-id-{me}", "policies": ["default"] }));
    script.post("auth/token/create", json!({ "id": "made-up-id-{me}", "policies": ["default"] }));
    script.get("auth/token/lookup-self").by("made-up-id-{me}");
    script.post("auth/token/lookup", json!({ "token": "made-up-id-{me}" }));
    script.post("auth/token/revoke", json!({ "token": "made-up-id-{me}" }));
    script.post("auth/token/create", json!({ "id": "made-up-id-{me}", "policies": ["default"] }));
    script.post(
        "auth/token/create",
        json!({ "id": "made-up-batch-{me}", "type": "batch", "policies": ["default"] }),
    );
    script
}

fn restricted_parents() -> Script {
    let mut script = stage(
        "token of a parent with few uses",
        r#"path "auth/token/create" { capabilities = ["update"] } path "auth/token/lookup-self" { capabilities = ["read"] }"#,
    );
    script.token("parent", json!({ "policies": ["{me}"], "num_uses": 3 }));
    script.post("auth/token/create", json!({})).by("{parent}");
    for _ in 0..3 {
        script.get("auth/token/lookup-self").by("{parent}");
    }
    script.token("single", json!({ "policies": ["default"], "num_uses": 1 }));
    script.get("auth/token/lookup-self").by("{single}");
    script.get("auth/token/lookup-self").by("{single}");
    script.token("refused", json!({ "policies": ["default"], "num_uses": 1 }));
    script.get("secret/data/x").by("{refused}");
    script.get("auth/token/lookup-self").by("{refused}");
    script
}

fn batch_tokens() -> Script {
    let mut script = stage("token batch", r#"path "auth/token/*" { capabilities = ["update", "read"] }"#);
    script.token("batch", json!({ "type": "batch", "policies": ["{me}"], "ttl": "1h", "meta": { "a": "b" }, "display_name": "bat" }));
    script.get("auth/token/lookup-self").by("{batch}");
    script.post("auth/token/lookup", json!({ "token": "{batch}" }));
    script.post("auth/token/create", json!({})).by("{batch}");
    script.post("auth/token/create", json!({ "type": "batch" })).by("{batch}");
    script.post("auth/token/renew-self", json!({})).by("{batch}");
    script.post("auth/token/renew", json!({ "token": "{batch}" }));
    script.post("auth/token/revoke-self", json!({})).by("{batch}");
    script.post("auth/token/revoke", json!({ "token": "{batch}" }));
    script.get("auth/token/lookup-self").by("{batch}x");
    script.get("auth/token/lookup-self").by("b.AAAAAA");
    script.token("parent", json!({ "policies": ["{me}"] }));
    script
        .post("auth/token/create", json!({ "type": "batch" }))
        .by("{parent}")
        .capture("child", "/auth/client_token");
    script.get("auth/token/lookup-self").by("{child}");
    script.post("auth/token/revoke", json!({ "token": "{parent}" }));
    script.get("auth/token/lookup-self").by("{child}");
    script
}

fn policies() -> Script {
    let mut script = stage(
        "token policies of a child",
        r#"path "auth/token/create" { capabilities = ["update", "sudo"] }"#,
    );
    script.token("parent", json!({ "policies": ["{me}", "b"], "no_default_policy": true }));
    for order in [
        json!({}),
        json!({ "policies": ["b"] }),
        json!({ "policies": ["c"] }),
        json!({ "policies": ["root"] }),
        json!({ "no_default_policy": true }),
        json!({ "policies": ["default"] }),
        json!({ "period": "1h" }),
        json!({ "no_parent": true }),
        json!({ "policies": ["b"], "no_parent": true, "period": "24h", "explicit_max_ttl": "48h" }),
    ] {
        script.post("auth/token/create", order).by("{parent}");
    }
    script
}
