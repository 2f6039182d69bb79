//! That the attacks are none of a broken job: the realm itself gets the token, and the thief knows one when it sees it.

use super::{Scene, Thief, Without};
use crate::harness::{Clients, REPOSITORY, TlsFront, Vault};

#[test]
fn the_realm_itself_gets_the_token() {
    let vault = Vault::lockbox();
    let scene = Scene::start(&vault);
    let finished =
        scene.protected(&format!("git clone -q {}/{REPOSITORY} shell && cat shell/README.md", scene.server));
    assert_eq!(finished.stdout, "a private repository\n", "{}", finished.stderr);
    let front = TlsFront::start(&scene.group.sandbox.url, "127.0.0.1", Clients::Anybody);
    let scene = scene.on(&front.address).env("GIT_SSL_CAINFO", &front.file("ca.pem"));
    let finished =
        scene.protected(&format!("git clone -q {}/{REPOSITORY} shell && cat shell/README.md", scene.server));
    assert_eq!(finished.stdout, "a private repository\n", "{}", finished.stderr);
}

#[test]
fn a_thief_knows_the_token_in_a_header_and_from_a_helper() {
    let vault = Vault::lockbox();
    let scene = Scene::start(&vault);
    for without in [Without::Helper, Without::Header] {
        let thief = Thief::start();
        scene.unprotected(without, &format!("git ls-remote {}/x.git", thief.url()));
        assert!(!thief.loot(scene.token()).is_empty(), "{without:?}");
        assert_eq!(thief.loot("glpat-made-up-and-another"), []);
    }
}
