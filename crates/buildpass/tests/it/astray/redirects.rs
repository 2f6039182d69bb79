//! A server of the realm that sends git elsewhere.

use serde_json::json;

use super::{Scene, Thief, Without};
use crate::harness::{Clients, REPOSITORY, TlsFront, Vault, on_every_vault};

fn redirect(scene: &Scene<'_>, to: &str) {
    scene.group.sandbox.admin("POST", "/-/sandbox/redirects", &json!({"from": REPOSITORY, "to": to}));
}

/// git as it is, and a git that follows every redirect.
const FOLLOWING: [&str; 2] = ["initial", "true"];

/// Sends git from the realm to a thief's, by the URL that `place` makes of it.
fn attack(scene: &Scene<'_>, at: &str, place: impl Fn(&Thief) -> String) {
    let Some(thief) = Thief::at(at) else {
        println!("skipped: {at} is taken");
        return;
    };
    redirect(scene, &place(&thief));
    for following in FOLLOWING {
        let script = format!(
            "git -c http.{realm}.curloptResolve=localhost.evil.test:{port}:127.0.0.2 \
             -c http.followRedirects={following} clone -q {server}/{REPOSITORY} shell",
            realm = scene.realm(),
            port = scene.port(),
            server = scene.server,
        );
        thief.forget();
        scene.group.sandbox.admin("DELETE", "/-/sandbox/requests", &json!(null));
        let finished = scene.protected(&script);
        assert_eq!(thief.loot(scene.token()), [], "{following}");
        assert!(thief.asked() > 0, "the redirect was not followed: {}", finished.stderr);
        assert!(!scene.group.sandbox.credentials_seen().is_empty(), "{}", finished.stderr);
        let finished = scene.unprotected(Without::Helper, &script);
        assert!(!thief.loot(scene.token()).is_empty(), "{following}: {}", finished.stderr);
        thief.forget();
        // libcurl takes a header of the user's away too where the host, the port or the scheme changes.
        let finished = scene.unprotected(Without::Header, &script);
        assert!(thief.asked() > 0, "{}", finished.stderr);
        assert_eq!(thief.loot(scene.token()), [], "{following}");
    }
}

on_every_vault! {
    fn a_redirect_to_another_port_takes_no_credential_along(vault) {
        attack(&Scene::start(vault), "127.0.0.1:0", |thief| {
            format!("http://localhost:{}/{REPOSITORY}", thief.port())
        });
    }
}

#[test]
fn a_redirect_to_another_host_takes_no_credential_along() {
    let vault = Vault::lockbox();
    let scene = Scene::start(&vault);
    let at = format!("127.0.0.2:{}", scene.port());
    attack(&scene, &at, |thief| format!("http://localhost.evil.test:{}/{REPOSITORY}", thief.port()));
}

#[test]
fn a_redirect_from_https_to_plain_http_takes_no_credential_along() {
    let vault = Vault::lockbox();
    let scene = Scene::start(&vault);
    let front = TlsFront::start(&scene.group.sandbox.url, "127.0.0.1", Clients::Anybody);
    let scene = scene.on(&front.address).env("GIT_SSL_CAINFO", &front.file("ca.pem"));
    attack(&scene, "127.0.0.1:0", |thief| format!("{}/{REPOSITORY}", thief.url()));
}

/// What remains: the server is the realm's own, and libcurl knows no paths.
#[test]
fn a_redirect_within_one_server_keeps_the_credential() {
    let vault = Vault::lockbox();
    let scene = Scene::start(&vault);
    redirect(&scene, &format!("{}/elsewhere/private.git", scene.server));
    scene.protected(&format!("git ls-remote {}/{REPOSITORY}", scene.server));
    let seen = scene.group.sandbox.credentials_seen();
    assert!(seen.iter().any(|path| path.starts_with("/elsewhere/private.git")), "{seen:?}");
}
