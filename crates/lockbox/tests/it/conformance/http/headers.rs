use serde_json::json;

use crate::conformance::frame::{Script, agree};

#[test]
fn headers_are_read_alike() {
    agree(&[token_headers(), namespaces(), other_headers()]);
}

fn token_headers() -> Script {
    let mut script = Script::new("header of the token");
    script.token("token", json!({ "policies": ["default"] }));
    let path = "auth/token/lookup-self";
    for value in [
        "Bearer {token}",
        "bearer {token}",
        "BEARER {token}",
        "Bearer  {token}",
        "Bearer {token} ",
        "Bearer",
        "Bearer ",
        "Basic {token}",
        "{token}",
        "Token {token}",
        "Bearer wrong",
        "",
    ] {
        script.get(path).without_token().header("Authorization", value);
    }
    for value in ["{token}", " {token} ", "wrong", "", "\u{fc}", "{token}x", "{token},{token}", "\"{token}\""]
    {
        script.get(path).without_token().header("X-Vault-Token", value);
    }
    script.get(path).without_token().header("x-vault-token", "{token}");
    script.get(path).without_token().header("X-VAULT-TOKEN", "{token}");
    script.get(path).by("{token}").header("Authorization", "Bearer wrong");
    script.get(path).by("wrong").header("Authorization", "Bearer {token}");
    script.get(path).without_token().header("X-Vault-Token", "").header("Authorization", "Bearer {token}");
    script.get(path).by("{token}").header("X-Vault-Token", "wrong");
    script.get(path).by("wrong").header("X-Vault-Token", "{token}");
    script.get(path).without_token().header("X-Bao-Token", "{token}");
    script.get("auth/token/lookup-self?token={token}").without_token();
    script.get(path).without_token().header("Cookie", "token={token}");
    script
}

fn namespaces() -> Script {
    let mut script = Script::new("header of the namespace");
    for namespace in [
        "", "/", "root", "root/", "/root", "nothing", "nothing/", "a/b", "..", "\u{fc}", " root ", "ROOT",
        "sys",
    ] {
        for path in [
            "auth/token/lookup-self",
            "sys/health",
            "sys/seal-status",
            "sys/mounts/secret",
            "secret/data/x",
            "nothing",
        ] {
            script.get(path).header("X-Vault-Namespace", namespace);
        }
        script
            .post("auth/token/create", json!({ "policies": ["default"] }))
            .header("X-Vault-Namespace", namespace);
    }
    script.get("root/auth/token/lookup-self");
    script.get("nothing/auth/token/lookup-self");
    script.get("auth/token/lookup-self").header("X-Bao-Namespace", "nothing");
    script
}

fn other_headers() -> Script {
    let mut script = Script::new("header oddities");
    script.mount_kv_v1();
    script.post("{me}/a", json!({ "x": 1 }));
    for (name, value) in [
        ("X-Vault-Request", "true"),
        ("X-Vault-Request", "false"),
        ("Accept", "text/html"),
        ("Accept-Encoding", "gzip"),
        ("Origin", "http://evil.example"),
        ("Host", "evil.example"),
        ("X-Forwarded-For", "10.0.0.1"),
        ("If-None-Match", "*"),
        ("Range", "bytes=0-3"),
        ("X-Vault-MFA", "x"),
        ("X-Vault-No-Request-Forwarding", "true"),
        ("X-Vault-Index", "x"),
        ("X-Vault-Inconsistent", "forward-active-node"),
        ("X-Vault-Policy-Override", "true"),
        ("X-Vault-Policy-Override", "x"),
        ("X-Vault-Wrap-Format", "jwt"),
        ("Expect", "100-continue"),
        ("X-Vault-AWS-IAM-Server-ID", "x"),
        ("Upgrade", "h2c"),
        ("X-Vault-Raw-Error", "true"),
        ("X-Vault-Wrap-TTL", ""),
        ("X-Vault-Wrap-TTL", "0"),
    ] {
        script.get("{me}/a").header(name, value);
    }
    script
        .ask("OPTIONS", "{me}/a")
        .header("Origin", "http://evil.example")
        .header("Access-Control-Request-Method", "GET");
    script.get("sys/config/cors");
    script
}
