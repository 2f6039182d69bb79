use serde_json::json;

use crate::conformance::frame::{Script, agree};

#[test]
fn odd_values_and_paths_are_kept_alike() {
    agree(&[
        numbers("kv v1 numbers"),
        numbers("kv v2 numbers"),
        merged_lists(),
        patched_values(),
        spellings(),
        walks(),
    ]);
    agree(&[
        odd_paths("kv v1 odd paths"),
        odd_paths("kv v2 odd paths"),
        fields_of_the_path(),
        limits_of_metadata(),
    ]);
}

fn mounted(name: &str) -> Script {
    let mut script = Script::new(name);
    if name.contains("v1") {
        script.mount_kv_v1()
    } else {
        script.mount_kv_v2()
    }
    script
}

/// Where `name` is written and read.
fn place(script: &Script, name: &str) -> String {
    let folder = if script.name.contains("v1") { "" } else { "data/" };
    format!("{{me}}/{folder}{name}")
}

fn body(script: &Script, value: &str) -> String {
    if script.name.contains("v1") { value.to_owned() } else { format!("{{\"data\":{value}}}") }
}

fn numbers(name: &str) -> Script {
    let mut script = mounted(name);
    for value in [
        r#"{"i":1,"f":1.0,"e":1e3,"E":1E5,"plus":1e+5,"neg":-0,"zero":-0.0,"z":0.10,"m":1.5e-7}"#,
        r#"{"big":123456789012345678901234567890,"odd":9007199254740993,"long":123456789.123456789012}"#,
        r#"{"t":1e21,"u":1e20,"s":1e-6,"v":1e-7,"max":1.7976931348623157e308,"min":5e-324,"none":1e-400}"#,
        r#"{"n":{"x":[1.0,2.50,[1e2]]}}"#,
        r#"{"huge":1E400}"#,
        r#"{"huge":[{"x":-1e999}]}"#,
        r#"{"a":1,"a":2,"A":3,"b":{"c":1,"c":{"d":1}}}"#,
        r#"{"<a>":"<&>' \u00e9\u2028\ud83d\ude00 \ud800x \u0001\u0007\b\f\n\r\t\u007f\/"}"#,
    ] {
        let (path, body) = (place(&script, "a"), body(&script, value));
        script.ask("POST", &path).text(&body);
        script.get(&path);
    }
    script
}

/// A list of objects is one object.
fn merged_lists() -> Script {
    let mut script = mounted("kv v2 lists for objects");
    for value in [
        json!([{ "a": { "x": 1 }, "b": 1 }, { "c": "d", "a": { "y": 2 } }]),
        json!([[{ "a": 1 }]]),
        json!([{ "a": 1 }, 5]),
        json!([{ "a": 1 }, null]),
        json!([null]),
        json!([[null], { "a": 1 }]),
        json!(["a=b"]),
    ] {
        script.post("{me}/data/a", json!({ "data": value }));
        script.get("{me}/data/a");
        script.post("{me}/data/a", json!({ "data": {}, "options": value }));
        script.post("{me}/metadata/a", json!({ "custom_metadata": value }));
        script.patch("{me}/metadata/a", json!({ "custom_metadata": value }));
        script.get("{me}/metadata/a");
        script.post("{me}/delete/a", json!({ "versions": value }));
    }
    for versions in [
        json!(["x", "y"]),
        json!(["1", "y"]),
        json!("1,x"),
        json!("1, 2"),
        json!(true),
        json!([null]),
        json!([[1]]),
        json!({}),
        json!("0x1"),
        json!("1_0"),
        json!("1,,2"),
        json!(","),
    ] {
        script.post("{me}/delete/a", json!({ "versions": versions }));
        script.post("{me}/undelete/a", json!({ "versions": versions }));
    }
    script.ask("POST", "{me}/delete/a").text(r#"{"versions":99999999999999999999}"#);
    script.ask("POST", "{me}/metadata/a").text(r#"{"max_versions":99999999999999999999}"#);
    script.get("{me}/metadata/a");
    script
}

fn patched_values() -> Script {
    let mut script = mounted("kv v2 patched values");
    script
        .post("{me}/data/a", json!({ "data": { "a": 1, "o": { "x": 1, "y": { "z": 2 } }, "l": [1, null] } }));
    for changes in [
        json!({ "b": 2.5, "o": { "y": null } }),
        json!({ "n": { "a": null, "b": { "c": null, "d": 1 } }, "l2": [null, 1, { "q": null, "r": 1 }] }),
        json!({ "o": { "x": { "n": null, "k": 1 } }, "a": { "deep": null } }),
        json!({ "l": [3, null, { "a": null }] }),
        json!({ "o": 5 }),
        json!({ "o": null, "nothing": null }),
        json!({}),
        json!([]),
        json!([{ "k": "v" }]),
        json!(null),
        json!({ "a": 1 }),
        json!("x"),
    ] {
        script.patch("{me}/data/a", json!({ "data": changes }));
        script.get("{me}/data/a");
    }
    script.patch("{me}/data/none", json!({ "data": {} }));
    script.patch("{me}/metadata/none", json!({ "max_versions": 1 }));
    script.patch("{me}/metadata/none", json!({}));
    for changes in [
        json!({ "delete_version_after": "1h" }),
        json!({ "delete_version_after": "0s" }),
        json!({ "max_versions": 4_294_967_296_i64 }),
        json!({ "max_versions": 1, "custom_metadata": { "a": 5 } }),
        json!({ "custom_metadata": { "a": "b", "c": null } }),
        json!({ "custom_metadata": { "a": null } }),
        json!({ "metadata_cas": 99 }),
        json!({ "metadata_cas": 99, "max_versions": 1 }),
    ] {
        script.patch("{me}/metadata/a", changes);
        script.get("{me}/metadata/a");
    }
    script
}

/// A secret is found with slashes too many, and its value is not.
fn spellings() -> Script {
    let mut script = mounted("kv v2 spellings");
    script.post("{me}/data/a/b", json!({ "data": { "x": 1 } }));
    for path in ["a/b", "a/b/", "a%2f%2fb", "%2fa/b", "a/b%2f%2f"] {
        for part in ["data", "metadata", "subkeys"] {
            script.get(&format!("{{me}}/{part}/{path}"));
        }
        script.list(&format!("{{me}}/metadata/{path}"));
    }
    script.post("{me}/data/a%2f%2fb", json!({ "data": { "x": 2 } }));
    for path in ["a/b", "a%2f%2fb", "a/b?version=1", "a%2f%2fb?version=1"] {
        script.get(&format!("{{me}}/data/{path}"));
    }
    script.post("{me}/destroy/a/b", json!({ "versions": [1, 2] }));
    script.get("{me}/data/a%2f%2fb");
    script.delete("{me}/metadata/a/b/");
    script.list("{me}/metadata");
    script
}

fn walks() -> Script {
    let mut script = mounted("kv v2 walks");
    for path in ["x/1", "y/1", "y/z/1", "y/z", "y/a/1", "é", "b c", "b", "b/c"] {
        script.post(&format!("{{me}}/data/{}", path.replace(' ', "%20")), json!({ "data": {} }));
    }
    for path in
        ["metadata", "metadata/", "metadata/y", "metadata/none", "detailed-metadata/y", "data", "nope", ""]
    {
        script.ask("SCAN", &format!("{{me}}/{path}"));
        script.get(&format!("{{me}}/{path}?scan=true"));
        script.get(&format!("{{me}}/{path}?scan=true&list=true"));
        script.get(&format!("{{me}}/{path}?list=x"));
        script.ask("SCAN", &format!("{{me}}/{path}?limit=1&zz=1"));
    }
    for query in
        ["after=b", "after=b/&limit=1", "limit=-1", "limit=x", "after=a&after=b", "list=false", "zz=1"]
    {
        script.list(&format!("{{me}}/metadata?{query}"));
        script.list(&format!("{{me}}/metadata/none?{query}"));
        script.list(&format!("{{me}}/detailed-metadata?{query}"));
    }
    script
}

fn odd_paths(name: &str) -> Script {
    let mut script = mounted(name);
    for path in [
        "%20",
        "%20x%20",
        "a%25b",
        "a%3Fb",
        "a%23b",
        "a;b",
        "a%5Cb",
        "a*b",
        "a+b",
        "%C3%A4%CC%88",
        "...",
        "a..b",
        "..b",
        "b..",
        "a/%2e%2e/b",
        "a/%2e",
        "a%0Ab",
        "a%7fb",
        "a%c2%a0b",
        "a%e2%80%8bb",
        "a%00b",
        "x%2f%2fy",
        "x%2f",
        "%2fx",
    ] {
        let (path, body) = (place(&script, path), body(&script, r#"{"x":1}"#));
        script.ask("POST", &path).text(&body);
        script.get(&path);
    }
    let folder = if name.contains("v1") { "{me}" } else { "{me}/metadata" };
    script.list(folder);
    script.ask("SCAN", folder);
    script.list(&format!("{folder}/x"));
    script
}

fn fields_of_the_path() -> Script {
    let mut script = mounted("kv v2 fields of the path");
    for path in [json!("b"), json!(5), json!(null)] {
        script.post("{me}/data/a", json!({ "data": { "x": 1 }, "path": path, "zz": 1, "aa": 2 }));
        script.patch("{me}/data/a", json!({ "data": { "y": 1 }, "path": path }));
        script.post("{me}/metadata/a", json!({ "max_versions": 0, "path": path }));
        script.post("{me}/delete/a", json!({ "versions": [9], "path": path }));
    }
    for path in
        ["data/a?path=x", "metadata/a?path=x", "subkeys/a?path=x&zz=1", "config?zz=1", "data/none?zz=1"]
    {
        script.get(&format!("{{me}}/{path}"));
    }
    script.delete("{me}/data/a?version=x");
    script.get("{me}/metadata/a?max_versions=x");
    script
}

fn limits_of_metadata() -> Script {
    let mut script = mounted("kv v2 limits of custom metadata");
    let long = |length| "k".repeat(length);
    for texts in [
        json!({ long(128): "x" }),
        json!({ long(129): "x" }),
        json!({ "k": long(512) }),
        json!({ "k": long(513) }),
        json!({ "k": "é".repeat(257) }),
        json!({ "": "" }),
        json!({ "a\u{1}": "x\u{2}" }),
        json!({ "q\"\\": "" }),
        json!({ "k\\1é\u{a0}\u{200b}😀": "\t" }),
        json!({ "k": "\u{3000}" }),
        json!({ "k": "\u{fffd}\u{301}" }),
        json!({ "a": 1.5, "b": true, "c": 123_456_789 }),
        json!((0..65).map(|number| (number.to_string(), "x")).collect::<std::collections::BTreeMap<_, _>>()),
    ] {
        script.post("{me}/metadata/a", json!({ "custom_metadata": texts }));
        script.patch("{me}/metadata/a", json!({ "custom_metadata": texts }));
        script.get("{me}/metadata/a");
    }
    script
}
