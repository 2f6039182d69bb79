use serde_json::json;

use crate::conformance::frame::{Script, agree};

#[test]
fn answers_are_wrapped_alike() {
    agree(&[
        wrapped(),
        times(),
        unwrapped(),
        looked_up(),
        rewrapped(),
        given(),
        of_tokens(),
        of_nothing(),
        odd_tokens(),
    ]);
}

fn stage(name: &str) -> Script {
    let mut script = Script::new(name);
    script.mount_kv_v1();
    script.post("{me}/a", json!({ "x": "1" }));
    script
}

impl Script {
    /// Reads `{me}/a` into a wrapping token.
    fn wrap(&mut self) {
        self.get("{me}/a")
            .header("X-Vault-Wrap-TTL", "5m")
            .capture("wrapping", "/wrap_info/token")
            .capture("accessor", "/wrap_info/accessor");
    }
}

fn wrapped() -> Script {
    let mut script = stage("wrap reads and writes");
    script.wrap();
    script.post("{me}/b", json!({ "x": "2" })).header("X-Vault-Wrap-TTL", "60");
    script.list("{me}").header("X-Vault-Wrap-TTL", "60");
    script.get("{me}/nothing").header("X-Vault-Wrap-TTL", "60");
    script.get("nothing").header("X-Vault-Wrap-TTL", "60");
    script.get("{me}/a").header("X-Vault-Wrap-TTL", "60").by("wrong");
    script.get("sys/mounts/{me}").header("X-Vault-Wrap-TTL", "60");
    script.get("sys/health").header("X-Vault-Wrap-TTL", "60");
    script.get("auth/token/lookup-self").header("X-Vault-Wrap-TTL", "60");
    script.delete("{me}/b").header("X-Vault-Wrap-TTL", "60");
    script
}

fn times() -> Script {
    let mut script = stage("wrap times");
    for ttl in ["60", "1m", "1h30m", "0", "0s", "-1", "x", "", "1d", "1.5h", "9999h", " 60 ", "1e3"] {
        script.get("{me}/a").header("X-Vault-Wrap-TTL", ttl);
    }
    script
}

fn unwrapped() -> Script {
    let mut script = stage("wrap and unwrap");
    for _ in 0..2 {
        script.wrap();
        script.ask("POST", "sys/wrapping/unwrap").by("{wrapping}");
        script.ask("POST", "sys/wrapping/unwrap").by("{wrapping}");
    }
    script.wrap();
    script.post("sys/wrapping/unwrap", json!({ "token": "{wrapping}" }));
    script.post("sys/wrapping/unwrap", json!({ "token": "{wrapping}" }));
    script.wrap();
    script.put("sys/wrapping/unwrap", json!({ "token": "{wrapping}" })).without_token();
    script.wrap();
    script.post("sys/wrapping/unwrap", json!({ "token": "{wrapping}" })).by("{wrapping}");
    script.wrap();
    script.get("cubbyhole/response").by("{wrapping}");
    script.get("cubbyhole/response").by("{wrapping}");
    script.wrap();
    script.get("{me}/a").by("{wrapping}");
    script.get("auth/token/lookup-self").by("{wrapping}");
    script
}

fn looked_up() -> Script {
    let mut script = stage("wrap and look up");
    script.wrap();
    script.post("sys/wrapping/lookup", json!({ "token": "{wrapping}" }));
    script.post("sys/wrapping/lookup", json!({ "token": "{wrapping}" })).without_token();
    script.ask("POST", "sys/wrapping/lookup").by("{wrapping}");
    script.get("sys/wrapping/lookup").by("{wrapping}");
    script.post("auth/token/lookup", json!({ "token": "{wrapping}" }));
    script.post("auth/token/lookup-accessor", json!({ "accessor": "{accessor}" }));
    script.ask("POST", "sys/wrapping/unwrap").by("{wrapping}");
    script.post("sys/wrapping/lookup", json!({ "token": "{wrapping}" }));
    script
}

fn rewrapped() -> Script {
    let mut script = stage("wrap again");
    script.wrap();
    script.post("sys/wrapping/rewrap", json!({ "token": "{wrapping}" })).capture("again", "/wrap_info/token");
    script.ask("POST", "sys/wrapping/unwrap").by("{wrapping}");
    script.ask("POST", "sys/wrapping/rewrap").by("{again}").capture("last", "/wrap_info/token");
    script.ask("POST", "sys/wrapping/unwrap").by("{last}");
    script
}

/// Data that the client gives.
fn given() -> Script {
    let mut script = Script::new("wrap given data");
    for body in
        [json!({ "a": "b", "n": 1, "l": [1, null] }), json!({}), json!(null), json!({ "data": { "x": 1 } })]
    {
        script
            .post("sys/wrapping/wrap", body.clone())
            .header("X-Vault-Wrap-TTL", "60")
            .capture("wrapping", "/wrap_info/token");
        script.ask("POST", "sys/wrapping/unwrap").by("{wrapping}");
        script.post("sys/wrapping/wrap", body);
    }
    script.ask("POST", "sys/wrapping/wrap");
    script.get("sys/wrapping/wrap");
    script.delete("sys/wrapping/wrap");
    script
}

fn of_tokens() -> Script {
    let mut script = Script::new("wrap tokens");
    script
        .post("auth/token/create", json!({ "policies": ["default"], "ttl": "1h" }))
        .header("X-Vault-Wrap-TTL", "60")
        .capture("wrapping", "/wrap_info/token")
        .capture("accessor", "/wrap_info/wrapped_accessor");
    script.post("auth/token/lookup-accessor", json!({ "accessor": "{accessor}" }));
    script.ask("POST", "sys/wrapping/unwrap").by("{wrapping}").capture("token", "/auth/client_token");
    script.get("auth/token/lookup-self").by("{token}");
    script.post("auth/token/renew-self", json!({})).by("{token}").header("X-Vault-Wrap-TTL", "60");
    script
        .post("auth/token/create", json!({ "policies": ["default"], "type": "batch" }))
        .header("X-Vault-Wrap-TTL", "60")
        .capture("wrapping", "/wrap_info/token");
    script.ask("POST", "sys/wrapping/unwrap").by("{wrapping}");
    script
}

fn of_nothing() -> Script {
    let mut script = Script::new("wrap of nothing");
    for path in ["sys/wrapping/lookup", "sys/wrapping/unwrap", "sys/wrapping/rewrap"] {
        for body in [
            json!({}),
            json!({ "token": "" }),
            json!({ "token": "nothing" }),
            json!({ "token": 5 }),
            json!({ "token": "s.AAAAAAAAAAAAAAAAAAAAAAAA" }),
            json!({ "token": [] }),
        ] {
            script.post(path, body.clone());
            script.post(path, body.clone()).without_token();
            script.post(path, body).by("wrong");
        }
        script.get(path);
        script.list(path);
        script.delete(path);
    }
    script
}

/// Tokens that wrap nothing.
fn odd_tokens() -> Script {
    let mut script = Script::new("wrap with other tokens");
    script.token("token", json!({ "policies": ["default"] }));
    script.post("sys/wrapping/unwrap", json!({ "token": "{token}" }));
    script.ask("POST", "sys/wrapping/unwrap").by("{token}");
    script.post("sys/wrapping/lookup", json!({ "token": "{token}" }));
    script.post("sys/wrapping/rewrap", json!({ "token": "{token}" }));
    script.get("auth/token/lookup-self").by("{token}");
    script
}
