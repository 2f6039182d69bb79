use serde_json::{Value, json};

use super::{
    logins::{role, stage, static_keys},
    tokens::{jwt, merge},
};
use crate::conformance::frame::{Script, agree};

#[test]
fn sessions_are_given_alike() {
    let mut scripts = vec![renewals(), gone_roles(), changed_roles(), unmounted()];
    for (field, values) in fields() {
        scripts.push(given_with(field, &values));
    }
    agree(&scripts);
}

fn fields() -> Vec<(&'static str, Vec<Value>)> {
    vec![
        ("token_ttl", vec![json!("1h"), json!(90), json!("9999h"), json!(0)]),
        ("token_max_ttl", vec![json!("1h"), json!("9999h")]),
        ("token_explicit_max_ttl", vec![json!("1h"), json!("9999h")]),
        ("token_period", vec![json!("1h"), json!("9999h")]),
        (
            "token_policies",
            vec![json!([]), json!(["a", "b"]), json!(["root"]), json!(["default"]), json!(["B", "a", "a"])],
        ),
        ("token_no_default_policy", vec![json!(true), json!(false)]),
        ("token_num_uses", vec![json!(2), json!(0), json!(-1)]),
        (
            "token_type",
            vec![
                json!("service"),
                json!("batch"),
                json!("default"),
                json!("default-service"),
                json!("default-batch"),
            ],
        ),
        ("token_bound_cidrs", vec![json!(["127.0.0.1/32"]), json!(["127.0.0.0/8", "10.0.0.0/8"])]),
        ("token_strictly_bind_ip", vec![json!(true)]),
        ("claim_mappings", vec![json!({ "project_path": "path" })]),
        ("token_policies_template_claims", vec![json!(true)]),
    ]
}

/// Logs in with a role of this field's values, looks the session up, renews it, and gives it back.
fn given_with(field: &str, values: &[Value]) -> Script {
    let mut script = stage(&format!("login session {field}"), &static_keys());
    for value in values {
        for more in [
            json!({}),
            json!({ "token_ttl": "30m", "token_max_ttl": "2h" }),
            json!({ "token_type": "batch", "token_ttl": "10m" }),
        ] {
            let mut role = role();
            merge(&mut role, &more);
            role[field] = value.clone();
            script.post("auth/{me}/role/r", role);
            script.login("r");
            script.get("auth/token/lookup-self").by("{session}");
            script.post("auth/token/renew-self", json!({ "increment": "45m" })).by("{session}");
            script.get("auth/token/lookup-self").by("{session}");
            script.post("auth/token/revoke-self", json!({})).by("{session}");
            script.get("auth/token/lookup-self").by("{session}");
            script.delete("auth/{me}/role/r");
        }
    }
    script
}

impl Script {
    /// Logs in with a good token, and keeps the session.
    fn login(&mut self, role: &str) {
        self.post("auth/{me}/login", json!({ "role": role, "jwt": jwt(&json!({})) }))
            .without_token()
            .titled("login")
            .capture("session", "/auth/client_token")
            .capture("accessor", "/auth/accessor");
    }
}

fn renewals() -> Script {
    let mut script = stage("login renewals", &static_keys());
    let mut limited = role();
    merge(&mut limited, &json!({ "token_ttl": "30m", "token_max_ttl": "1h" }));
    script.post("auth/{me}/role/r", limited);
    script.login("r");
    for increment in [json!("60s"), json!("45m"), json!("2h"), json!(0), json!("x"), json!(-5), json!("3h")] {
        script.post("auth/token/renew-self", json!({ "increment": increment })).by("{session}");
        script.get("auth/token/lookup-self").by("{session}");
    }
    script.post("auth/token/renew", json!({ "token": "{session}" }));
    script.post("auth/token/renew-accessor", json!({ "accessor": "{accessor}" }));
    script
}

fn gone_roles() -> Script {
    let mut script = stage("login whose role is gone", &static_keys());
    script.post("auth/{me}/role/r", role());
    script.login("r");
    script.delete("auth/{me}/role/r");
    script.post("auth/token/renew-self", json!({})).by("{session}");
    script.post("auth/token/renew-self", json!({ "increment": "60s" })).by("{session}");
    script.post("auth/token/renew", json!({ "token": "{session}" }));
    script.get("auth/token/lookup-self").by("{session}");
    script.post("auth/token/revoke-self", json!({})).by("{session}");
    script
}

fn changed_roles() -> Script {
    let mut script = stage("login whose role changed", &static_keys());
    script.post("auth/{me}/role/r", role());
    script.login("r");
    for change in [
        json!({ "token_ttl": "10m" }),
        json!({ "token_max_ttl": "15m" }),
        json!({ "token_period": "5m" }),
        json!({ "token_policies": ["z"] }),
        json!({ "token_type": "batch" }),
    ] {
        let mut role = role();
        merge(&mut role, &change);
        script.post("auth/{me}/role/r", role);
        script.post("auth/token/renew-self", json!({})).by("{session}");
        script.get("auth/token/lookup-self").by("{session}");
    }
    script
}

fn unmounted() -> Script {
    let mut script = stage("login whose method is gone", &static_keys());
    script.post("auth/{me}/role/r", role());
    script.login("r");
    script.delete("sys/auth/{me}");
    script.get("auth/token/lookup-self").by("{session}");
    script.post("auth/token/renew-self", json!({})).by("{session}");
    script.post("auth/token/lookup-accessor", json!({ "accessor": "{accessor}" }));
    script
}
