use serde_json::{Value, json};

use crate::conformance::frame::{METHODS, Script, agree};

#[test]
fn roles_are_kept_alike() {
    let mut scripts = vec![kept(), names(), defaults(), merged(), bounds(), verbs()];
    for (field, values) in fields() {
        scripts.push(written_with(field, &values));
    }
    agree(&scripts);
}

fn stage(name: &str) -> Script {
    let mut script = Script::new(name);
    script.post("sys/auth/{me}", json!({ "type": "jwt" }));
    script
}

/// What a role must have.
fn least() -> Value {
    json!({ "role_type": "jwt", "user_claim": "sub", "bound_audiences": ["a"] })
}

fn fields() -> Vec<(&'static str, Vec<Value>)> {
    let texts = vec![
        json!("x"),
        json!(""),
        json!(null),
        json!(5),
        json!(true),
        json!([]),
        json!({}),
        json!("ü <&>"),
        json!(1.5),
    ];
    let lists = vec![
        json!(["a", "b"]),
        json!("a,b"),
        json!("a"),
        json!([]),
        json!(""),
        json!(null),
        json!(5),
        json!([1, true]),
        json!({}),
        json!(["a,b", " c "]),
        json!(["", "x"]),
        json!([["a"]]),
        json!(true),
        json!("a, b ,,c"),
        json!([null]),
        json!(["b", "a", "b"]),
    ];
    let flags = vec![
        json!(true),
        json!(false),
        json!("true"),
        json!("F"),
        json!("x"),
        json!(1),
        json!(0),
        json!(2),
        json!(null),
        json!(""),
        json!([]),
        json!({}),
        json!(1.0),
        json!("yes"),
    ];
    let durations = vec![
        json!("1h"),
        json!(90),
        json!("90"),
        json!("1d"),
        json!("1w"),
        json!("0"),
        json!(0),
        json!(""),
        json!(null),
        json!("x"),
        json!(-1),
        json!("-1"),
        json!("-1h"),
        json!(1.5),
        json!("1.5h"),
        json!([]),
        json!(true),
        json!({}),
        json!("500ms"),
        json!("1h30m"),
        json!("99999999999h"),
        json!(9_223_372_036_854_775_807_i64),
        json!(" 1h "),
        json!("1H"),
        json!(1e3),
    ];
    let numbers = vec![
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
        json!("0x10"),
        json!("010"),
        json!({}),
    ];
    let maps = vec![
        json!({ "a": "b" }),
        json!({}),
        json!(null),
        json!("x"),
        json!("a=b"),
        json!(["a=b"]),
        json!([]),
        json!(5),
        json!({ "a": 1 }),
        json!({ "a": ["b", "c"] }),
        json!({ "a": null }),
        json!({ "a": { "b": "c" } }),
        json!({ "a": true }),
        json!({ "a": [] }),
        json!("{\"a\":\"b\"}"),
        json!({ "": "" }),
        json!({ "a": 1.5 }),
        json!({ "/a/b": "c" }),
        json!([{ "a": "b" }]),
    ];
    vec![
        (
            "role_type",
            vec![
                json!("jwt"),
                json!("oidc"),
                json!("x"),
                json!(""),
                json!(null),
                json!(5),
                json!("JWT"),
                json!([]),
            ],
        ),
        ("bound_audiences", lists.clone()),
        ("bound_subject", texts.clone()),
        ("bound_claims", maps.clone()),
        (
            "bound_claims_type",
            vec![json!("string"), json!("glob"), json!("x"), json!(""), json!(null), json!(5), json!("GLOB")],
        ),
        (
            "claim_mappings",
            maps.into_iter()
                .chain([json!({ "a": "x", "b": "x" }), json!({ "a": "role" }), json!({ "a": "" })])
                .collect(),
        ),
        ("user_claim", texts.clone()),
        ("user_claim_json_pointer", flags.clone()),
        ("groups_claim", texts.clone()),
        ("expiration_leeway", durations.clone()),
        ("not_before_leeway", durations.clone()),
        ("clock_skew_leeway", durations.clone()),
        ("token_ttl", durations.clone()),
        ("token_max_ttl", durations.clone()),
        ("token_explicit_max_ttl", durations.clone()),
        ("token_period", durations.clone()),
        (
            "token_policies",
            lists.clone().into_iter().chain([json!(["root"]), json!(["Default", "A"])]).collect(),
        ),
        (
            "token_bound_cidrs",
            vec![
                json!(["10.0.0.0/8"]),
                json!("127.0.0.1"),
                json!("10.0.0.0/8,::1/128"),
                json!([]),
                json!(""),
                json!("x"),
                json!(["10.0.0.0/33"]),
                json!(null),
                json!(5),
                json!("10.0.0.1/8"),
                json!("fd00::/8"),
                json!("/tmp/socket"),
                json!("localhost"),
                json!("127.0.0.1:80"),
                json!("0.0.0.0/0"),
                json!({}),
            ],
        ),
        ("token_no_default_policy", flags.clone()),
        ("token_num_uses", numbers),
        (
            "token_type",
            vec![
                json!("service"),
                json!("batch"),
                json!("default"),
                json!("default-service"),
                json!("default-batch"),
                json!(""),
                json!("x"),
                json!(null),
                json!(5),
                json!("Batch"),
            ],
        ),
        ("token_strictly_bind_ip", flags.clone()),
        ("token_policies_template_claims", flags.clone()),
        ("verbose_oidc_logging", flags.clone()),
        ("oidc_disable_confirmation", flags),
        ("max_age", durations.clone()),
        ("poll_interval", durations.clone()),
        ("allowed_redirect_uris", lists.clone()),
        ("oidc_scopes", lists.clone()),
        (
            "callback_mode",
            vec![
                json!("client"),
                json!("direct"),
                json!("device"),
                json!("x"),
                json!(""),
                json!(null),
                json!(5),
            ],
        ),
        (
            "oauth2_metadata",
            vec![
                json!(["access_token"]),
                json!(["id_token", "refresh_token"]),
                json!(["x"]),
                json!([]),
                json!("x"),
                json!(null),
            ],
        ),
        ("policies", lists.clone()),
        ("ttl", durations.clone()),
        ("max_ttl", durations.clone()),
        ("period", durations),
        ("num_uses", vec![json!(3), json!("x"), json!(-1)]),
        ("bound_cidrs", lists),
        ("unknown", texts),
    ]
}

/// One field, with every value: written to a new role, read, and written again over it.
fn written_with(field: &str, values: &[Value]) -> Script {
    let mut script = stage(&format!("jwt role {field}"));
    for value in values {
        let mut role = least();
        role[field] = value.clone();
        script.post("auth/{me}/role/r", role.clone());
        script.get("auth/{me}/role/r");
    }
    script.post("auth/{me}/role/r", least());
    script.get("auth/{me}/role/r");
    script
}

fn kept() -> Script {
    let mut script = stage("jwt roles kept");
    script.list("auth/{me}/role");
    script.get("auth/{me}/role/r");
    script.delete("auth/{me}/role/r");
    for name in ["r", "b", "a-b.c_d", "UPPER"] {
        script.put(&format!("auth/{{me}}/role/{name}"), least());
    }
    script.list("auth/{me}/role");
    script.list("auth/{me}/role/");
    script.get("auth/{me}/role?list=true");
    script.list("auth/{me}/role/r");
    for name in ["R", "upper", "UPPER", "r/", "a-b.c_d"] {
        script.get(&format!("auth/{{me}}/role/{name}"));
    }
    script.delete("auth/{me}/role/r");
    script.get("auth/{me}/role/r");
    script.list("auth/{me}/role");
    script
}

fn names() -> Script {
    let mut script = stage("jwt role names");
    for name in
        ["-a", "a-", ".a", "a.", "_a_", "%C3%BC", "a%20b", "a%2Fb", "a/b", "a+b", "a:b", "0", "-", "x@y"]
    {
        script.post(&format!("auth/{{me}}/role/{name}"), least());
        script.get(&format!("auth/{{me}}/role/{name}"));
    }
    script.list("auth/{me}/role");
    script
}

fn defaults() -> Script {
    let mut script = stage("jwt role without what it must have");
    for role in [
        json!({}),
        json!({ "role_type": "jwt" }),
        json!({ "user_claim": "sub" }),
        json!({ "role_type": "jwt", "user_claim": "sub" }),
        json!({ "role_type": "jwt", "bound_audiences": "a" }),
        json!({ "user_claim": "sub", "bound_audiences": "a" }),
        least(),
    ] {
        script.post("auth/{me}/role/r", role);
        script.get("auth/{me}/role/r");
    }
    for text in ["", "null", "[]", "\"x\"", "5", "{", "{}x", "{\"a\":}", "{'a':1}"] {
        script.ask("POST", "auth/{me}/role/r").text(text);
    }
    script
}

fn merged() -> Script {
    let mut script = stage("jwt role written in parts");
    script.post(
        "auth/{me}/role/r",
        json!({
            "role_type": "jwt", "user_claim": "sub", "bound_audiences": ["a"], "bound_subject": "s", "bound_claims": { "c": "d*" },
            "bound_claims_type": "glob", "claim_mappings": { "e": "f" }, "token_ttl": "1h", "token_policies": ["p"],
            "token_type": "batch", "clock_skew_leeway": 5, "groups_claim": "g",
        }),
    );
    script.get("auth/{me}/role/r");
    for part in [
        json!({ "role_type": "jwt" }),
        json!({ "role_type": "jwt", "bound_subject": "" }),
        json!({ "role_type": "jwt", "bound_claims": {} }),
        json!({ "role_type": "jwt", "token_ttl": "2h", "token_max_ttl": "1h" }),
        json!({ "role_type": "jwt", "token_max_ttl": "30m" }),
        json!({ "role_type": "jwt", "token_type": "service" }),
        json!({ "token_ttl": "5m" }),
        json!({ "role_type": "jwt", "bound_audiences": [], "bound_claims": { "x": "y" } }),
        json!({ "role_type": "jwt", "bound_claims": {} }),
        json!({ "role_type": "jwt", "token_period": "1h", "token_type": "batch" }),
        json!({ "role_type": "jwt", "token_num_uses": 2, "token_type": "batch" }),
    ] {
        script.post("auth/{me}/role/r", part);
        script.get("auth/{me}/role/r");
    }
    script
}

/// What counts as a bound, and what a glob may be.
fn bounds() -> Script {
    let mut script = stage("jwt role bounds");
    for bound in [
        json!({ "bound_subject": "s" }),
        json!({ "bound_claims": { "a": "b" } }),
        json!({ "token_bound_cidrs": "10.0.0.0/8" }),
        json!({ "bound_audiences": [""] }),
        json!({ "bound_claims": { "a": 5 }, "bound_claims_type": "glob" }),
        json!({ "bound_claims": { "a": ["x", true] }, "bound_claims_type": "glob" }),
        json!({ "bound_claims": { "a": null }, "bound_claims_type": "glob" }),
        json!({ "bound_claims": { "a": { "b": 1 } }, "bound_claims_type": "glob" }),
        json!({ "bound_claims": { "a": [] } }),
        json!({ "bound_claims": { "a": 1.5, "b": [1, "2"] } }),
        json!({ "bound_claims": { "a": 12345678901_i64 }, "bound_claims_type": "glob" }),
        json!({ "bound_claims": { "a": 12345678901_i64, "b": 0.000001 } }),
        json!({ "groups_claim": "g" }),
    ] {
        let mut role = json!({ "role_type": "jwt", "user_claim": "sub" });
        for (name, value) in bound.as_object().expect("fields") {
            role[name] = value.clone();
        }
        script.delete("auth/{me}/role/r");
        script.post("auth/{me}/role/r", role);
        script.get("auth/{me}/role/r");
    }
    script
}

fn verbs() -> Script {
    let mut script = stage("jwt verbs");
    script.post("auth/{me}/role/r", least());
    for path in
        ["role", "role/", "role/r", "config", "login", "nothing", "", "login/x", "role/r/x", "config/"]
    {
        for method in METHODS {
            script.ask(method, &format!("auth/{{me}}/{path}"));
            if !matches!(method, "TRACE" | "FOO" | "OPTIONS") {
                script
                    .ask(method, &format!("auth/{{me}}/{path}"))
                    .header("Content-Type", "application/merge-patch+json")
                    .json(&json!({ "role": "r" }));
            }
        }
    }
    script
}
