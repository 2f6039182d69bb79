//! The same in a list of sources, and `sources fetch`. That each attack succeeds without protection is shown beside the tests of `run`.

use serde_json::json;

use super::{
    Interceptor, Scene, Thief, Without,
    committed::git_lfs,
    look_alike::{HOSTS, PATHS},
};
use crate::harness::{Clients, REPOSITORY, TlsFront, Vault};

#[test]
fn a_host_in_the_list_that_looks_like_the_realms_gets_nothing() {
    let vault = Vault::lockbox();
    let scene = Scene::start(&vault);
    let at = format!("127.0.0.2:{}", scene.port());
    let Some(thief) = Thief::at(&at) else {
        println!("skipped: {at} is taken");
        return;
    };
    let hosts = ["localhost.evil.test", "evil.test", "localhost.", "xn--lcalhost-nbh"];
    let resolved =
        hosts.map(|host| format!("\tcurloptResolve = {host}:{}:127.0.0.2\n", scene.port())).concat();
    let mut asked = 0;
    for (url, _) in HOSTS {
        scene.fetched(&url.replace("PORT", scene.port()), &format!("[http]\n{resolved}"), &[]);
        assert_eq!(thief.loot(scene.token()), [], "{url}");
        asked += thief.asked();
        thief.forget();
    }
    assert!(asked > 0);
    assert_eq!(scene.group.sandbox.credentials_seen(), Vec::<String>::new());
}

#[test]
fn a_path_in_the_list_that_is_beside_the_realm_gets_nothing() {
    let vault = Vault::lockbox();
    let thief = Thief::start();
    // The realm's server is not this GitLab, so that the realm alone decides.
    let scene = Scene::start(&vault).on(thief.url()).elsewhere();
    let fetched =
        |path: &str| scene.fetched(&format!("{}/{path}", thief.url()), "", &["--realm", &scene.realm()]);
    fetched(REPOSITORY);
    assert!(!thief.loot(scene.token()).is_empty(), "in the realm it goes");
    for path in PATHS {
        thief.forget();
        let finished = fetched(path);
        assert_eq!(thief.loot(scene.token()), [], "{path}: {}", finished.stderr);
        assert!(thief.asked() > 0, "{path} was not asked for: {}", finished.stderr);
        // Both who judge it, the one who reads the list and the helper, say the same.
        let said = "`x` is fetched without SECURITY_PRIVATE_TOKEN: it lies outside of the realms";
        assert!(finished.stderr.contains(said), "{path}: {}", finished.stderr);
    }
}

#[test]
fn no_redirect_is_followed() {
    let vault = Vault::lockbox();
    let scene = Scene::start(&vault);
    let front = TlsFront::start(&scene.group.sandbox.url, "127.0.0.1", Clients::Anybody);
    let scene = scene.on(&front.address).env("GIT_SSL_CAINFO", &front.file("ca.pem"));
    let thief = Thief::start();
    for to in [format!("{}/{REPOSITORY}", thief.url()), format!("{}/elsewhere/private.git", scene.server)] {
        not_followed(&scene, &thief, &to);
    }
}

/// Over the same scheme, to another port, another host at the same port, and another path.
#[test]
fn no_redirect_over_the_same_scheme_is_followed() {
    let vault = Vault::lockbox();
    let scene = Scene::start(&vault);
    let thief = Thief::start();
    not_followed(&scene, &thief, &format!("{}/{REPOSITORY}", thief.url()));
    not_followed(&scene, &thief, &format!("http://localhost:{}/{REPOSITORY}", thief.port()));
    not_followed(&scene, &thief, &format!("{}/elsewhere/private.git", scene.server));
    let at = format!("127.0.0.2:{}", scene.port());
    match Thief::at(&at) {
        Some(thief) => not_followed(&scene, &thief, &format!("{}/{REPOSITORY}", thief.url())),
        None => println!("skipped: {at} is taken"),
    }

    // And behind TLS, to another host whose certificate is as good.
    let theirs = TlsFront::start(thief.url(), "127.0.0.1", Clients::Anybody);
    let ours = TlsFront::start(&scene.group.sandbox.url, "127.0.0.1", Clients::Anybody);
    let both =
        ["ca.pem"].map(|name| [ours.file(name), theirs.file(name)].map(|path| std::fs::read(path).unwrap()));
    let authorities = tempfile::NamedTempFile::new().unwrap();
    std::fs::write(authorities.path(), both.concat().concat()).unwrap();
    let scene = scene.on(&ours.address).env("GIT_SSL_CAINFO", authorities.path().to_str().unwrap());
    not_followed(&scene, &thief, &format!("{}/{REPOSITORY}", theirs.address));
}

fn not_followed(scene: &Scene<'_>, thief: &Thief, to: &str) {
    scene.group.sandbox.admin("DELETE", "/-/sandbox/requests", &json!(null));
    scene.group.sandbox.admin("POST", "/-/sandbox/redirects", &json!({"from": REPOSITORY, "to": to}));
    let finished = scene.fetched(&format!("{}/{REPOSITORY}", scene.server), "", &[]);
    assert_eq!(finished.code, Some(3), "{}", finished.stderr);
    assert_eq!(thief.asked(), 0);
    let seen = scene.group.sandbox.credentials_seen();
    assert!(
        !seen.is_empty() && seen.iter().all(|path| path.starts_with(&format!("/{REPOSITORY}"))),
        "{seen:?}"
    );
}

#[test]
fn neither_a_submodule_nor_lfs_takes_the_token_elsewhere() {
    let Some(program) = git_lfs() else { return };
    let vault = Vault::lockbox();
    let path = format!("{}:{}", program.parent().unwrap().display(), std::env::var("PATH").unwrap());
    let scene = Scene::start(&vault).env("PATH", &path);
    let thief = Thief::start();
    let modules = format!("[submodule \"evil\"]\n\tpath = evil\n\turl = {}/{REPOSITORY}\n", thief.url());
    let pointer =
        format!("version https://git-lfs.github.com/spec/v1\noid sha256:{}\nsize 7\n", "0a".repeat(32));
    let wanted = json!({
        "project": "gitlab-org/security/gitlab-shell", "branch": "main",
        "files": {
            ".gitmodules": modules, "large.bin": pointer, ".gitattributes": "*.bin filter=lfs diff=lfs merge=lfs -text\n",
            ".lfsconfig": format!("[lfs]\n\turl = {}/{REPOSITORY}/info/lfs\n", thief.url()),
        },
        "submodules": {"evil": "0123456789012345678901234567890123456789"},
    });
    scene.group.sandbox.admin("POST", "/-/sandbox/commits", &wanted);
    let lfs = "[filter \"lfs\"]\n\tsmudge = git-lfs smudge -- %f\n\tprocess = git-lfs filter-process\n\trequired = true\n";
    let url = format!("{}/{REPOSITORY}", scene.server);
    let fetched = scene.fetched(&url, lfs, &[]);
    assert_eq!((fetched.code, thief.asked()), (Some(0), 0), "{}", fetched.stderr);
    let fetched = scene.fetched(&url, lfs, &["--submodules"]);
    assert_eq!(fetched.code, Some(3), "{}", fetched.stderr);
    assert!(thief.asked() > 0 && thief.loot(scene.token()).is_empty());
}

/// The prefix of a realm ends at a segment, for a submodule too.
#[test]
fn a_submodule_in_a_group_beside_the_realm_gets_nothing() {
    let vault = Vault::lockbox();
    let scene = Scene::start(&vault);
    let sandbox = &scene.group.sandbox;
    for (url, script) in [
        ("../../security-evil/x.git".to_owned(), "a relative URL"),
        (format!("{}/gitlab-org/security-evil/x.git", scene.server), "a whole one"),
    ] {
        let modules = format!("[submodule \"evil\"]\n\tpath = evil\n\turl = {url}\n");
        let wanted = json!({
            "project": "gitlab-org/security/gitlab-shell", "branch": "main", "files": {".gitmodules": modules},
            "submodules": {"evil": "0123456789012345678901234567890123456789"},
        });
        sandbox.admin("POST", "/-/sandbox/commits", &wanted);
        let seen = || {
            let seen = sandbox.credentials_seen();
            let (evil, ours) =
                (|path: &&String| path.contains("security-evil"), |path: &&String| path.contains(REPOSITORY));
            let counted = (seen.iter().filter(evil).count(), seen.iter().filter(ours).count());
            sandbox.admin("DELETE", "/-/sandbox/requests", &json!(null));
            counted
        };
        let repository = format!("{}/{REPOSITORY}", scene.server);
        let clone = format!("git clone -q --recurse-submodules {repository} shell");
        let finished = scene.unprotected(Without::Helper, &clone);
        assert!(seen().0 > 0, "{script}: {}", finished.stderr);
        let finished = scene.protected(&clone);
        let (evil, ours) = seen();
        assert!(evil == 0 && ours > 0, "{script}: {}", finished.stderr);
        let finished = scene.fetched(&repository, "", &["--submodules"]);
        let (evil, ours) = seen();
        assert!(evil == 0 && ours > 0 && finished.code == Some(3), "{script}: {}", finished.stderr);
    }
}

/// A proxy of theirs that nobody vouches for, in whatever configuration of git's it is named.
#[test]
fn a_proxy_without_a_check_of_certificates_gets_nothing() {
    let vault = Vault::lockbox();
    let scene = Scene::start(&vault);
    let ours = TlsFront::start(&scene.group.sandbox.url, "127.0.0.1", Clients::Anybody);
    let thief = Thief::start();
    let theirs = TlsFront::start(thief.url(), "127.0.0.1", Clients::Anybody);
    let proxy = Interceptor::start(&theirs.address);
    let scene = scene.on(&ours.address).env("GIT_SSL_CAINFO", &ours.file("ca.pem"));
    let url = format!("{}/{REPOSITORY}", scene.server);
    for section in ["[http]".to_owned(), format!("[http \"{}\"]", scene.realm()), format!("[http \"{url}\"]")]
    {
        let configured = format!("{section}\n\tproxy = {}\n\tsslVerify = false\n", proxy.url);
        let written = configured.replace('\n', "\\n").replace('\t', "\\t");
        let script = format!(
            "printf '{written}' >> \"$HOME/.gitconfig\"; git init -q shell; printf '{written}' >> shell/.git/config; \
             git -C shell fetch -q {url}"
        );
        let before = thief.loot(scene.token()).len();
        let finished = scene.unprotected(Without::Helper, &script);
        let stolen = thief.loot(scene.token()).len();
        assert!(stolen > before, "{section}: {}", finished.stderr);

        let asked = thief.asked();
        let finished = scene.fetched(&url, &configured, &[]);
        assert_eq!(
            (thief.loot(scene.token()).len(), thief.asked()),
            (stolen, asked),
            "{section}: {}",
            finished.stderr
        );
        assert!(
            finished.stderr.contains("the server does not prove who it is"),
            "{section}: {}",
            finished.stderr
        );
    }
}
