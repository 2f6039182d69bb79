use serde_json::{Value, json};

use super::Surgery;
use crate::harness::{OpenBao, Scripted, on_every_vault, reply};

/// A vault that is none; the right one's audience is still what the token has.
fn instead<'a, 'b>(surgery: &'a mut Surgery<'b>, address: &str) -> &'a mut Surgery<'b> {
    let audience = surgery.vault.address.clone();
    surgery.set("VAULT_SERVER_URL", address).set("BUILDPASS_AUDIENCE", &audience)
}

on_every_vault! {
    fn vault_address(vault) {
        let mut surgery = Surgery::on(vault);
        surgery.set("VAULT_SERVER_URL", "vault.example").finds("vault-address", "it is not a URL");
        surgery.set("VAULT_SERVER_URL", "http://vault.example").finds("vault-address", "plain http to another machine");
        surgery.unset("VAULT_SERVER_URL").finds("vault-address", "VAULT_SERVER_URL");
    }

    fn vault_connection(vault) {
        let mut surgery = Surgery::on(vault);
        // Port 1 is privileged and nobody's.
        instead(&mut surgery, "http://127.0.0.1:1").finds("vault-connection", "Connection refused");
        instead(&mut surgery, "https://no-such-host.invalid").finds("vault-connection", "`no-such-host.invalid` is a name");
    }

    fn vault_health(vault) {
        let mut surgery = Surgery::on(vault);
        let page = Scripted::start(|_, _| {
            b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: 6\r\n\r\n<html>".to_vec()
        });
        instead(&mut surgery, &page.address).finds("vault-health", "text/html");
        let uninitialised = Scripted::start(|_, _| {
            reply(501, "", r#"{"initialized":false,"sealed":true,"standby":true,"version":"2.7.2"}"#)
        });
        instead(&mut surgery, &uninitialised.address).finds("vault-health", "initialized: false");
        let rude = Scripted::start(|_, _| Vec::new());
        instead(&mut surgery, &rude.address).finds("vault-health", "the connection was lost");
    }

    fn clock(vault) {
        let mut surgery = Surgery::on(vault);
        let health = r#"{"initialized":true,"sealed":false,"standby":false,"version":"2.7.2"}"#;
        let late = Scripted::start(move |_, head| match head.contains("sys/health") {
            true => reply(200, "Date: Mon, 30 Nov 2020 12:00:00 GMT\r\n", health),
            false => reply(400, "", r#"{"errors":["missing token"]}"#),
        });
        instead(&mut surgery, &late.address).finds("clock", "the vault's now");
    }

    fn vault_namespace(vault) {
        let mut surgery = Surgery::on(vault);
        surgery.set("VAULT_NAMESPACE", "no-such-namespace").finds("vault-namespace", "namespace not found");
    }

    fn auth_mount(vault) {
        let mut surgery = Surgery::on(vault);
        surgery.set("VAULT_AUTH_PATH", "gitlab").finds("auth-mount", "bao auth list");
        vault.must("POST", "sys/auth/bare", json!({"type": "jwt"}));
        surgery.set("VAULT_AUTH_PATH", "bare").finds("auth-mount", "auth/bare/config");
    }

    fn auth_role(vault) {
        let mut surgery = Surgery::on(vault);
        surgery.set("VAULT_AUTH_ROLE", "omnibus").finds("auth-role", "bao list auth/jwt/role");
        surgery.unset("VAULT_AUTH_ROLE").finds("auth-role", "set VAULT_AUTH_ROLE");
        let people = json!({"role_type": "oidc", "user_claim": "sub", "allowed_redirect_uris": ["http://localhost/"]});
        vault.must("POST", "auth/jwt/role/people", people);
        surgery.set("VAULT_AUTH_ROLE", "people").finds("auth-role", "role_type=jwt");
    }

    fn a_sealed_vault(vault) {
        let surgery = Surgery::on(vault);
        vault.must("PUT", "sys/seal", Value::Null);
        let told = surgery.told();
        assert_eq!(told.only_fault()["id"], "vault-health");
        assert!(told.only_fault()["faults"].to_string().contains("sealed: true"));
    }
}

#[test]
fn a_real_vault_that_nobody_has_initialised() {
    let started = OpenBao::start_with(501, |home, port| {
        let config = home.join("config.hcl");
        let text = format!(
            "storage \"inmem\" {{}}\nlistener \"tcp\" {{\n  address = \"127.0.0.1:{port}\"\n  tls_disable = true\n}}\ndisable_mlock = true\n"
        );
        std::fs::write(&config, text).unwrap();
        vec![format!("-config={}", config.display())]
    });
    let Some(openbao) = started else { return println!("skipped: OpenBao that nobody has initialised") };
    let vault = crate::harness::Vault::lockbox();
    let mut surgery = Surgery::on(&vault);
    instead(&mut surgery, &openbao.address).finds("vault-health", "bao operator init");
}
