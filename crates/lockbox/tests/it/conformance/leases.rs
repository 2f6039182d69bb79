use serde_json::{Value, json};

use crate::conformance::frame::{Script, agree, agree_alone};

#[test]
fn leases_are_kept_alike() {
    agree(&[looked_up(), renewed(), revoked(), by_prefix(), forced(), lasting(), named_wrongly(), verbs()]);
}

#[test]
fn leases_are_counted_and_tidied_alike() {
    let mut script = Script::new("leases of a new server");
    script.list("sys/leases/lookup");
    script.list("sys/leases/lookup/");
    script.list("sys/leases/lookup/auth/token/create");
    script.post("sys/leases/tidy", json!({}));
    script.post("sys/leases/tidy", json!({ "unknown": 1 })).without_token();
    for query in [
        "",
        "?type=irrevocable",
        "?type=x",
        "?type=irrevocable&limit=5",
        "?type=irrevocable&limit=none",
        "?type=irrevocable&limit=0",
        "?type=irrevocable&limit=-1",
        "?type=irrevocable&limit=x",
        "?type=irrevocable&include_child_namespaces=true",
        "?type=irrevocable&unknown=1",
    ] {
        script.get(&format!("sys/leases{query}"));
        script.get(&format!("sys/leases/count{query}"));
    }
    let mut tidied = Script::new("tokens tidied");
    tidied.post("auth/token/tidy", json!({ "unknown": 1 }));
    agree_alone(&[script, tidied]);
}

/// A token of a role of its own, and its lease.
fn stage(name: &str) -> Script {
    let mut script = Script::new(name);
    script.post("auth/token/roles/{me}", json!({ "path_suffix": "suffix" }));
    script
        .post("auth/token/create/{me}", json!({ "policies": ["default"], "ttl": "1h" }))
        .capture("made", "/auth/client_token");
    script.list("sys/leases/lookup/auth/token/create/{me}/suffix").capture("name", "/data/keys/0");
    script
}

const LEASE: &str = "auth/token/create/{me}/suffix/{name}";

fn looked_up() -> Script {
    let mut script = stage("lease looked up");
    for path in ["", "/", "/suffix", "/suffix/", "/suf", "/suffix/{name}", "/nothing/"] {
        script.list(&format!("sys/leases/lookup/auth/token/create/{{me}}{path}"));
    }
    script.list("sys/leases/lookup/auth/token/create/{me}?after=x&limit=1");
    script.list("sys/leases/lookup/nothing?after=x");
    script.get("sys/leases/lookup/auth/token/create/{me}?list=true");
    script.post("sys/leases/lookup", json!({ "lease_id": LEASE }));
    script.put("sys/leases/lookup", json!({ "lease_id": LEASE, "unknown": 1 }));
    script.post("sys/leases/lookup", json!({ "lease_id": LEASE })).by("{made}");
    script.list("sys/leases/lookup/auth/token/create/{me}").by("{made}");
    script.post("sys/leases/lookup", json!({ "lease_id": "{name}" }));
    script.post("sys/leases/lookup", json!({ "lease_id": "auth/token/create/{me}/{name}" }));
    script.get("auth/token/lookup-self").by("{made}");
    script.post("auth/token/renew-self", json!({ "increment": "10m" })).by("{made}");
    script.post("sys/leases/lookup", json!({ "lease_id": LEASE }));
    script.delete("auth/token/roles/{me}");
    script.post("sys/leases/lookup", json!({ "lease_id": LEASE }));
    script
}

fn renewed() -> Script {
    let mut script = stage("lease renewed");
    script.post("sys/leases/renew", json!({ "lease_id": LEASE }));
    script.post("sys/leases/renew", json!({ "lease_id": LEASE, "increment": 100 })).by("{made}");
    script.post(&format!("sys/leases/renew/{LEASE}"), json!({ "increment": "1m" }));
    script.post("sys/leases/renew/nothing", json!({ "lease_id": LEASE }));
    script.post(&format!("sys/leases/renew/{LEASE}"), json!({ "lease_id": "nothing" }));
    script.post("sys/leases/renew", json!({ "url_lease_id": LEASE }));
    script.post("sys/renew", json!({ "lease_id": LEASE }));
    for increment in [json!("x"), json!(-5), json!([]), json!(null), json!(true), json!("")] {
        script.post("sys/leases/renew", json!({ "lease_id": "nothing", "increment": increment }));
    }
    script
        .post("auth/token/create/{me}", json!({ "policies": ["default"], "renewable": false }))
        .capture("fixed", "/auth/client_token");
    script.get("auth/token/lookup-self").by("{fixed}");
    script
}

fn revoked() -> Script {
    let mut script = stage("lease revoked");
    script.post("sys/leases/revoke", json!({ "lease_id": LEASE })).by("{made}");
    script.post("sys/revoke", json!({ "lease_id": LEASE }));
    script.post("sys/leases/revoke", json!({ "lease_id": LEASE }));
    script.get("auth/token/lookup-self").by("{made}");
    script.post("sys/leases/lookup", json!({ "lease_id": LEASE }));
    script.post("sys/leases/revoke", json!({ "lease_id": LEASE }));
    for body in [
        json!({ "lease_id": "nothing" }),
        json!({ "lease_id": "nothing", "sync": true }),
        json!({ "lease_id": "nothing", "sync": false }),
        json!({ "lease_id": "nothing", "sync": "x" }),
        json!({ "lease_id": "nothing", "sync": null }),
        json!({ "lease_id": "" }),
        json!({}),
    ] {
        script.post("sys/leases/revoke", body.clone());
        script.put("sys/leases/revoke/nothing", body);
    }
    script
}

fn by_prefix() -> Script {
    let mut script = stage("leases revoked by prefix");
    script
        .post("auth/token/create/{me}", json!({ "policies": ["default"] }))
        .capture("other", "/auth/client_token");
    script
        .post("auth/token/create", json!({ "policies": ["default"] }))
        .capture("outside", "/auth/client_token");
    script.post("sys/leases/revoke-prefix/auth/token/create/{me}/suf", json!({}));
    script.get("auth/token/lookup-self").by("{made}");
    script.put("sys/revoke-prefix/auth/token/create/{me}", json!({}));
    script.put("sys/leases/revoke-prefix/auth/token/create/{me}", json!({ "sync": "x" }));
    script.put("sys/leases/revoke-prefix/auth/token/create/{me}/", json!({}));
    script.put("sys/leases/revoke-prefix/auth/token/create/{me}", json!({ "unknown": 1, "prefix": "x" }));
    for token in ["{made}", "{other}", "{outside}"] {
        script.get("auth/token/lookup-self").by(token);
    }
    script.put("sys/leases/revoke-prefix/nothing", json!({ "sync": true }));
    script.put("sys/leases/revoke-prefix/nothing", json!({ "sync": false }));
    script.put("sys/leases/revoke-prefix", json!({}));
    script.put("sys/leases/revoke-prefix/", json!({}));
    script
}

fn forced() -> Script {
    let mut script = stage("leases revoked by force");
    script.put(&format!("sys/leases/revoke-force/{LEASE}"), json!({ "sync": "x" }));
    script.get("auth/token/lookup-self").by("{made}");
    script.put("sys/revoke-force/nothing", json!({}));
    script.put("sys/leases/revoke-force/nothing", json!({}));
    script.put("sys/leases/revoke-force", json!({}));
    script
}

/// Root's, which do not end; and one whose id was chosen.
fn lasting() -> Script {
    let mut script = Script::new("leases that last");
    script.post("auth/token/roles/{me}", json!({}));
    script.post("auth/token/create/{me}", json!({ "id": "made-up-{me}" }));
    script.list("sys/leases/lookup/auth/token/create/{me}").capture("name", "/data/keys/0");
    for path in ["lookup", "renew", "revoke"] {
        script.post(&format!("sys/leases/{path}"), json!({ "lease_id": "auth/token/create/{me}/{name}" }));
    }
    script.get("auth/token/lookup-self").by("made-up-{me}");
    script.post("auth/token/create/{me}", json!({ "type": "batch", "policies": ["default"] }));
    script.list("sys/leases/lookup/auth/token/create/{me}");
    script
}

fn named_wrongly() -> Script {
    let mut script = Script::new("leases and tokens named wrongly");
    for value in [json!(5), json!(null), json!([]), json!({}), json!(true), json!("")] {
        for path in ["lookup", "renew", "revoke", "renew/x", "revoke/x", "revoke-prefix/x"] {
            script.post(&format!("sys/leases/{path}"), json!({ "lease_id": value }));
        }
        for path in
            ["lookup", "renew", "revoke", "revoke-orphan", "lookup-self", "renew-self", "create-orphan"]
        {
            script.post(&format!("auth/token/{path}"), json!({ "token": value, "policies": "default" }));
        }
        for path in ["lookup-accessor", "renew-accessor", "revoke-accessor"] {
            script.post(&format!("auth/token/{path}"), json!({ "accessor": value }));
        }
    }
    script.post("sys/leases/lookup", json!({ "lease_id": 5 })).without_token();
    script.post("auth/token/lookup", json!({ "token": 5 })).by("wrong");
    script.get("auth/token/lookup?token=5");
    script.get("auth/token/lookup-self?unknown=1");
    script
}

fn verbs() -> Script {
    let mut script = Script::new("leases by every verb");
    for path in [
        "",
        "/lookup",
        "/lookup/x",
        "/renew",
        "/renew/x",
        "/revoke",
        "/revoke/x",
        "/revoke-prefix/x",
        "/revoke-force/x",
        "/count",
        "/count/x",
        "/tidy/x",
        "/nothing",
    ] {
        for method in ["GET", "LIST", "POST", "PUT", "PATCH", "DELETE"] {
            let step = script.ask(method, &format!("sys/leases{path}"));
            if method == "PATCH" {
                step.header("Content-Type", "application/merge-patch+json").json(&Value::Null);
            }
        }
    }
    script
}
