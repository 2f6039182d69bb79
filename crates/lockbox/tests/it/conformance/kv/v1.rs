use serde_json::json;

use crate::conformance::frame::{METHODS, Script, agree};

#[test]
fn values_are_kept_alike() {
    agree(&[values(), lifetimes(), folders(), verbs(), pages()]);
}

fn stage(name: &str) -> Script {
    let mut script = Script::new(name);
    script.mount_kv_v1();
    script
}

fn values() -> Script {
    let mut script = stage("kv v1 values");
    script.get("{me}/a");
    script.delete("{me}/a");
    for body in [
        json!({}),
        json!({ "x": "1" }),
        json!({ "x": null }),
        json!({ "x": { "y": [1, null, 1.5] } }),
        json!({ "data": { "x": 1 } }),
        json!({ "": 1, "ü": "<&>" }),
        json!({ "int": 9_007_199_254_740_993_i64, "f": 1e100 }),
        json!({ "path": "x" }),
    ] {
        script.post("{me}/a", body.clone());
        script.get("{me}/a");
        script.put("{me}/b/c", body);
    }
    script.ask("POST", "{me}/a");
    script.ask("POST", "{me}/a").text("null");
    script.ask("POST", "{me}/a").text(r#"{"a":1,"a":2}"#);
    script.get("{me}/a");
    script.get("{me}/a?version=1");
    script.get("{me}/b");
    script.get("{me}/b/");
    script.get("{me}/b/c");
    script.delete("{me}/a");
    script.get("{me}/a");
    script
}

fn lifetimes() -> Script {
    let mut script = stage("kv v1 lifetimes");
    for (field, value) in [
        ("ttl", json!("1h")),
        ("ttl", json!(90)),
        ("ttl", json!("90")),
        ("ttl", json!("x")),
        ("ttl", json!("")),
        ("ttl", json!(null)),
        ("ttl", json!(-1)),
        ("ttl", json!("2d")),
        ("ttl", json!([])),
        ("ttl", json!(true)),
        ("ttl", json!(1.5)),
        ("ttl", json!(0)),
        ("ttl", json!("9999h")),
        ("lease", json!("1h")),
        ("lease", json!(90)),
        ("lease", json!("x")),
        ("lease_duration", json!("1h")),
        ("ttl", json!("500ms")),
        ("ttl", json!({})),
        ("ttl", json!("-5m")),
    ] {
        script.post("{me}/a", json!({ field: value, "x": 1 }));
        script.get("{me}/a");
    }
    script.post("{me}/a", json!({ "ttl": "1h", "lease": "2h" }));
    script.get("{me}/a");
    script
}

fn folders() -> Script {
    let mut script = stage("kv v1 folders");
    script.list("{me}");
    script.list("{me}/nothing");
    for path in ["a", "d", "d/e/f", "d/g", "d-x", "data/x", "metadata/x", "config", "%C3%BC"] {
        script.post(&format!("{{me}}/{path}"), json!({ "x": 1 }));
    }
    for path in ["", "/", "/d", "/d/", "/d/e", "/a", "/data", "/nothing/"] {
        script.list(&format!("{{me}}{path}"));
        script.get(&format!("{{me}}{path}?list=true"));
        script.get(&format!("{{me}}{path}"));
        script.ask("SCAN", &format!("{{me}}{path}"));
    }
    script.delete("{me}/d/g");
    script.list("{me}/d");
    script.post("{me}/d/", json!({ "x": 1 }));
    script.delete("{me}/d/");
    script.post("{me}", json!({ "x": 1 }));
    script.delete("{me}");
    script
}

fn pages() -> Script {
    let mut script = stage("kv v1 pages");
    for path in ["a", "b", "c", "d/x"] {
        script.post(&format!("{{me}}/{path}"), json!({ "x": 1 }));
    }
    for query in ["limit=2", "after=b", "after=b&limit=1", "limit=x", "limit=-1", "after=zz"] {
        script.list(&format!("{{me}}?{query}"));
    }
    script
}

fn verbs() -> Script {
    let mut script = stage("kv v1 verbs");
    script.post("{me}/a", json!({ "x": 1 }));
    for method in METHODS {
        script.ask(method, "{me}/a");
        script
            .ask(method, "{me}/a")
            .header("Content-Type", "application/merge-patch+json")
            .json(&json!({ "y": 1 }));
    }
    script
}
