use serde_json::{Value, json};

use crate::{
    conformance::frame::{Script, agree},
    harness::Signer,
};

#[test]
fn logins_follow_their_mount_alike() {
    agree(&[kinds(), times(), role_times(), ended_with_their_method()]);
}

/// A method that takes one made-up JWT.
fn stage(name: &str, config: Value) -> Script {
    let mut script = Script::new(name);
    script.post("sys/auth/{me}", json!({ "type": "jwt", "config": config }));
    script.post("auth/{me}/config", json!({ "jwt_validation_pubkeys": [Signer::first(None).pem()] }));
    script
}

fn role(script: &mut Script, name: &str, settings: Value) {
    let mut role = json!({ "role_type": "jwt", "user_claim": "sub", "bound_audiences": "a" });
    for (setting, value) in settings.as_object().into_iter().flatten() {
        role[setting] = value.clone();
    }
    script.post(&format!("auth/{{me}}/role/{name}"), role);
}

fn log_in(script: &mut Script, role: &str) {
    let jwt = Signer::first(None).sign(&json!({ "sub": "s", "aud": "a", "exp": 4_102_444_800_u64 }));
    script
        .post("auth/{me}/login", json!({ "role": role, "jwt": jwt }))
        .without_token()
        .capture("made", "/auth/client_token");
}

fn kinds() -> Script {
    let mut script = stage("kinds of tokens by mount and role", json!({ "token_type": "default-batch" }));
    for kind in ["default", "service", "batch", "default-service", "default-batch"] {
        role(&mut script, kind, json!({ "token_type": kind }));
    }
    role(&mut script, "periodic", json!({ "token_period": "1h" }));
    role(&mut script, "limited", json!({ "token_num_uses": 3 }));
    for tuned in ["default-batch", "service", "batch", "default-service"] {
        script.post("sys/auth/{me}/tune", json!({ "token_type": tuned }));
        for role in ["default", "service", "batch", "periodic", "limited"] {
            log_in(&mut script, role);
            script.get("auth/token/lookup-self").by("{made}");
        }
    }
    script
}

fn times() -> Script {
    let config = json!({ "default_lease_ttl": "1h", "max_lease_ttl": "2h" });
    let mut script = stage("times of tokens by mount and role", config);
    for (name, settings) in [
        ("plain", json!({})),
        ("shorter", json!({ "token_ttl": "30m" })),
        ("longer", json!({ "token_ttl": "3h" })),
        ("max", json!({ "token_max_ttl": "30m" })),
        ("explicit", json!({ "token_explicit_max_ttl": "90m" })),
        ("periodic", json!({ "token_period": "1h" })),
        ("both", json!({ "token_period": "1h", "token_explicit_max_ttl": "30m" })),
        ("batch", json!({ "token_type": "batch", "token_ttl": "3h" })),
    ] {
        role(&mut script, name, settings);
        log_in(&mut script, name);
        for increment in [json!("9h"), json!("1m"), json!("")] {
            script.post("auth/token/renew-self", json!({ "increment": increment })).by("{made}");
        }
        script.get("auth/token/lookup-self").by("{made}");
    }
    log_in(&mut script, "plain");
    script.post("sys/auth/{me}/tune", json!({ "default_lease_ttl": "10m", "max_lease_ttl": "15m" }));
    script.post("auth/token/renew-self", json!({})).by("{made}");
    script.post("auth/token/renew-self", json!({ "increment": "9h" })).by("{made}");
    script.delete("auth/{me}/role/plain");
    script.post("auth/token/renew-self", json!({})).by("{made}");
    script
}

fn role_times() -> Script {
    let mut script = stage("roles longer than their mount", json!({ "max_lease_ttl": "2h" }));
    for settings in [
        json!({ "token_period": "5h" }),
        json!({ "token_max_ttl": "5h" }),
        json!({ "token_ttl": "5h" }),
        json!({ "token_explicit_max_ttl": "5h" }),
        json!({ "token_period": "2h", "token_max_ttl": "2h" }),
    ] {
        role(&mut script, "r", settings);
        script.get("auth/{me}/role/r");
        script.delete("auth/{me}/role/r");
    }
    script
}

fn ended_with_their_method() -> Script {
    let mut script = stage("tokens of a method that is moved and taken away", json!({}));
    role(&mut script, "r", json!({ "token_policies": "default" }));
    log_in(&mut script, "r");
    script.list("sys/leases/lookup/auth/{me}");
    script.list("sys/leases/lookup/auth/{me}/login").capture("lease", "/data/keys/0");
    script.post("sys/leases/lookup", json!({ "lease_id": "auth/{me}/login/{lease}" }));
    script.post("sys/leases/renew", json!({ "lease_id": "auth/{me}/login/{lease}" }));
    script.delete("sys/auth/{me}");
    script.get("auth/token/lookup-self").by("{made}");
    script.list("sys/leases/lookup/auth/{me}");
    script.post("sys/leases/lookup", json!({ "lease_id": "auth/{me}/login/{lease}" }));
    script
}
