use serde_json::{Value, json};

use crate::conformance::frame::{METHODS, Script, agree, agree_alone};

#[test]
fn policies_are_kept_alike() {
    agree(&[
        kept(),
        names(),
        built_in(),
        bodies(),
        old_paths(),
        verbs(),
        of_passwords(),
        parameters(),
        wrapping(),
        templates(),
        expiring(),
        check_and_set(),
    ]);
}

#[test]
fn policies_are_listed_alike() {
    let mut script = Script::new("policy lists");
    for path in ["sys/policies/acl", "sys/policies/acl/", "sys/policy", "sys/policies", "sys/policies/rgp"] {
        script.list(path);
        script.get(path);
        script.get(&format!("{path}?list=true"));
    }
    script.put("sys/policies/acl/B", json!({ "policy": "" }));
    script.put("sys/policies/acl/a", json!({ "policy": "" }));
    script.list("sys/policies/acl");
    script.get("sys/policy");
    script.list("sys/policies/acl?after=a");
    script.list("sys/policies/acl?limit=1");
    script.delete("sys/policies/acl/b");
    script.list("sys/policies/acl");
    agree_alone(&[script]);
}

#[test]
fn policies_are_refused_alike() {
    let scripts: Vec<Script> =
        [("policy in hcl", hcl()), ("policy in json", json_texts()), ("policy rules", rules())]
            .into_iter()
            .map(|(name, texts)| {
                let mut script = Script::new(name);
                for text in texts {
                    script.put("sys/policies/acl/{me}", json!({ "policy": text }));
                    script.get("sys/policies/acl/{me}");
                }
                script
            })
            .collect();
    agree(&scripts);
}

fn hcl() -> Vec<String> {
    let texts = [
        "",
        " ",
        "\n",
        "# only a comment",
        "// another",
        "/* long */",
        "/* open",
        "path",
        "path \"a\"",
        "path \"a\" {",
        "path \"a\" }",
        "path \"a\" {}",
        "path \"a\" { capabilities }",
        "path \"a\" { capabilities = }",
        "path \"a\" { capabilities = [ }",
        "path \"a\" { capabilities = [\"read\" }",
        "path \"a\" { capabilities = [\"read\",] }",
        "path \"a\" { capabilities = [\"read\" \"list\"] }",
        "path \"a\" { capabilities = [read] }",
        "path \"a\" { capabilities = \"read\" }",
        "path \"a\" { capabilities = [\"READ\"] }",
        "path \"a\" { capabilities = [\"fly\"] }",
        "path \"a\" { capabilities = [1] }",
        "path \"a\" { capabilities = [\"read\", \"read\"] }",
        "path \"a\" { capabilities = null }",
        "path \"a\" { capabilities = true }",
        "path \"a\" { capabilities = {} }",
        "path \"a\" { Capabilities = [\"read\"] }",
        "PATH \"a\" { capabilities = [\"read\"] }",
        "path a { capabilities = [\"read\"] }",
        "path 'a' { capabilities = [\"read\"] }",
        "path = \"a\"",
        "path { capabilities = [\"read\"] }",
        "path \"a\" \"b\" { capabilities = [\"read\"] }",
        "path \"a\" = { capabilities = [\"read\"] }",
        "path \"\" { capabilities = [\"read\"] }",
        "path \"a\" { capabilities = [\"read\"] } path \"a\" { capabilities = [\"list\"] }",
        "path \"a\" { x = 1 }",
        "path \"a\" { capabilities = [\"read\"] x = 1 }",
        "x = 1",
        "x \"a\" {}",
        "name = \"n\"",
        "name = \"n\"\npath \"a\" { capabilities = [\"read\"] }",
        "path \"a\" { policy = \"fly\" }",
        "path \"a\" { policy = 5 }",
        "path \"a\" { capabilities = [\"read\"]; }",
        "path \"a\" { capabilities: [\"read\"] }",
        "path \"a\" { \"capabilities\" = [\"read\"] }",
        "\"path\" \"a\" { capabilities = [\"read\"] }",
        "path \"a\\\"b\" { capabilities = [\"read\"] }",
        "path \"a\\n\" { capabilities = [\"read\"] }",
        "path \"${x}\" { capabilities = [\"read\"] }",
        "path \"a\" { capabilities = [\"${x}\"] }",
        "path \"a\nb\" { capabilities = [\"read\"] }",
        "path \"a\" { capabilities = [\"read\"] comment = <<EOF\nx\nEOF\n}",
        "path \"a\" { capabilities = [[\"read\"]] }",
        "path \"a\" { capabilities = [\"read\"], policy = \"read\" }",
        "{",
        "}",
        "[",
        "=",
        "\"",
        "path \"a\" {} }",
        "path \"a\" {{}}",
        "path \"ü\" { capabilities = [\"read\"] }",
        "\u{feff}path \"a\" { capabilities = [\"read\"] }",
        "path \"a\" { capabilities = [\"read\"] }\u{0}",
        "path\t\"a\"\t{\tcapabilities\t=\t[\"read\"]\t}",
        "path \"a\" {\r\n capabilities = [\"read\"]\r\n}",
        "path \"a\" { capabilities = [\"read\"] } # end",
        "path \"a\" { capabilities = [ # in\n\"read\" ] }",
        "path \"a\" { capabilities = [\"read\", /* in */ \"list\"] }",
        "path \"a\" {\n capabilities = [\"read\"]\n capabilities = [\"list\"]\n}",
        "path \"a\"\n{ capabilities = [\"read\"] }",
        "path \"a\" { capabilities\n= [\"read\"] }",
        "path \"a\" { capabilities = -1 }",
        "path \"a\" { capabilities = 1.5e3 }",
        "path \"a\" { capabilities = 0x1F }",
    ];
    texts
        .iter()
        .map(|text| (*text).to_owned())
        .chain([
            deep("[", "]"),
            deep("{", "}"),
            format!("path \"{}\" {{ capabilities = [\"read\"] }}", "x".repeat(5000)),
        ])
        .collect()
}

fn deep(open: &str, close: &str) -> String {
    format!("path \"a\" {{ x = {}{} }}", open.repeat(40), close.repeat(40))
}

fn json_texts() -> Vec<String> {
    [
        r#"{}"#,
        r#"{"path":{}}"#,
        r#"{"path":{"a":{"capabilities":["read"]}}}"#,
        r#"{"path":{"a":{"capabilities":"read"}}}"#,
        r#"{"path":{"a":{"capabilities":["fly"]}}}"#,
        r#"{"path":{"a":{}}}"#,
        r#"{"path":{"a":[]}}"#,
        r#"{"path":{"a":[{"capabilities":["read"]}]}}"#,
        r#"{"path":[{"a":{"capabilities":["read"]}}]}"#,
        r#"{"path":"a"}"#,
        r#"{"path":null}"#,
        r#"{"path":5}"#,
        r#"{"x":1}"#,
        r#"{"path":{"a":{"x":1}}}"#,
        r#"{"path":{"a":{"policy":"write"}}}"#,
        r#"{"path":{"a":{"capabilities":["read"]},"a":{"capabilities":["list"]}}}"#,
        r#"{"path":{"a":{"capabilities":null}}}"#,
        r#"{"path":{"a":{"capabilities":["read"]}}"#,
        r#"{"path":{"a":{"capabilities":["read"],}}}"#,
        r#"{'path':{}}"#,
        r#"[]"#,
        r#"null"#,
        r#"5"#,
        r#""x""#,
        r#"{"name":"n","path":{"a":{"capabilities":["read"]}}}"#,
        r#" {"path":{"a":{"capabilities":["read"]}}} "#,
        r#"{"path":{"a":{"capabilities":[1]}}}"#,
        r#"{"path":{"a\u0000":{"capabilities":["read"]}}}"#,
        r#"{"path":{"a":{"capabilities":["read"]}}} x"#,
        r#"{"path":{"+*":{"capabilities":["read"]}}}"#,
        r#"{"PATH":{"a":{"capabilities":["read"]}}}"#,
    ]
    .iter()
    .map(|text| (*text).to_owned())
    .collect()
}

fn rules() -> Vec<String> {
    let paths = [
        "*",
        "+",
        "a/+",
        "a/+/b",
        "a/+*",
        "+*",
        "+/+*",
        "a*b",
        "a/*/b",
        "**",
        "+a",
        "a+",
        "/a",
        "a/",
        "/",
        "a//b",
        "a/../b",
        "{{identity.entity.id}}",
        "{{x}}",
        "{{",
        "a\\\\b",
        " a ",
    ];
    let fields = [
        "allowed_parameters = { x = [] }",
        "allowed_parameters = { x = [\"1\", 2] }",
        "allowed_parameters = { \"*\" = [] }",
        "allowed_parameters = []",
        "allowed_parameters = 5",
        "allowed_parameters = { x = \"y\" }",
        "denied_parameters = { x = [\"y\"] }",
        "denied_parameters = \"x\"",
        "required_parameters = [\"x\"]",
        "required_parameters = \"x\"",
        "required_parameters = [1]",
        "required_parameters = {}",
        "min_wrapping_ttl = \"1m\"",
        "min_wrapping_ttl = 60",
        "min_wrapping_ttl = \"x\"",
        "min_wrapping_ttl = \"-1s\"",
        "max_wrapping_ttl = \"1h\"",
        "min_wrapping_ttl = \"2h\" max_wrapping_ttl = \"1h\"",
        "max_wrapping_ttl = []",
        "mfa_methods = [\"x\"]",
        "control_group = {}",
        "pagination_limit = 5",
        "pagination_limit = \"x\"",
        "pagination_limit = -1",
        "expiration = \"2030-01-01T00:00:00Z\"",
        "expiration = \"x\"",
        "expiration = \"2020-01-01T00:00:00Z\"",
        "list_scan_response_keys_filter_path = \"x\"",
        "list_scan_response_keys_filter_path = 5",
        "comment = \"x\"",
        "subscribe_event_types = [\"x\"]",
    ];
    let of_paths = paths.iter().map(|path| format!("path \"{path}\" {{ capabilities = [\"read\"] }}"));
    of_paths
        .chain(fields.iter().map(|field| format!("path \"a\" {{\n capabilities = [\"read\"]\n {field}\n}}")))
        .collect()
}

fn kept() -> Script {
    let mut script = Script::new("policy kept");
    script.get("sys/policies/acl/{me}");
    script.delete("sys/policies/acl/{me}");
    script.put("sys/policies/acl/{me}", json!({ "policy": "path \"a\" { capabilities = [\"read\"] }" }));
    script.get("sys/policies/acl/{me}");
    script.post("sys/policies/acl/{me}", json!({ "policy": "path \"b\" { capabilities = [\"read\"] }" }));
    script.get("sys/policies/acl/{me}");
    script.get("sys/policy/{me}");
    script.put("sys/policies/acl/{me}", json!({ "policy": "path" }));
    script.get("sys/policies/acl/{me}");
    script.delete("sys/policies/acl/{me}");
    script.get("sys/policies/acl/{me}");
    script.put("sys/policies/acl/{me}", json!({ "policy": "" }));
    script.get("sys/policies/acl/{me}");
    script
}

fn names() -> Script {
    let mut script = Script::new("policy names");
    for name in [
        "UPPER-{me}",
        "a/b-{me}",
        "a%20b-{me}",
        "%C3%BC-{me}",
        "a.b-{me}",
        "-{me}",
        "a%2Fb-{me}",
        "a:b-{me}",
        "{me}/",
        "a+b-{me}",
        "response-wrapping",
        "control-group",
    ] {
        script.put(
            &format!("sys/policies/acl/{name}"),
            json!({ "policy": "path \"a\" { capabilities = [\"read\"] }" }),
        );
        script.get(&format!("sys/policies/acl/{name}"));
        script.get(&format!("sys/policies/acl/{}", name.to_lowercase()));
        script.delete(&format!("sys/policies/acl/{name}"));
    }
    script.put("sys/policies/acl/", json!({ "policy": "" }));
    script
}

fn built_in() -> Script {
    let mut script = Script::new("policy built in");
    for name in ["root", "default", "Root", "DEFAULT"] {
        script.get(&format!("sys/policies/acl/{name}"));
        script.get(&format!("sys/policy/{name}"));
        script.delete(&format!("sys/policies/acl/{name}"));
    }
    script.put("sys/policies/acl/root", json!({ "policy": "path \"a\" { capabilities = [\"read\"] }" }));
    script.put("sys/policies/acl/root", json!({}));
    script
}

fn bodies() -> Script {
    let mut script = Script::new("policy bodies");
    let bodies: Vec<Value> = vec![
        json!({}),
        json!({ "policy": null }),
        json!({ "policy": 5 }),
        json!({ "policy": [] }),
        json!({ "policy": {} }),
        json!({ "policy": true }),
        json!({ "rules": "path \"a\" { capabilities = [\"read\"] }" }),
        json!({ "policy": "cGF0aCAiYSIgeyBjYXBhYmlsaXRpZXMgPSBbInJlYWQiXSB9" }),
        json!({ "policy": "path \"a\" { capabilities = [\"read\"] }", "x": 1 }),
        json!({ "policy": "", "name": "other" }),
        json!({ "policy": "{}", "policy_base64": "x" }),
    ];
    for body in bodies {
        script.put("sys/policies/acl/{me}", body.clone());
        script.get("sys/policies/acl/{me}");
        script.put("sys/policy/{me}", body);
    }
    for text in ["", "null", "[]", "x"] {
        script.ask("PUT", "sys/policies/acl/{me}").text(text);
    }
    script
}

fn old_paths() -> Script {
    let mut script = Script::new("policy at its old path");
    script.get("sys/policy/{me}");
    script.put("sys/policy/{me}", json!({ "rules": "path \"a\" { capabilities = [\"read\"] }" }));
    script.get("sys/policy/{me}");
    script.post("sys/policy/{me}", json!({ "policy": "path \"b\" { capabilities = [\"read\"] }" }));
    script.get("sys/policies/acl/{me}");
    script.put("sys/policy/{me}", json!({ "policy": "path" }));
    script.put("sys/policy/root", json!({ "policy": "" }));
    script.delete("sys/policy/default");
    script.delete("sys/policy/root");
    script.delete("sys/policy/{me}");
    script.get("sys/policy/{me}");
    script
}

/// How OpenBao makes up passwords.
fn of_passwords() -> Script {
    let mut script = Script::new("policy of passwords");
    for method in METHODS {
        script.ask(method, "sys/policies/password/{me}");
    }
    script
}

fn verbs() -> Script {
    let mut script = Script::new("policy verbs");
    script.policy("");
    for path in [
        "sys/policies/acl/{me}",
        "sys/policy/{me}",
        "sys/policies/egp/{me}",
        "sys/policies/nothing/{me}",
        "sys/policies/",
    ] {
        for method in METHODS {
            script.ask(method, path);
        }
    }
    script
}

/// Which fields of a request a rule allows.
fn parameters() -> Script {
    let mut script = Script::new("policy parameters");
    script.mount_kv_v1();
    let rules = [
        ("allowed", "allowed_parameters = { x = [] y = [\"1\", \"2*\"] }"),
        ("any", "allowed_parameters = { \"*\" = [] z = [\"9\"] }"),
        ("denied", "denied_parameters = { x = [] y = [\"1\", \"3*\"] }"),
        ("all-denied", "denied_parameters = { \"*\" = [] }"),
        ("required", "required_parameters = [\"x\", \"y\"]"),
        ("both", "allowed_parameters = { x = [\"1\"] } denied_parameters = { x = [\"1\"] }"),
    ];
    let all: Vec<String> = rules
        .iter()
        .map(|(path, rule)| format!("path \"{{me}}/{path}\" {{\n capabilities = [\"create\", \"update\", \"read\", \"list\"]\n {rule}\n}}\n"))
        .collect();
    script.policy(&all.concat());
    script.token("token", json!({ "policies": ["{me}"] }));
    for (path, _) in rules {
        for body in [
            json!({ "x": "1" }),
            json!({ "y": "1" }),
            json!({ "y": "23" }),
            json!({ "y": "33" }),
            json!({ "x": 1, "y": "1" }),
            json!({ "z": "9" }),
            json!({ "z": "8" }),
            json!({ "X": "1" }),
            json!({ "x": ["1"] }),
            json!({ "y": 1 }),
        ] {
            script.post(&format!("{{me}}/{path}"), body).by("{token}");
        }
        script.get(&format!("{{me}}/{path}")).by("{token}");
    }
    script
}

fn wrapping() -> Script {
    let mut script = Script::new("policy of wrapping times");
    script.mount_kv_v1();
    script.post("{me}/a", json!({ "x": 1 }));
    script.policy(
        "path \"{me}/a\" { capabilities = [\"read\"] min_wrapping_ttl = \"1m\" max_wrapping_ttl = \"1h\" }",
    );
    script.token("token", json!({ "policies": ["{me}"] }));
    script.get("{me}/a").by("{token}");
    for ttl in ["30", "60", "3600", "2h", "x", "0", "-1"] {
        script.get("{me}/a").by("{token}").header("X-Vault-Wrap-TTL", ttl);
    }
    script
}

fn templates() -> Script {
    let mut script = Script::new("policy templates");
    script.policy("path \"{me}/{{identity.entity.id}}/*\" { capabilities = [\"read\"] } path \"{me}/{{identity.entity.name}}\" { capabilities = [\"list\"] } path \"{me}/x\" { capabilities = [\"read\"] }");
    script.get("sys/policies/acl/{me}");
    script.token("token", json!({ "policies": ["{me}", "default"] }));
    script
        .post(
            "sys/capabilities-self",
            json!({ "paths": ["{me}/x", "{me}//y", "{me}/{{identity.entity.id}}/y"] }),
        )
        .by("{token}");
    script
}

fn expiring() -> Script {
    let mut script = Script::new("policy that expires");
    for more in [
        json!({ "ttl": "1h" }),
        json!({ "expiration": "2040-01-01T00:00:00Z" }),
        json!({ "expiration": "2020-01-01T00:00:00Z" }),
        json!({ "ttl": "x" }),
        json!({ "ttl": "-1s" }),
        json!({ "ttl": "1h", "expiration": "2040-01-01T00:00:00Z" }),
    ] {
        let mut body = more;
        body["policy"] = json!("path \"a\" { capabilities = [\"read\"] }");
        script.put("sys/policies/acl/{me}", body);
        script.get("sys/policies/acl/{me}");
    }
    script
}

fn check_and_set() -> Script {
    let mut script = Script::new("policy check and set");
    for more in [
        json!({ "cas": 0 }),
        json!({ "cas": 0 }),
        json!({ "cas": 1 }),
        json!({ "cas": -1 }),
        json!({ "cas": "x" }),
        json!({ "cas_required": true }),
        json!({}),
        json!({ "cas": 3 }),
        json!({ "cas": 4, "cas_required": false }),
    ] {
        let mut body = more;
        body["policy"] = json!("path \"a\" { capabilities = [\"read\"] }");
        script.put("sys/policies/acl/{me}", body);
        script.get("sys/policies/acl/{me}");
    }
    script
}
