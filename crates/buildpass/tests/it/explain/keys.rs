//! An issuer whose keys the vault does not get: what stood there when the mount was written is gone or something else at the login.

use serde_json::json;

use super::{Answers, deployed};
use crate::harness::{Sandbox, Scripted, Vault, on_every_vault, reply};

/// An auth mount whose issuer is asked at its writing and again at the login.
fn mount(vault: &Vault, name: &str, keys: (&str, &str)) {
    vault.must("POST", &format!("sys/auth/{name}"), json!({"type": "jwt"}));
    vault.must("POST", &format!("auth/{name}/config"), json!({keys.0: keys.1}));
    let role = json!({"role_type": "jwt", "user_claim": "project_id", "bound_audiences": [vault.address]});
    vault.must("POST", &format!("auth/{name}/role/builds"), role);
}

on_every_vault! {
    fn an_issuer_that_is_gone_is_explained(vault) {
        let (_sandbox, token) = deployed(vault);
        let mut answers = Answers::of(vault);
        let keys = Scripted::start(|number, _| match number {
            0 => reply(200, "", r#"{"keys":[]}"#),
            _ => reply(404, "", "<html>"),
        });
        mount(vault, "absent", ("jwks_url", &keys.address));
        answers.login("keys are not there", "absent", json!({"role": "builds", "jwt": token}));
        let pages = Scripted::start(|number, _| match number {
            0 => reply(200, "", r#"{"keys":[]}"#),
            _ => reply(200, "", "<html>"),
        });
        mount(vault, "pages", ("jwks_url", &pages.address));
        answers.login("keys are a page", "pages", json!({"role": "builds", "jwt": token}));
        let unreachable = Sandbox::start();
        mount(vault, "unreachable", ("jwks_url", &format!("{}/oauth/discovery/keys", unreachable.url)));
        let gone = unreachable.url.clone();
        drop(unreachable);
        answers.login("keys are down", "unreachable", json!({"role": "builds", "jwt": token}));
        let mut said = answers.said;
        for address in [&keys.address, &pages.address, &gone] {
            said = said.replace(address, "ISSUER").replace(address.trim_start_matches("http://"), "HOST");
        }
        // The one repeats the server's word for 404, the other says its own.
        insta::assert_snapshot!(said.replace("404 Status", "404 Not Found"), @r#"
        keys are not there: 400 error validating token: error verifying token signature: fetching keys oidc: get keys failed: 404 Not Found <html> [login-keys-not-there]
        keys are a page: 400 error validating token: error verifying token signature: fetching keys oidc: failed to decode keys: got Content-Type = application/json, but could not unmarshal as JSON: invalid character '<' looking for beginning of value <html> [login-keys-no-json]
        keys are down: 400 error validating token: error verifying token signature: fetching keys oidc: get keys failed Get "ISSUER/oauth/discovery/keys": dial tcp HOST: connect: connection refused [login-keys-unreachable]
        "#);
    }
}

/// lockbox keeps what it read of the issuer when the mount was written, and misses its keys first.
#[test]
fn an_issuer_whose_configuration_is_gone_is_explained() {
    let Some(vault) = Vault::openbao() else {
        println!("skipped: an issuer that is gone, on OpenBao");
        return;
    };
    let (_sandbox, token) = deployed(&vault);
    let mut answers = Answers::of(&vault);
    let sandbox = Sandbox::start();
    mount(&vault, "gone", ("oidc_discovery_url", &sandbox.url));
    let gone = sandbox.url.clone();
    drop(sandbox);
    answers.login("discovery is down", "gone", json!({"role": "builds", "jwt": token}));
    let said = answers.said.replace(&gone, "ISSUER").replace(gone.trim_start_matches("http://"), "HOST");
    insta::assert_snapshot!(said, @r#"discovery is down: 400 error configuring token validator: keyset configuration error: Get "ISSUER/.well-known/openid-configuration": dial tcp HOST: connect: connection refused [login-no-key-set]"#);
}
