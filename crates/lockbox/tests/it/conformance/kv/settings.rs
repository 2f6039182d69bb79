use serde_json::{Value, json};

use crate::conformance::frame::{Script, agree};

#[test]
fn settings_are_kept_alike() {
    let mut scripts = vec![
        engine_limits(),
        secret_limits(),
        shrunk(),
        deletion_times(),
        metadata_patches(),
        metadata_cas(),
    ];
    for (name, values) in fields() {
        scripts.push(setting(name, &values, "config", "engine"));
        scripts.push(setting(name, &values, "metadata/a", "secret"));
        scripts.push(patched(name, &values));
    }
    agree(&scripts);
}

fn fields() -> [(&'static str, Vec<Value>); 5] {
    let texts: serde_json::Map<String, Value> = (0..65).map(|n| (format!("k{n}"), json!("v"))).collect();
    [
        (
            "max_versions",
            vec![
                json!(3),
                json!("4"),
                json!(0),
                json!(-1),
                json!(1.5),
                json!(2.0),
                json!("x"),
                json!(""),
                json!(null),
                json!([]),
                json!(true),
                json!(4_294_967_296_i64),
                json!("99999999999999999999"),
                json!({}),
            ],
        ),
        (
            "cas_required",
            vec![
                json!(true),
                json!(false),
                json!("true"),
                json!("false"),
                json!("x"),
                json!(1),
                json!(0),
                json!(""),
                json!(null),
                json!([]),
                json!("T"),
                json!(2),
                json!({}),
            ],
        ),
        (
            "delete_version_after",
            vec![
                json!("1h"),
                json!(90),
                json!("90"),
                json!("0"),
                json!(0),
                json!("0s"),
                json!(-1),
                json!("-1s"),
                json!("1d"),
                json!("2w"),
                json!("1h30m"),
                json!("1.5h"),
                json!("x"),
                json!(""),
                json!(null),
                json!([]),
                json!(true),
                json!(1.5),
                json!("500ms"),
                json!("1ms"),
                json!("99999999h"),
                json!("-5m"),
                json!({}),
            ],
        ),
        (
            "custom_metadata",
            vec![
                json!({ "a": "b" }),
                json!({}),
                json!({ "a": "" }),
                json!({ "": "b" }),
                json!({ "a": 1 }),
                json!({ "a": null }),
                json!({ "a": true }),
                json!({ "a": [] }),
                json!({ "a": { "b": "c" } }),
                json!("x"),
                json!("a=b"),
                json!(null),
                json!([]),
                json!(["a=b"]),
                json!(5),
                json!({ "a": "x".repeat(513) }),
                json!({ "x".repeat(129): "y" }),
                json!({ "a": "x\u{0}" }),
                json!({ "a\u{7}": "y" }),
                json!(texts),
                json!({ "ü": "ö" }),
            ],
        ),
        ("metadata_cas_required", vec![json!(true), json!(false), json!("x"), json!(null)]),
    ]
}

/// One field of the engine or of a secret, with every value.
fn setting(name: &str, values: &[Value], path: &str, of: &str) -> Script {
    let mut script = Script::new(format!("kv v2 {of} {name}"));
    script.mount_kv_v2();
    for value in values {
        script.post(&format!("{{me}}/{path}"), json!({ name: value }));
        script.get(&format!("{{me}}/{path}"));
    }
    script.post(&format!("{{me}}/{path}"), json!({}));
    script.get(&format!("{{me}}/{path}"));
    script
}

fn patched(name: &str, values: &[Value]) -> Script {
    let mut script = Script::new(format!("kv v2 patched {name}"));
    script.mount_kv_v2();
    script.post("{me}/metadata/a", json!({ "custom_metadata": { "kept": "1", "gone": "2" } }));
    for value in values {
        script.patch("{me}/metadata/a", json!({ name: value }));
        script.get("{me}/metadata/a");
    }
    script
}

fn engine_limits() -> Script {
    let mut script = Script::new("kv v2 limits of the engine");
    script.mount_kv_v2();
    script.post("{me}/config", json!({ "max_versions": 2 }));
    for number in 0..4 {
        script.post("{me}/data/a", json!({ "data": { "n": number } }));
    }
    script.get("{me}/metadata/a");
    script.get("{me}/data/a?version=1");
    script.get("{me}/data/a?version=2");
    script.post("{me}/config", json!({ "max_versions": 1 }));
    script.get("{me}/metadata/a");
    script.post("{me}/data/a", json!({ "data": {} }));
    script.get("{me}/metadata/a");
    script
}

fn secret_limits() -> Script {
    let mut script = Script::new("kv v2 limits of a secret");
    script.mount_kv_v2();
    script.post("{me}/config", json!({ "max_versions": 5 }));
    script.post("{me}/metadata/a", json!({ "max_versions": 2 }));
    for number in 0..7 {
        script.post("{me}/data/a", json!({ "data": { "n": number } }));
        script.get("{me}/metadata/a");
    }
    script.post("{me}/metadata/a", json!({ "max_versions": 9 }));
    for number in 0..5 {
        script.post("{me}/data/a", json!({ "data": { "n": number } }));
    }
    script.get("{me}/metadata/a");
    script
}

fn shrunk() -> Script {
    let mut script = Script::new("kv v2 limits below what is there");
    script.mount_kv_v2();
    for number in 0..12 {
        script.post("{me}/data/a", json!({ "data": { "n": number } }));
    }
    script.get("{me}/metadata/a");
    script.post("{me}/metadata/a", json!({ "max_versions": 3 }));
    script.get("{me}/metadata/a");
    script.post("{me}/data/a", json!({ "data": {} }));
    script.get("{me}/metadata/a");
    script.get("{me}/data/a?version=10");
    script.get("{me}/data/a?version=11");
    script
}

fn deletion_times() -> Script {
    let mut script = Script::new("kv v2 deletion times");
    script.mount_kv_v2();
    script.post("{me}/config", json!({ "delete_version_after": "1h" }));
    script.post("{me}/data/a", json!({ "data": {} }));
    script.post("{me}/metadata/b", json!({ "delete_version_after": "10m" }));
    script.post("{me}/data/b", json!({ "data": {} }));
    script.post("{me}/metadata/c", json!({ "delete_version_after": "5h" }));
    script.post("{me}/data/c", json!({ "data": {} }));
    script.post("{me}/config", json!({ "delete_version_after": "-1s" }));
    script.post("{me}/data/d", json!({ "data": {} }));
    script.post("{me}/data/b", json!({ "data": {} }));
    script.post("{me}/undelete/a", json!({ "versions": [1] }));
    for secret in ["a", "b", "c", "d"] {
        script.get(&format!("{{me}}/data/{secret}"));
        script.get(&format!("{{me}}/metadata/{secret}"));
    }
    script
}

fn metadata_patches() -> Script {
    let mut script = Script::new("kv v2 metadata patches");
    script.mount_kv_v2();
    script.patch("{me}/metadata/a", json!({ "max_versions": 3 }));
    script.post("{me}/data/a", json!({ "data": {} }));
    script.patch("{me}/metadata/a", json!({ "max_versions": 3 }));
    script.patch("{me}/metadata/a", json!({ "custom_metadata": { "a": "1", "b": "2" } }));
    script.patch("{me}/metadata/a", json!({ "custom_metadata": { "a": null, "c": "3" } }));
    script.get("{me}/metadata/a");
    script.patch("{me}/metadata/a", json!({ "custom_metadata": null }));
    script.patch("{me}/metadata/a", json!({ "cas_required": true, "delete_version_after": "1h" }));
    script.patch("{me}/metadata/a", json!({}));
    script.patch("{me}/metadata/a", json!({ "unknown": 1 }));
    script.get("{me}/metadata/a");
    script.get("{me}/data/a");
    script.ask("PATCH", "{me}/metadata/a").json(&json!({ "max_versions": 3 }));
    script.post("{me}/metadata/a", json!({ "max_versions": 7 }));
    script.get("{me}/metadata/a");
    script.post("{me}/metadata/a", json!({ "custom_metadata": { "z": "1" } }));
    script.get("{me}/metadata/a");
    script.delete("{me}/data/a");
    script.patch("{me}/metadata/a", json!({ "max_versions": 4 }));
    script.get("{me}/metadata/a");
    script
}

fn metadata_cas() -> Script {
    let mut script = Script::new("kv v2 metadata check and set");
    script.mount_kv_v2();
    for cas in [json!(1), json!(0), json!(0), json!(1), json!("x"), json!(-1)] {
        script.post("{me}/metadata/a", json!({ "max_versions": 4, "metadata_cas": cas }));
        script.get("{me}/metadata/a");
        script.patch("{me}/metadata/a", json!({ "max_versions": 5, "metadata_cas": cas }));
    }
    script.post("{me}/config", json!({ "metadata_cas_required": true }));
    script.get("{me}/config");
    script.post("{me}/metadata/a", json!({ "max_versions": 6 }));
    script.post("{me}/metadata/b", json!({ "max_versions": 6 }));
    script.post("{me}/data/c", json!({ "data": {} }));
    script.get("{me}/metadata/c");
    script
}
