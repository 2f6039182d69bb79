use serde_json::json;

use crate::conformance::frame::{METHODS, Script, agree, agree_alone};

#[test]
fn cubbyholes_are_kept_alike() {
    agree(&[values(), folders(), owners(), verbs(), the_place_itself()]);
    agree_alone(&[seen()]);
}

fn stage(name: &str) -> Script {
    let mut script = Script::new(name);
    script.policy(r#"path "cubbyhole/*" { capabilities = ["create", "read", "update", "patch", "delete", "list", "scan"] }"#);
    script.token("owner", json!({ "policies": ["{me}"], "ttl": "1h" }));
    script
}

fn values() -> Script {
    let mut script = stage("cubbyhole values");
    script.get("cubbyhole/a").by("{owner}");
    for body in [
        r#"{"x":"1"}"#,
        r#"{"x":1.0,"b":[1,null],"z":{"y":1e3}}"#,
        r#"{"ttl":"1h","path":"x"}"#,
        "{}",
        "null",
        "",
    ] {
        script.ask("POST", "cubbyhole/a").text(body).by("{owner}");
        script.get("cubbyhole/a").by("{owner}");
        script.get("cubbyhole/a?path=x&zz=1").by("{owner}");
    }
    script.delete("cubbyhole/a").by("{owner}");
    script.delete("cubbyhole/a").by("{owner}");
    script.get("cubbyhole/a").by("{owner}");
    script.post("cubbyhole/response", json!({ "x": 1 })).by("{owner}");
    script.get("cubbyhole/response").by("{owner}");
    script
}

fn folders() -> Script {
    let mut script = stage("cubbyhole folders");
    for path in ["", "a", "b/c", "b/d/e", "b", "x%2f%2fy", "b/"] {
        script.post(&format!("cubbyhole/{path}"), json!({ "x": 1 })).by("{owner}");
    }
    for path in ["cubbyhole", "cubbyhole/", "cubbyhole/b", "cubbyhole/b/", "cubbyhole/none", "cubbyhole/x"] {
        for query in ["", "?limit=1", "?after=a&zz=1", "?limit=x"] {
            script.list(&format!("{path}{query}")).by("{owner}");
            script.get(&format!("{path}{query}")).by("{owner}");
        }
        script.ask("SCAN", path).by("{owner}");
    }
    script.delete("cubbyhole/b").by("{owner}");
    script.delete("cubbyhole/").by("{owner}");
    script.delete("cubbyhole").by("{owner}");
    script.list("cubbyhole/b").by("{owner}");
    script
}

/// Nobody sees what another one has, and what ended leaves nothing.
fn owners() -> Script {
    let mut script = stage("cubbyhole owners");
    script.post("cubbyhole/a", json!({ "x": 1 })).by("{owner}");
    script.token("other", json!({ "policies": ["{me}"], "ttl": "1h" }));
    script.list("cubbyhole").by("{other}");
    script.get("cubbyhole/a").by("{other}");
    script.get("cubbyhole/{me}");
    script.token("batch", json!({ "policies": ["{me}"], "type": "batch", "ttl": "1h" }));
    for method in ["GET", "LIST", "POST", "DELETE"] {
        script.ask(method, "cubbyhole/a").json(&json!({ "x": 1 })).by("{batch}");
    }
    script.token("twice", json!({ "policies": ["{me}"], "num_uses": 2, "ttl": "1h" }));
    script.post("cubbyhole/a", json!({ "x": 1 })).by("{twice}");
    script.get("cubbyhole/a").by("{twice}");
    script.get("cubbyhole/a").by("{twice}");
    script.token("ended", json!({ "policies": ["{me}"], "ttl": "1h" }));
    script.post("cubbyhole/a", json!({ "x": 1 })).by("{ended}");
    script.post("auth/token/revoke-self", json!({})).by("{ended}");
    script.get("cubbyhole/a").by("{ended}");
    script.token("poor", json!({ "policies": ["nothing"], "no_default_policy": true, "ttl": "1h" }));
    script.post("cubbyhole/a", json!({ "x": 1 })).by("{poor}");
    script.get("cubbyhole/a").without_token();
    script.get("cubbyhole/a").by("wrong");
    script
}

fn verbs() -> Script {
    let mut script = stage("cubbyhole verbs");
    script.post("cubbyhole/a", json!({ "x": 1 })).by("{owner}");
    for method in METHODS.into_iter().filter(|method| *method != "HEAD") {
        for path in ["cubbyhole/a", "cubbyhole/none", "cubbyhole"] {
            script
                .ask(method, path)
                .header("Content-Type", "application/merge-patch+json")
                .json(&json!({}))
                .by("{owner}");
        }
    }
    script
}

/// A write to the place itself is one to the folder of its name.
fn the_place_itself() -> Script {
    let mut script = Script::new("cubbyhole itself");
    for (capabilities, body) in [("\"create\", \"update\"", json!({})), ("\"read\"", json!({ "x": 1 }))] {
        script.policy(&format!("path \"cubbyhole/*\" {{ capabilities = [{capabilities}] }}"));
        script.token("owner", json!({ "policies": ["{me}"], "no_default_policy": true }));
        for method in ["GET", "LIST", "POST", "DELETE"] {
            script.ask(method, "cubbyhole").json(&body).by("{owner}");
        }
    }
    script
}

/// What is said about the place where they are.
fn seen() -> Script {
    let mut script = stage("cubbyhole among the mounts");
    script.get("sys/mounts/cubbyhole");
    script.get("sys/mounts/cubbyhole/tune");
    script.delete("sys/mounts/cubbyhole");
    script.post("sys/mounts/cubbyhole/x", json!({ "type": "kv" }));
    script.post("sys/mounts/other", json!({ "type": "cubbyhole" }));
    for path in ["", "/cubbyhole", "/cubbyhole/a/b", "/sys", "/"] {
        script.get(&format!("sys/internal/ui/mounts{path}"));
        script.get(&format!("sys/internal/ui/mounts{path}")).by("{owner}");
        script.get(&format!("sys/internal/ui/mounts{path}")).without_token();
        script.get(&format!("sys/internal/ui/mounts{path}")).by("wrong");
        script.post(&format!("sys/internal/ui/mounts{path}"), json!({}));
    }
    script
}
