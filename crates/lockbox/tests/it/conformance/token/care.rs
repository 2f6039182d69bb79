use serde_json::{Value, json};

use crate::conformance::frame::{METHODS, Script, agree, agree_alone};

#[test]
fn tokens_are_looked_after_alike() {
    agree(&[
        looked_up(),
        renewed(),
        increments(),
        periodic(),
        capped(),
        revoked(),
        by_accessor(),
        not_there(),
        self_care(),
    ]);
}

/// They list the roles that all scripts make.
#[test]
fn every_verb_on_tokens_is_answered_alike() {
    agree_alone(&[verbs()]);
}

#[test]
fn accessors_are_listed_alike() {
    let mut script = Script::new("token accessors");
    script.list("auth/token/accessors");
    script.ask("POST", "auth/token/create").capture("accessor", "/auth/accessor");
    script.list("auth/token/accessors");
    script.list("auth/token/accessors/");
    script.get("auth/token/accessors?list=true");
    script.post("auth/token/revoke-accessor", json!({ "accessor": "{accessor}" }));
    script.list("auth/token/accessors");
    agree_alone(&[script]);
}

fn stage(name: &str) -> Script {
    let mut script = Script::new(name);
    script
        .post("auth/token/create", json!({ "policies": ["default"], "ttl": "1h", "meta": { "a": "b" } }))
        .capture("made", "/auth/client_token")
        .capture("accessor", "/auth/accessor");
    script
}

fn looked_up() -> Script {
    let mut script = stage("token looked up");
    script.post("auth/token/lookup", json!({ "token": "{made}" }));
    script.put("auth/token/lookup", json!({ "token": "{made}" }));
    script.get("auth/token/lookup");
    script.get("auth/token/lookup?token={made}");
    script.get("auth/token/lookup/{made}");
    script.ask("POST", "auth/token/lookup");
    script.post("auth/token/lookup", json!({ "token": "{made}" })).by("{made}");
    script.get("auth/token/lookup-self").by("{made}");
    script.ask("POST", "auth/token/lookup-self").by("{made}");
    script.post("auth/token/lookup-self", json!({ "token": "{made}" }));
    script.get("auth/token/lookup-self").without_token();
    script.post("auth/token/lookup", json!({ "token": 5 }));
    script.post("auth/token/lookup", json!({ "token": "" }));
    script.post("auth/token/lookup", json!({ "token": [] }));
    script
}

fn renewed() -> Script {
    let mut script = stage("token renewed");
    script.post("auth/token/renew-self", json!({})).by("{made}");
    script.ask("POST", "auth/token/renew-self").by("{made}");
    script.get("auth/token/lookup-self").by("{made}");
    script.post("auth/token/renew", json!({ "token": "{made}" }));
    script.put("auth/token/renew", json!({ "token": "{made}", "increment": "30m" }));
    script.post("auth/token/renew/{made}", json!({}));
    script.post("auth/token/renew-accessor", json!({ "accessor": "{accessor}" }));
    script.post("auth/token/renew-accessor", json!({ "accessor": "{accessor}", "increment": 60 }));
    script.post("auth/token/renew", json!({ "token": "{made}" })).by("{made}");
    script.post("auth/token/renew-self", json!({}));
    script
        .post("auth/token/create", json!({ "policies": ["default"], "renewable": false }))
        .capture("fixed", "/auth/client_token");
    script.post("auth/token/renew-self", json!({})).by("{fixed}");
    script.get("auth/token/lookup-self").by("{made}");
    script
}

fn increments() -> Script {
    let mut script = stage("token increments");
    for increment in [
        json!("60s"),
        json!(60),
        json!("60"),
        json!("1h30m"),
        json!("1d"),
        json!("9999h"),
        json!(0),
        json!("0s"),
        json!(-1),
        json!("-5s"),
        json!("x"),
        json!(""),
        json!(null),
        json!([]),
        json!(true),
        json!(1.5),
        json!("1500ms"),
        json!({}),
    ] {
        script.post("auth/token/renew-self", json!({ "increment": increment })).by("{made}");
        script.get("auth/token/lookup-self").by("{made}");
    }
    script
}

fn periodic() -> Script {
    let mut script = Script::new("token periodic");
    for order in [
        json!({ "period": "1h" }),
        json!({ "period": "1h", "ttl": "10m" }),
        json!({ "period": "1h", "explicit_max_ttl": "90m" }),
    ] {
        let mut order = order;
        order["policies"] = json!(["default"]);
        script.token("made", order);
        script.get("auth/token/lookup-self").by("{made}");
        for increment in ["", "5m", "5h"] {
            script.post("auth/token/renew-self", json!({ "increment": increment })).by("{made}");
        }
        script.get("auth/token/lookup-self").by("{made}");
    }
    script
}

fn capped() -> Script {
    let mut script = Script::new("token with a longest life");
    script.token("made", json!({ "policies": ["default"], "ttl": "1h", "explicit_max_ttl": "30m" }));
    script.get("auth/token/lookup-self").by("{made}");
    script.post("auth/token/renew-self", json!({ "increment": "2h" })).by("{made}");
    script.token("made", json!({ "policies": ["default"], "ttl": "10m", "explicit_max_ttl": "20m" }));
    script.post("auth/token/renew-self", json!({ "increment": "15m" })).by("{made}");
    script.post("auth/token/renew-self", json!({ "increment": "25m" })).by("{made}");
    script.get("auth/token/lookup-self").by("{made}");
    script
}

fn revoked() -> Script {
    let mut script = stage("token revoked");
    script.post("auth/token/revoke", json!({ "token": "{made}" })).by("{made}");
    script.ask("POST", "auth/token/revoke-self").by("{made}");
    script.ask("POST", "auth/token/revoke-self").by("{made}");
    for body in [
        json!({}),
        json!({ "token": "" }),
        json!({ "token": "{made}" }),
        json!({ "token": "nothing" }),
        json!({ "token": 5 }),
    ] {
        script.post("auth/token/revoke", body.clone());
        script.post("auth/token/revoke-orphan", body);
    }
    script.policy(r#"path "auth/token/create" { capabilities = ["update"] }"#);
    script.token("parent", json!({ "policies": ["{me}"] }));
    script.post("auth/token/create", json!({})).by("{parent}").capture("child", "/auth/client_token");
    script.post("auth/token/revoke-orphan", json!({ "token": "{parent}" }));
    script.get("auth/token/lookup-self").by("{parent}");
    script.get("auth/token/lookup-self").by("{child}");
    script
}

fn by_accessor() -> Script {
    let mut script = stage("token by its accessor");
    for path in ["lookup-accessor", "renew-accessor", "revoke-accessor"] {
        for body in [
            json!({}),
            json!({ "accessor": "" }),
            json!({ "accessor": "nothing" }),
            json!({ "accessor": 5 }),
            json!({ "accessor": "{made}" }),
        ] {
            script.post(&format!("auth/token/{path}"), body);
        }
    }
    script.post("auth/token/lookup-accessor", json!({ "accessor": "{accessor}" }));
    script.post("auth/token/lookup-accessor/{accessor}", json!({}));
    script.post("auth/token/lookup-accessor", json!({ "accessor": "{accessor}" })).by("{made}");
    script.post("auth/token/revoke-accessor", json!({ "accessor": "{accessor}" }));
    script.post("auth/token/revoke-accessor", json!({ "accessor": "{accessor}" }));
    script.get("auth/token/lookup-self").by("{made}");
    script.list("auth/token/accessors").by("{made}");
    script
}

fn not_there() -> Script {
    let mut script = Script::new("token not there");
    for token in
        ["nothing", "s.AAAAAAAAAAAAAAAAAAAAAAAA", "b.AAAA", "hvs.AAAA", "with space", "ü", "s.", "root", " "]
    {
        let body = json!({ "token": token });
        script.get("auth/token/lookup-self").by(token);
        for path in ["lookup", "renew", "revoke"] {
            script.post(&format!("auth/token/{path}"), body.clone());
        }
    }
    script
}

fn self_care() -> Script {
    let mut script = Script::new("token root cares for itself");
    script.get("auth/token/lookup-self");
    script.post("auth/token/renew-self", json!({}));
    script.post("auth/token/create", json!({ "ttl": "1h" })).capture("root", "/auth/client_token");
    script.get("auth/token/lookup-self").by("{root}");
    script.post("auth/token/renew-self", json!({ "increment": "2h" })).by("{root}");
    script.post("auth/token/create", json!({ "policies": ["root"], "renewable": false })).by("{root}");
    script.post("auth/token/create", json!({ "policies": ["root"], "type": "batch" })).by("{root}");
    script.ask("POST", "auth/token/revoke-self").by("{root}");
    script.get("auth/token/lookup-self").by("{root}");
    script
}

/// Every verb on every path of the tokens.
fn verbs() -> Script {
    let mut script = Script::new("token verbs");
    for path in [
        "create",
        "create-orphan",
        "create/x",
        "lookup",
        "lookup-self",
        "lookup-accessor",
        "renew",
        "renew-accessor",
        "revoke",
        "revoke-accessor",
        "revoke-orphan",
        "roles",
        "roles/x",
        "tidy",
        "nothing",
        "",
        "accessors/x",
        "lookup/",
        "self",
    ] {
        for method in METHODS.iter().filter(|method| !(path == "tidy" && **method != "GET")) {
            let step = script.ask(method, &format!("auth/token/{path}"));
            if *method == "POST" && path.starts_with("create") {
                step.json(&json!({ "policies": ["default"], "ttl": "1h" }));
            } else if *method == "PATCH" {
                step.header("Content-Type", "application/merge-patch+json").json(&Value::Null);
            }
        }
    }
    script
}
