use serde_json::{Value, json};

use super::{
    issuer::ISSUER,
    signer::{ED25519, P256, RSA},
};
use crate::conformance::frame::{Script, agree};

#[test]
fn configurations_are_kept_alike() {
    let mut scripts = vec![sources(), pubkeys(), merged(), bodies()];
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

fn least() -> Value {
    json!({ "jwt_validation_pubkeys": [RSA.pem()] })
}

fn fields() -> Vec<(&'static str, Vec<Value>)> {
    let texts = vec![json!("x"), json!(""), json!(null), json!(5), json!(true), json!([]), json!({})];
    let flags = vec![json!(true), json!(false), json!("true"), json!("x"), json!(1), json!(null), json!([])];
    vec![
        ("bound_issuer", texts.clone()),
        ("default_role", texts.iter().cloned().chain([json!("UPPER"), json!("a b")]).collect()),
        (
            "jwt_supported_algs",
            vec![
                json!(["RS256"]),
                json!("RS256,ES256"),
                json!([]),
                json!(["HS256"]),
                json!(["rs256"]),
                json!(["RS256", "x"]),
                json!(null),
                json!(5),
                json!(""),
                json!({}),
                json!(["EdDSA", "PS512"]),
                json!(["none"]),
            ],
        ),
        ("namespace_in_state", flags.clone()),
        ("skip_jwks_validation", flags),
        (
            "override_allowed_server_names",
            vec![json!(["a.example"]), json!("a,b"), json!([]), json!(null), json!(5)],
        ),
        (
            "provider_config",
            vec![
                json!({}),
                json!({ "provider": "x" }),
                json!("x"),
                json!(null),
                json!([]),
                json!({ "a": 1 }),
            ],
        ),
        ("oidc_client_id", texts.clone()),
        ("oidc_client_secret", texts.clone()),
        ("oidc_response_mode", vec![json!("query"), json!("form_post"), json!("x"), json!("")]),
        (
            "oidc_response_types",
            vec![json!(["code"]), json!("code"), json!(["id_token"]), json!(["x"]), json!([])],
        ),
        ("oidc_discovery_ca_pem", texts.clone()),
        ("jwks_ca_pem", texts.clone()),
        ("unsupported_critical_cert_extensions", vec![json!(["1.2.3"])]),
        ("unknown", texts),
    ]
}

fn written_with(field: &str, values: &[Value]) -> Script {
    let mut script = stage(&format!("jwt config {field}"));
    script.get("auth/{me}/config");
    for value in values {
        let mut config = least();
        config[field] = value.clone();
        script.post("auth/{me}/config", config);
        script.get("auth/{me}/config");
    }
    script
}

fn sources() -> Script {
    let mut script = stage("jwt config sources");
    let issuer = &ISSUER.address;
    let jwks = format!("{issuer}/jwks");
    for config in [
        json!({}),
        json!({ "jwks_url": jwks }),
        json!({ "jwks_url": jwks, "oidc_discovery_url": issuer }),
        json!({ "jwks_url": jwks, "jwt_validation_pubkeys": [RSA.pem()] }),
        json!({ "oidc_discovery_url": issuer, "jwt_validation_pubkeys": [RSA.pem()] }),
        json!({ "oidc_discovery_url": issuer }),
        json!({ "oidc_discovery_url": issuer, "bound_issuer": "other" }),
        json!({ "jwks_pairs": [{ "jwks_url": jwks }] }),
        json!({ "jwks_pairs": [{ "jwks_url": jwks }], "bound_issuer": "x" }),
        json!({ "jwks_url": jwks, "bound_issuer": "x", "default_role": "r", "jwt_supported_algs": ["ES256"] }),
    ] {
        script.post("auth/{me}/config", config);
        script.get("auth/{me}/config");
    }
    for path in ["nothing", "html", "broken", "no-jwks", "null-jwks", "odd-jwks", "moved", "jwks?x=1"] {
        script.post("auth/{me}/config", json!({ "jwks_url": format!("{issuer}/{path}") }));
        script.post(
            "auth/{me}/config",
            json!({ "jwks_url": format!("{issuer}/{path}"), "skip_jwks_validation": true }),
        );
        script.get("auth/{me}/config");
    }
    for path in [
        "/",
        "/nothing",
        "/html",
        "/broken",
        "/stranger",
        "/keyless",
        "/bare",
        "/.well-known/openid-configuration",
    ] {
        script.post("auth/{me}/config", json!({ "oidc_discovery_url": format!("{issuer}{path}") }));
        script.post(
            "auth/{me}/config",
            json!({ "oidc_discovery_url": format!("{issuer}{path}"), "skip_jwks_validation": true }),
        );
        script.get("auth/{me}/config");
    }
    for url in [
        "http://127.0.0.1:1",
        "http://127.0.0.1:1/jwks",
        "x",
        "ftp://127.0.0.1:1",
        "http://",
        "://",
        "http://[::1",
        "/jwks",
        "http://127.0.0.1:99999",
        "http://a b",
    ] {
        script.post("auth/{me}/config", json!({ "jwks_url": url }));
        script.post("auth/{me}/config", json!({ "oidc_discovery_url": url }));
    }
    script.post("auth/{me}/config", json!({ "oidc_discovery_url": issuer, "oidc_discovery_ca_pem": "x" }));
    script.post("auth/{me}/config", json!({ "jwks_url": jwks, "jwks_ca_pem": "x" }));
    script.post("auth/{me}/config", json!({ "jwks_url": jwks, "jwks_ca_pem": RSA.pem() }));
    script.get("auth/{me}/config");
    script
}

fn pubkeys() -> Script {
    let mut script = stage("jwt config public keys");
    let pem = RSA.pem();
    let unwrapped = pem.replace("\n", "");
    for keys in [
        json!([pem]),
        json!([pem, P256.pem(), ED25519.pem()]),
        json!(pem),
        json!(format!("{pem},{}", P256.pem())),
        json!(format!("{pem}\n{}", P256.pem())),
        json!([]),
        json!(""),
        json!(null),
        json!("x"),
        json!([pem, "x"]),
        json!([unwrapped]),
        json!([format!("  {pem}\n\n")]),
        json!([format!("text before\n{pem}")]),
        json!([pem.replace("PUBLIC KEY", "RSA PUBLIC KEY")]),
        json!([pem.replace("PUBLIC KEY", "PRIVATE KEY")]),
        json!([pem.replace("PUBLIC KEY", "CERTIFICATE")]),
        json!([pem.replace("MIIB", "AAAA")]),
        json!([pem.replace('\n', "\r\n")]),
        json!(5),
        json!({}),
        json!([""]),
        json!([pem, ""]),
        json!(["-----BEGIN PUBLIC KEY-----\nAAAA\n-----END PUBLIC KEY-----"]),
        json!(["-----BEGIN PUBLIC KEY-----\n-----END PUBLIC KEY-----"]),
    ] {
        script.post("auth/{me}/config", json!({ "jwt_validation_pubkeys": keys }));
        script.get("auth/{me}/config");
    }
    script
}

fn merged() -> Script {
    let mut script = stage("jwt config written in parts");
    script.put(
        "auth/{me}/config",
        json!({ "jwt_validation_pubkeys": [RSA.pem()], "bound_issuer": "i", "default_role": "r" }),
    );
    script.post("auth/{me}/config", json!({ "default_role": "q" }));
    script.get("auth/{me}/config");
    script.post("auth/{me}/config", least());
    script.get("auth/{me}/config");
    script.delete("auth/{me}/config");
    script.get("auth/{me}/config");
    script.list("auth/{me}/config");
    script
}

fn bodies() -> Script {
    let mut script = stage("jwt config bodies");
    for text in ["", "null", "[]", "5", "{", "{}", "{\"jwks_url\":}"] {
        script.ask("POST", "auth/{me}/config").text(text);
    }
    script.ask("POST", "auth/{me}/config");
    script.get("auth/{me}/config").without_token();
    script.post("auth/{me}/config", least()).without_token();
    script.get("auth/{me}/config").by("wrong");
    script
}
