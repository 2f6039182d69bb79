use serde_json::{Value, json};

use super::{
    signer::RSA,
    tokens::{jwt, merge},
};
use crate::conformance::frame::{Script, agree};

#[test]
fn logins_are_answered_alike() {
    agree(&[requests(), before_the_token()]);
}

pub(in crate::conformance) fn stage(name: &str, config: &Value) -> Script {
    let mut script = Script::new(name);
    script.post("sys/auth/{me}", json!({ "type": "jwt" }));
    script.post("auth/{me}/config", config.clone());
    script
}

pub(in crate::conformance) fn static_keys() -> Value {
    json!({ "jwt_validation_pubkeys": [RSA.pem()] })
}

pub(in crate::conformance) fn role() -> Value {
    json!({
        "role_type": "jwt", "user_claim": "project_id", "bound_audiences": ["https://vault.example"],
        "bound_claims": { "project_path": "g/p", "ref_protected": "true" }, "token_policies": ["default"],
    })
}

/// Logs in with changed claims, on a role with changes.
pub(super) fn rows(name: &str, config: &Value, rows: Vec<(&str, Value, Value)>) -> Script {
    let mut script = stage(name, config);
    for (label, of_role, of_claims) in rows {
        let mut role = role();
        merge(&mut role, &of_role);
        script.post("auth/{me}/role/r", role).titled(label);
        script.post("auth/{me}/login", json!({ "role": "r", "jwt": jwt(&of_claims) })).titled(label);
        script.delete("auth/{me}/role/r");
    }
    script
}

/// What the request itself says.
fn requests() -> Script {
    let mut script = stage("login requests", &static_keys());
    script.post("auth/{me}/role/r", role());
    let jwt = jwt(&json!({}));
    for (label, body) in [
        ("empty", json!({})),
        ("no jwt", json!({ "role": "r" })),
        ("no role", json!({ "jwt": jwt })),
        ("empty jwt", json!({ "role": "r", "jwt": "" })),
        ("empty role", json!({ "role": "", "jwt": jwt })),
        ("role in capitals", json!({ "role": "R", "jwt": jwt })),
        ("role with spaces", json!({ "role": " r ", "jwt": jwt })),
        ("unknown role", json!({ "role": "zz", "jwt": jwt })),
        ("role that is a number", json!({ "role": 5, "jwt": jwt })),
        ("role that is a list", json!({ "role": ["r"], "jwt": jwt })),
        ("jwt that is a number", json!({ "role": "r", "jwt": 5 })),
        ("jwt that is null", json!({ "role": "r", "jwt": null })),
        ("jwt that is a map", json!({ "role": "r", "jwt": {} })),
        ("unknown field", json!({ "role": "r", "jwt": jwt, "x": 1 })),
        ("path in a field", json!({ "role": "r/../r", "jwt": jwt })),
        ("quote in the role", json!({ "role": "a\"b\n", "jwt": jwt })),
    ] {
        script.post("auth/{me}/login", body.clone()).without_token().titled(label);
        script.put("auth/{me}/login", body).titled(label);
    }
    let body = json!({ "role": "r", "jwt": jwt });
    script.post("auth/{me}/login", body.clone()).by("wrong").titled("with a wrong token");
    script.post("auth/{me}/login/", body.clone()).titled("with a slash");
    script.post("auth/{me}/login/x", body.clone()).without_token().titled("below");
    script.post("auth/nothing-{me}/login", body.clone()).without_token().titled("no such mount");
    script.post("auth/nothing-{me}/login", body.clone()).titled("no such mount, with a token");
    script
        .ask("POST", "auth/{me}/login")
        .text(&format!("role=r&jwt={jwt}"))
        .header("Content-Type", "application/x-www-form-urlencoded")
        .titled("a form");
    script.ask("POST", &format!("auth/{{me}}/login?role=r&jwt={jwt}")).titled("a query");
    script.get(&format!("auth/{{me}}/login?role=r&jwt={jwt}")).titled("a query read");
    script.ask("POST", "auth/{me}/login").titled("no body");
    script.ask("POST", "auth/{me}/login").text("{").titled("a broken body");
    script.ask("POST", "auth/{me}/login").text("[]").titled("a list");
    script.post("auth/{me}/login", body.clone()).header("X-Vault-Namespace", "zz").titled("a namespace");
    script.post("auth/{me}/login", body).header("X-Vault-Wrap-TTL", "60").titled("wrapped");
    script
}

/// What is looked at before the token.
fn before_the_token() -> Script {
    let mut script = Script::new("login before the token");
    let jwt = jwt(&json!({}));
    script.post("sys/auth/{me}", json!({ "type": "jwt" }));
    let login = |role: &str, jwt: &str| json!({ "role": role, "jwt": jwt });
    script.post("auth/{me}/login", login("r", &jwt)).titled("no config");
    script.post("auth/{me}/role/r", role());
    script.post("auth/{me}/login", login("r", &jwt)).titled("no config, but a role");
    script.post("auth/{me}/config", static_keys());
    script.post("auth/{me}/login", json!({ "jwt": jwt })).titled("no role and no default");
    let mut config = static_keys();
    config["default_role"] = json!("R");
    script.post("auth/{me}/config", config);
    script.post("auth/{me}/login", json!({ "jwt": jwt })).titled("the default role");
    let mut bound = role();
    bound["token_bound_cidrs"] = json!(["10.0.0.0/8"]);
    script.post("auth/{me}/role/far", bound.clone());
    script.post("auth/{me}/login", login("far", &jwt)).titled("another network");
    script.post("auth/{me}/login", login("far", "")).titled("another network and no token");
    bound["token_bound_cidrs"] = json!(["127.0.0.0/8"]);
    script.post("auth/{me}/role/near", bound);
    script.post("auth/{me}/login", login("near", &jwt)).titled("this network");
    script.delete("auth/{me}/role/r");
    script.post("auth/{me}/login", login("r", &jwt)).titled("a deleted role");
    script.delete("sys/auth/{me}");
    script.post("auth/{me}/login", login("near", &jwt)).titled("an unmounted method").without_token();
    script
}
