use serde_json::{Value, json};

use crate::conformance::frame::{Script, agree, agree_alone};

#[test]
fn every_capability_answers_every_verb_alike() {
    let mut scripts = Vec::new();
    for capabilities in SETS {
        let listed = json!(capabilities);
        let hcl = format!(
            r#"path "{{me}}/*" {{ capabilities = {listed} }} path "{{me}}" {{ capabilities = {listed} }}"#
        );
        scripts.push(verbs_on_v1(&format!("capability {} on v1", name(capabilities)), &hcl));
        let json = json!({ "path": { "{me}/*": { "capabilities": capabilities } } }).to_string();
        scripts.push(verbs_on_v2(&format!("capability {} on v2", name(capabilities)), &json));
        scripts.push(verbs_on_system(capabilities));
    }
    agree(&scripts);
}

#[test]
fn the_same_rule_wins() {
    agree(&[specific(), unions(), segments(), ends(), lists_of_folders(), old_words(), denied()]);
    agree_alone(&[without_policies()]);
}

const SETS: &[&[&str]] = &[
    &[],
    &["create"],
    &["read"],
    &["update"],
    &["patch"],
    &["delete"],
    &["list"],
    &["scan"],
    &["sudo"],
    &["deny"],
    &["create", "update"],
    &["read", "list"],
    &["update", "sudo"],
    &["read", "deny"],
    &["create", "read", "update", "patch", "delete", "list", "scan", "sudo"],
];

fn name(capabilities: &[&str]) -> String {
    if capabilities.is_empty() { "none".to_owned() } else { capabilities.join(" and ") }
}

/// A request that creates, one that updates, and all others.
fn verbs_on_v1(name: &str, rules: &str) -> Script {
    let mut script = Script::new(name);
    script.mount_kv_v1();
    script.policy(rules);
    script.token("token", json!({ "policies": ["{me}"] }));
    script.post("{me}/there", json!({ "x": 1 }));
    script.post("{me}/there", json!({ "x": 2 })).by("{token}");
    script.post("{me}/new", json!({ "x": 1 })).by("{token}");
    script.patch("{me}/there", json!({ "x": 1 })).by("{token}");
    for path in ["there", "missing", ""] {
        for method in ["GET", "LIST", "SCAN", "HEAD", "DELETE"] {
            script.ask(method, &format!("{{me}}/{path}")).by("{token}");
        }
    }
    script.post("{me}/", json!({ "x": 1 })).by("{token}");
    script.get("{me}/there?list=true").by("{token}");
    script
        .post("sys/capabilities-self", json!({ "paths": ["{me}/there", "{me}/", "{me}", "other"] }))
        .by("{token}");
    script
}

fn verbs_on_v2(name: &str, rules: &str) -> Script {
    let mut script = Script::new(name);
    script.mount_kv_v2();
    script.policy(rules);
    script.token("token", json!({ "policies": ["{me}"] }));
    script.post("{me}/data/there", json!({ "data": { "x": 1 } }));
    let data = json!({ "data": { "x": 2 } });
    for path in ["data/there", "data/new"] {
        script.post(&format!("{{me}}/{path}"), data.clone()).by("{token}");
        script.patch(&format!("{{me}}/{path}"), data.clone()).by("{token}");
    }
    for path in ["data/there", "metadata/there", "metadata/", "data/missing", "config", "subkeys/there"] {
        for method in ["GET", "LIST", "SCAN"] {
            script.ask(method, &format!("{{me}}/{path}")).by("{token}");
        }
    }
    for path in ["delete/there", "undelete/there", "destroy/there"] {
        script.post(&format!("{{me}}/{path}"), json!({ "versions": [1] })).by("{token}");
    }
    for path in ["metadata/there", "metadata/new", "config"] {
        script.post(&format!("{{me}}/{path}"), json!({ "max_versions": 3 })).by("{token}");
        script.patch(&format!("{{me}}/{path}"), json!({ "max_versions": 4 })).by("{token}");
    }
    script.delete("{me}/data/there").by("{token}");
    script.delete("{me}/metadata/there").by("{token}");
    script
}

/// Paths that a mere capability does not open.
fn verbs_on_system(capabilities: &[&str]) -> Script {
    let mut script = Script::new(format!("capability {} on the system", name(capabilities)));
    let listed = json!(capabilities);
    script.policy(&format!(
        r#"path "sys/*" {{ capabilities = {listed} }} path "auth/*" {{ capabilities = {listed} }}"#
    ));
    script.token("token", json!({ "policies": ["{me}"], "no_default_policy": true }));
    for path in [
        "sys/mounts/{me}/tune",
        "sys/auth/nothing-{me}",
        "sys/policies/acl/nothing-{me}",
        "auth/token/lookup-self",
        "auth/token/roles/{me}",
        "sys/nothing",
    ] {
        for method in ["GET", "LIST", "DELETE"] {
            script.ask(method, path).by("{token}");
        }
    }
    script.post("sys/auth/{me}", json!({ "type": "jwt" })).by("{token}");
    script.post("sys/mounts/{me}", json!({ "type": "kv" })).by("{token}");
    script
        .post("auth/{me}/role/new", json!({ "role_type": "jwt", "user_claim": "sub", "bound_subject": "x" }))
        .by("{token}");
    script
        .post("auth/{me}/role/new", json!({ "role_type": "jwt", "user_claim": "sub", "bound_subject": "y" }))
        .by("{token}");
    script.get("auth/{me}/role/new").by("{token}");
    script.put("sys/policies/acl/made-{me}", json!({ "policy": "" })).by("{token}");
    script
        .post("auth/token/create", json!({ "ttl": "1h" }))
        .by("{token}")
        .capture("child", "/auth/client_token");
    script.post("auth/token/create-orphan", json!({ "ttl": "1h" })).by("{token}");
    script.post("auth/token/revoke-orphan", json!({ "token": "nothing" })).by("{token}");
    script.get("sys/internal/ui/mounts/{me}").by("{token}");
    script.delete("sys/mounts/{me}").by("{token}");
    script.delete("sys/auth/{me}").by("{token}");
    script
}

/// What a token with these rules may do on these paths.
fn asked(name: &str, rules: &str, paths: &[&str]) -> Script {
    let mut script = Script::new(name);
    script.policy(rules);
    script.token("token", json!({ "policies": ["{me}"], "no_default_policy": true }));
    script.policy_of_asking();
    script.token("asking", json!({ "policies": ["{me}", "{me}-asking"], "no_default_policy": true }));
    script.post("sys/capabilities-self", json!({ "paths": paths })).by("{asking}");
    script.post("sys/capabilities", json!({ "token": "{token}", "paths": paths }));
    for path in paths {
        script.get(path).by("{token}");
    }
    script
}

impl Script {
    fn policy_of_asking(&mut self) {
        let rules = r#"path "sys/capabilities-self" { capabilities = ["update"] }"#;
        self.put("sys/policies/acl/{me}-asking", json!({ "policy": rules }));
    }
}

fn specific() -> Script {
    asked(
        "capability of the most specific rule",
        r#"
        path "*" { capabilities = ["list"] }
        path "p/*" { capabilities = ["read"] }
        path "p/q/*" { capabilities = ["update"] }
        path "p/q/exact" { capabilities = ["delete"] }
        path "p/+/z" { capabilities = ["patch"] }
        path "p/+/*" { capabilities = ["create"] }
        path "p/+/+" { capabilities = ["sudo", "read"] }
        path "+/q/r" { capabilities = ["read", "update"] }
        path "p/qq*" { capabilities = ["deny"] }
        "#,
        &[
            "p",
            "p/",
            "p/x",
            "p/q",
            "p/q/",
            "p/q/x",
            "p/q/exact",
            "p/q/exact/x",
            "p/x/z",
            "p/q/z",
            "p/x/y",
            "p/x/y/z",
            "x/q/r",
            "p/q/r",
            "p/qq",
            "p/qqx/z",
            "other",
            "",
        ],
    )
}

fn unions() -> Script {
    let mut script = Script::new("capability of several policies");
    for (number, rules) in [
        r#"path "p/*" { capabilities = ["read"] } path "p/a" { capabilities = ["read"] }"#,
        r#"path "p/*" { capabilities = ["list", "update"] } path "p/b" { capabilities = ["deny"] }"#,
        r#"path "p/a" { capabilities = ["delete"] } path "p/b" { capabilities = ["read"] } path "p/c*" { capabilities = ["deny"] }"#,
    ].iter().enumerate() {
        script.put(&format!("sys/policies/acl/{{me}}-{number}"), json!({ "policy": rules }));
    }
    script.token("token", json!({ "policies": ["{me}-0", "{me}-1", "{me}-2", "default"] }));
    let paths =
        ["p/", "p/a", "p/b", "p/c", "p/cc", "p/d", "q", "auth/token/lookup-self", "sys/capabilities-self"];
    script.post("sys/capabilities-self", json!({ "paths": paths })).by("{token}");
    for path in paths {
        script.get(path).by("{token}");
    }
    script
}

fn segments() -> Script {
    asked(
        "capability of segments",
        r#"
        path "+" { capabilities = ["read"] }
        path "a/+" { capabilities = ["update"] }
        path "a/+/c" { capabilities = ["delete"] }
        path "a/+/+/d" { capabilities = ["list"] }
        path "a/+/c*" { capabilities = ["create"] }
        path "b+/x" { capabilities = ["read"] }
        path "c/+x" { capabilities = ["read"] }
        path "d/+/" { capabilities = ["list"] }
        path "e/*/f" { capabilities = ["read"] }
        path "f/**" { capabilities = ["read"] }
        path "/g" { capabilities = ["read"] }
        path "h/" { capabilities = ["list"] }
        "#,
        &[
            "x", "a", "a/", "a/b", "a/b/c", "a/b/cc", "a/b/c/d", "a/b/x/d", "b+/x", "bb/x", "c/+x", "c/xx",
            "d/x/", "d/x", "e/x/f", "e/*/f", "f/x", "f/*x", "f/", "g", "h", "h/",
        ],
    )
}

fn ends() -> Script {
    asked(
        "capability of prefixes",
        r#"
        path "ab*" { capabilities = ["read"] }
        path "abc*" { capabilities = ["update"] }
        path "abc" { capabilities = ["delete"] }
        path "abcd/*" { capabilities = ["list"] }
        path "ü/*" { capabilities = ["read"] }
        path "with space/*" { capabilities = ["read"] }
        "#,
        &["a", "ab", "abb", "abc", "abcc", "abcd", "abcd/", "abcd/x", "%C3%BC/x", "with%20space/x"],
    )
}

fn lists_of_folders() -> Script {
    let mut script = Script::new("capability to list folders");
    script.mount_kv_v1();
    script.post("{me}/d/x", json!({ "x": 1 }));
    for (number, rule) in
        ["{me}/d", "{me}/d/", "{me}/d*", "{me}/d/*", "{me}/+/", "{me}/+", "{me}/*"].iter().enumerate()
    {
        script.put(
            &format!("sys/policies/acl/{{me}}-{number}"),
            json!({ "policy": format!(r#"path "{rule}" {{ capabilities = ["list"] }}"#) }),
        );
        script.token("token", json!({ "policies": [format!("{{me}}-{number}")] }));
        script.list("{me}/d").by("{token}");
        script.list("{me}/d/").by("{token}");
        script.get("{me}/d?list=true").by("{token}");
        script.list("{me}").by("{token}");
        script
            .post("sys/capabilities-self", json!({ "paths": ["{me}/d", "{me}/d/", "{me}/d/x"] }))
            .by("{token}");
    }
    script
}

/// The words of Vault's first versions.
fn old_words() -> Script {
    asked(
        "capability in old words",
        r#"
        path "a" { policy = "read" }
        path "b" { policy = "write" }
        path "c" { policy = "sudo" }
        path "d" { policy = "deny" }
        path "e" { policy = "read" capabilities = ["list"] }
        path "f" { }
        path "g" { capabilities = ["root"] }
        "#,
        &["a", "b", "c", "d", "e", "f"],
    )
}

fn denied() -> Script {
    asked(
        "capability denied",
        r#"
        path "*" { capabilities = ["read", "list", "update"] }
        path "x/*" { capabilities = ["deny", "read"] }
        path "x/y" { capabilities = ["read"] }
        path "x/+/z" { capabilities = ["deny"] }
        "#,
        &["x", "x/", "x/y", "x/a", "x/y/z", "y"],
    )
}

fn without_policies() -> Script {
    let mut script = Script::new("capability without policies");
    script.token("bare", json!({ "policies": ["nothing-{me}"], "no_default_policy": true }));
    script.token("usual", json!({ "policies": ["default"] }));
    let paths = [
        "auth/token/lookup-self",
        "auth/token/renew-self",
        "auth/token/revoke-self",
        "sys/capabilities-self",
        "sys/internal/ui/resultant-acl",
        "sys/renew",
        "sys/leases/renew",
        "sys/leases/lookup",
        "cubbyhole/x",
        "sys/wrapping/wrap",
        "sys/wrapping/lookup",
        "sys/wrapping/unwrap",
        "sys/tools/hash",
        "sys/control-group/request",
        "identity/oidc/provider/x/authorize",
        "sys/mounts",
        "sys/health",
        "secret/data/x",
    ];
    for token in ["{bare}", "{usual}"] {
        script.post("sys/capabilities-self", json!({ "paths": paths })).by(token);
        for path in [
            "auth/token/lookup-self",
            "sys/mounts",
            "sys/health",
            "sys/internal/ui/mounts",
            "secret/data/x",
            "nothing",
            "sys/nothing",
            "auth/nothing/x",
            "sys/seal-status",
        ] {
            script.get(path).by(token);
        }
    }
    script.post("sys/capabilities", json!({ "token": "{usual}", "paths": paths }));
    script
}

#[test]
fn capabilities_are_asked_for_alike() {
    let mut script = Script::new("capability questions");
    script.policy(
        r#"path "a" { capabilities = ["read"] } path "sys/capabilities*" { capabilities = ["update"] }"#,
    );
    script
        .post("auth/token/create", json!({ "policies": ["{me}"] }))
        .capture("token", "/auth/client_token")
        .capture("accessor", "/auth/accessor");
    let questions: Vec<Value> = vec![
        json!({}),
        json!({ "path": "a" }),
        json!({ "paths": "a" }),
        json!({ "paths": ["a", "b"] }),
        json!({ "path": ["a"] }),
        json!({ "paths": [] }),
        json!({ "paths": null }),
        json!({ "paths": "a,b" }),
        json!({ "paths": 5 }),
        json!({ "paths": {} }),
        json!({ "path": "a", "paths": ["b"] }),
        json!({ "paths": ["a", "a"] }),
        json!({ "paths": [""] }),
        json!({ "paths": ["/a"] }),
        json!({ "paths": ["data"] }),
        json!({ "paths": ["a/../b"] }),
        json!({ "paths": ["ü"] }),
    ];
    for question in questions {
        script.post("sys/capabilities-self", question.clone());
        script.post("sys/capabilities-self", question.clone()).by("{token}");
        let mut of_token = question.clone();
        of_token["token"] = json!("{token}");
        script.post("sys/capabilities", of_token);
        let mut of_accessor = question;
        of_accessor["accessor"] = json!("{accessor}");
        script.post("sys/capabilities-accessor", of_accessor);
    }
    for path in ["sys/capabilities", "sys/capabilities-accessor", "sys/capabilities-self"] {
        script.post(path, json!({ "paths": "a", "token": "nothing", "accessor": "nothing" }));
        script.post(path, json!({ "paths": "a" })).without_token();
        script.ask("POST", path);
        script.get(path);
        script.list(path);
        script.delete(path);
    }
    script.post("sys/capabilities", json!({ "token": "{token}", "paths": "a" })).by("{token}");
    agree(&[script]);
}
