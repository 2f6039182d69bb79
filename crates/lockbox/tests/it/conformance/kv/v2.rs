use serde_json::{Value, json};

use crate::conformance::frame::{METHODS, Script, agree};

#[test]
fn versions_are_kept_alike() {
    agree(&[
        versions(),
        check_and_set(),
        deletion(),
        version_lists(),
        odd_data(),
        odd_options(),
        missing_bodies(),
        patches(),
        patch_types(),
        folders(),
        listing_pages(),
        recursive_lists(),
        subkeys(),
        paths_beside(),
    ]);
}

fn stage(name: &str) -> Script {
    let mut script = Script::new(name);
    script.mount_kv_v2();
    script
}

fn versions() -> Script {
    let mut script = stage("kv v2 versions");
    script.get("{me}/data/a");
    script.post("{me}/data/a", json!({ "data": { "x": "1" } }));
    script.put("{me}/data/a", json!({ "data": { "x": "2" } }));
    for version in ["", "?version=1", "?version=2", "?version=3", "?version=0", "?version=-1", "?version=x"] {
        script.get(&format!("{{me}}/data/a{version}"));
    }
    for version in
        ["?version=", "?version=1.0", "?version=1&version=2", "?version=99999999999999999999", "?other=1"]
    {
        script.get(&format!("{{me}}/data/a{version}"));
    }
    script.get("{me}/metadata/a");
    script
}

fn check_and_set() -> Script {
    let mut script = stage("kv v2 check and set");
    let values = [
        json!(1),
        json!(0),
        json!(0),
        json!(1),
        json!("2"),
        json!(-1),
        json!(3.0),
        json!(3.5),
        json!("x"),
        json!(null),
        json!(true),
        json!([]),
        json!({}),
        json!(""),
        json!(" 4"),
        json!("0x4"),
        json!(99_999_999_999_i64),
    ];
    for cas in values {
        script.post("{me}/data/a", json!({ "data": { "x": cas }, "options": { "cas": cas } }));
    }
    script.get("{me}/data/a");
    script.delete("{me}/data/a");
    script.post("{me}/data/a", json!({ "data": {}, "options": { "cas": 0 } }));
    script.get("{me}/metadata/a");
    script.post("{me}/config", json!({ "cas_required": true }));
    script.post("{me}/data/a", json!({ "data": {} }));
    script.post("{me}/data/b", json!({ "data": {} }));
    script.post("{me}/data/b", json!({ "data": {}, "options": {} }));
    script.post("{me}/data/b", json!({ "data": {}, "options": { "cas": 0 } }));
    script.post("{me}/config", json!({ "cas_required": false }));
    script.post("{me}/metadata/b", json!({ "cas_required": true }));
    script.post("{me}/data/b", json!({ "data": {} }));
    script.patch("{me}/data/b", json!({ "data": { "y": "1" } }));
    script.patch("{me}/data/b", json!({ "data": { "y": "1" }, "options": { "cas": 0 } }));
    script.patch("{me}/data/b", json!({ "data": { "y": "1" }, "options": { "cas": 1 } }));
    script.get("{me}/data/b");
    script
}

fn deletion() -> Script {
    let mut script = stage("kv v2 deletion");
    script.delete("{me}/data/nothing");
    for number in 1..=4 {
        script.post("{me}/data/a", json!({ "data": { "n": number } }));
    }
    script.delete("{me}/data/a");
    script.get("{me}/data/a");
    script.delete("{me}/data/a");
    script.post("{me}/delete/a", json!({ "versions": [1, 2] }));
    script.get("{me}/data/a?version=1");
    script.get("{me}/metadata/a");
    script.post("{me}/undelete/a", json!({ "versions": [1, 4] }));
    script.get("{me}/data/a");
    script.put("{me}/destroy/a", json!({ "versions": [1] }));
    script.get("{me}/data/a?version=1");
    script.post("{me}/undelete/a", json!({ "versions": [1, 2] }));
    script.post("{me}/delete/a", json!({ "versions": [1] }));
    script.get("{me}/data/a?version=1");
    script.get("{me}/metadata/a");
    script.post("{me}/destroy/a", json!({ "versions": [4] }));
    script.get("{me}/data/a");
    script.patch("{me}/data/a", json!({ "data": { "y": 1 } }));
    script.post("{me}/data/a", json!({ "data": { "n": 5 } }));
    script.get("{me}/data/a");
    script.delete("{me}/metadata/a");
    script.get("{me}/data/a");
    script.get("{me}/metadata/a");
    script.delete("{me}/metadata/a");
    script.post("{me}/data/a", json!({ "data": { "n": 6 } }));
    script
}

fn version_lists() -> Script {
    let mut script = stage("kv v2 version lists");
    for _ in 0..3 {
        script.post("{me}/data/a", json!({ "data": {} }));
    }
    let lists = [
        json!({}),
        json!({ "versions": [] }),
        json!({ "versions": null }),
        json!({ "versions": "1,2" }),
        json!({ "versions": 3 }),
        json!({ "versions": ["1"] }),
        json!({ "versions": "x" }),
        json!({ "versions": [1.5] }),
        json!({ "versions": [99] }),
        json!({ "versions": [-1] }),
        json!({ "versions": [0] }),
        json!({ "versions": {} }),
        json!({ "versions": true }),
        json!({ "versions": [[1]] }),
        json!({ "versions": "" }),
        json!({ "versions": [null] }),
    ];
    for path in ["delete", "undelete", "destroy"] {
        for list in &lists {
            script.post(&format!("{{me}}/{path}/a"), list.clone());
        }
        script.post(&format!("{{me}}/{path}/nothing"), json!({ "versions": [1] }));
        script.post(&format!("{{me}}/{path}/"), json!({ "versions": [1] }));
        script.get("{me}/metadata/a");
    }
    script
}

fn odd_data() -> Script {
    let mut script = stage("kv v2 odd data");
    let values = [
        json!({}),
        json!(null),
        json!("text"),
        json!(5),
        json!([]),
        json!([1]),
        json!(true),
        json!("{\"a\":1}"),
        json!({ "n": null, "b": false, "i": 1, "f": 1.5, "big": 1e100, "neg": -0.0, "list": [1, "x", null, {}] }),
        json!({ "deep": { "er": { "still": { "x": [[[]]] } } } }),
        json!({ "": "empty name", "ü": "umlaut", "<&>": "\u{0}\u{1f}\u{2028}", "\"": "\\" }),
        json!({ "int": 9_007_199_254_740_993_i64, "min": i64::MIN, "max": u64::MAX }),
    ];
    for value in values {
        script.post("{me}/data/a", json!({ "data": value }));
        script.get("{me}/data/a");
    }
    for text in [
        r#"{"data":{"a":1,"a":2}}"#,
        r#"{"data":{"x":1.0}}"#,
        r#"{"data":{"x":1e2}}"#,
        r#"{"data":{"x":0.10}}"#,
        r#"{"data":{"x":1},"data":{"y":2}}"#,
        r#"{"data":{"x":1},"more":1}"#,
        r#"{"data":{"x":"\ud83d\ude00"}}"#,
        r#"{"data":{"x":"\ud83d"}}"#,
        r#"{"DATA":{"x":1}}"#,
    ] {
        script.ask("POST", "{me}/data/a").text(text);
        script.get("{me}/data/a");
    }
    script
}

fn odd_options() -> Script {
    let mut script = stage("kv v2 odd options");
    for options in [
        json!(null),
        json!("x"),
        json!([]),
        json!(5),
        json!({ "cas": 0, "other": 1 }),
        json!({}),
        json!("{}"),
    ] {
        script.post("{me}/data/a", json!({ "data": {}, "options": options }));
    }
    script.post("{me}/data/a", json!({ "data": {}, "cas": 0 }));
    script.post("{me}/data/a", json!({ "data": {}, "version": 7 }));
    script.post("{me}/data/a", json!({ "data": {}, "version": "x" }));
    script
}

fn missing_bodies() -> Script {
    let mut script = stage("kv v2 missing bodies");
    for path in ["data/a", "metadata/a", "delete/a", "undelete/a", "destroy/a", "config", "subkeys/a"] {
        for method in ["POST", "PUT"] {
            script.ask(method, &format!("{{me}}/{path}"));
            script.ask(method, &format!("{{me}}/{path}")).text("{}");
            script.ask(method, &format!("{{me}}/{path}")).text("null");
        }
    }
    script.get("{me}/data/a");
    script.get("{me}/metadata/a");
    script
}

fn patches() -> Script {
    let mut script = stage("kv v2 patches");
    script.patch("{me}/data/a", json!({ "data": { "x": 1 } }));
    script.post("{me}/data/a", json!({ "data": { "x": 1, "o": { "p": 1, "q": 2 }, "l": [1, 2] } }));
    for change in [
        json!({ "y": 2 }),
        json!({ "x": null }),
        json!({ "o": { "p": null, "r": 3 } }),
        json!({ "l": [3] }),
        json!({ "o": null }),
        json!({ "o": { "new": { "deep": null, "kept": 1 } } }),
        json!({ "l": { "a": 1 } }),
        json!({ "none": null }),
        json!({}),
    ] {
        script.patch("{me}/data/a", json!({ "data": change }));
        script.get("{me}/data/a");
    }
    for data in [json!(null), json!("x"), json!([]), json!(1)] {
        script.patch("{me}/data/a", json!({ "data": data }));
    }
    script.patch("{me}/data/a", json!({}));
    script.patch("{me}/data/a", json!({ "data": { "z": 1 }, "options": { "cas": 1 } }));
    script.patch("{me}/data/a", json!({ "data": { "z": 1 }, "options": { "cas": "x" } }));
    script.patch("{me}/data/a", json!({ "data": { "z": 1 }, "options": 5 }));
    script.delete("{me}/data/a");
    script.patch("{me}/data/a", json!({ "data": { "x": 1 } }));
    script.get("{me}/metadata/a");
    script
}

fn patch_types() -> Script {
    let mut script = stage("kv v2 patch types");
    script.post("{me}/data/a", json!({ "data": { "x": 1 } }));
    let body = json!({ "data": { "y": 1 } });
    script.ask("PATCH", "{me}/data/a").json(&body);
    for media_type in [
        "application/json",
        "application/merge-patch+json",
        "application/merge-patch+json; charset=utf-8",
        "application/json-patch+json",
        "APPLICATION/MERGE-PATCH+JSON",
        "",
        "nonsense",
        "a/b; c",
        "text/plain",
    ] {
        script.ask("PATCH", "{me}/data/a").header("Content-Type", media_type).json(&body);
    }
    script.ask("PATCH", "{me}/data/a").header("Content-Type", "application/merge-patch+json");
    script.ask("PATCH", "{me}/data/a").header("Content-Type", "application/merge-patch+json").text("[1]");
    script.get("{me}/data/a");
    script
}

fn folders() -> Script {
    let mut script = stage("kv v2 folders");
    script.list("{me}/metadata");
    script.list("{me}/metadata/nothing");
    for path in ["a", "d", "d/e/f", "d/g", "d-x", "D", "ü", "z/z/z/z", "d/e", "with space", "p%25q", "0"] {
        script.post(&format!("{{me}}/data/{}", path.replace(' ', "%20")), json!({ "data": {} }));
    }
    for path in ["", "/", "/d", "/d/", "/d/e", "/d/e/f", "/z/z", "/a", "/nothing/"] {
        script.list(&format!("{{me}}/metadata{path}"));
        script.get(&format!("{{me}}/metadata{path}?list=true"));
    }
    for value in ["1", "false", "x", "", "TRUE", "t"] {
        script.get(&format!("{{me}}/metadata/d?list={value}"));
    }
    script.list("{me}/data");
    script.list("{me}/data/d");
    script.list("{me}");
    script.list("{me}/");
    script.delete("{me}/data/d/g");
    script.list("{me}/metadata/d");
    script.delete("{me}/metadata/d/g");
    script.list("{me}/metadata/d");
    script.delete("{me}/metadata/d/e/f");
    script.list("{me}/metadata/d/e");
    script
}

fn listing_pages() -> Script {
    let mut script = stage("kv v2 listing pages");
    for name in ["a", "b", "c", "d/x", "e"] {
        script.post(&format!("{{me}}/data/{name}"), json!({ "data": {} }));
    }
    for query in [
        "limit=2",
        "after=b",
        "after=b&limit=1",
        "after=zz",
        "limit=0",
        "limit=-1",
        "limit=x",
        "after=d/",
        "after=bb&limit=9",
    ] {
        script.list(&format!("{{me}}/metadata?{query}"));
        script.get(&format!("{{me}}/metadata/?list=true&{query}"));
    }
    script
}

fn recursive_lists() -> Script {
    let mut script = stage("kv v2 detailed lists");
    for name in ["a", "d/x"] {
        script.post(&format!("{{me}}/data/{name}"), json!({ "data": {} }));
    }
    script.ask("SCAN", "{me}/metadata");
    script.ask("SCAN", "{me}/metadata/d");
    script.get("{me}/metadata?scan=true");
    script.list("{me}/detailed-metadata");
    script.list("{me}/detailed-metadata/d");
    script.ask("SCAN", "{me}/detailed-metadata");
    script.get("{me}/detailed-metadata/a");
    script
}

fn subkeys() -> Script {
    let mut script = stage("kv v2 subkeys");
    script.get("{me}/subkeys/a");
    script.post(
        "{me}/data/a",
        json!({ "data": { "x": "1", "o": { "p": { "q": 1 } }, "l": [{ "m": 1 }], "e": {} } }),
    );
    for query in [
        "",
        "?depth=1",
        "?depth=2",
        "?depth=0",
        "?depth=-1",
        "?depth=x",
        "?version=1",
        "?version=2",
        "?version=x",
    ] {
        script.get(&format!("{{me}}/subkeys/a{query}"));
    }
    script.delete("{me}/data/a");
    script.get("{me}/subkeys/a");
    script
}

fn paths_beside() -> Script {
    let mut script = stage("kv v2 paths beside data");
    script.post("{me}/data/a", json!({ "data": { "x": 1 } }));
    for path in [
        "",
        "/",
        "/a",
        "/data",
        "/data/",
        "/metadata/",
        "/foo/a",
        "/a/b/c",
        "/config/x",
        "/delete",
        "/undelete/",
        "/destroy",
        "/DATA/a",
        "/data/a/",
    ] {
        for method in ["GET", "LIST", "DELETE"] {
            script.ask(method, &format!("{{me}}{path}"));
        }
        for body in [json!({}), json!({ "data": { "x": 1 } })] {
            script.post(&format!("{{me}}{path}"), body.clone());
            script.patch(&format!("{{me}}{path}"), body);
        }
    }
    script
}

/// Every verb on every path of the engine.
#[test]
fn verbs_are_refused_alike() {
    let bodies = [Value::Null, json!({ "data": { "x": 1 }, "versions": [1] })];
    let mut scripts = Vec::new();
    for path in ["config", "data/a", "metadata/a", "delete/a", "undelete/a", "destroy/a", "subkeys/a"] {
        let mut script = stage(&format!("kv v2 verbs on {path}"));
        script.post("{me}/data/a", json!({ "data": { "x": 1 } }));
        for method in METHODS {
            for body in &bodies {
                let step = script.ask(method, &format!("{{me}}/{path}"));
                if !body.is_null() {
                    step.header("Content-Type", "application/merge-patch+json").json(body);
                }
            }
        }
        scripts.push(script);
    }
    agree(&scripts);
}
