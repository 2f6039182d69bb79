//! The rules of the house that no compiler holds: who may know whom, where secrets are exposed, how files are named.

use std::{
    collections::{BTreeMap, BTreeSet},
    fmt::Debug,
    fs,
    path::Path,
};

use buildpass::{
    access::{ApiToken, TokenSource},
    config::{Environment, Flags, Settings},
    git::{BadRealm, BadRemoteUrl, Realm, RemoteUrl, credential},
    http::Secured,
    identity::IdToken,
    run::mask::{Forms, Needles},
    secret::{BuildToken, End, Hidden, Lease, LeaseId},
    vault::{Credential, VaultToken},
};

use crate::documents::{documents, read, root};

/// Every file that could be committed, by its path from the root.
fn files() -> Vec<String> {
    let mut files = Vec::new();
    let mut folders = vec![root()];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(&folder).unwrap() {
            let path = entry.unwrap().path();
            let name = path.strip_prefix(root()).unwrap().to_str().unwrap().to_owned();
            match name.as_str() {
                "target" | ".git" => {}
                _ if path.is_dir() => folders.push(path),
                _ if name.ends_with(".snap.new") || name.ends_with(".pending-snap") => {}
                _ => files.push(name),
            }
        }
    }
    files.sort();
    files
}

fn sources() -> impl Iterator<Item = (String, String)> {
    let rust = files().into_iter().filter(|name| name.ends_with(".rs"));
    rust.map(|name| {
        let text = read(&name);
        (name, text)
    })
}

/// Whom a stage may know, besides the ground that all stand on.
const MAY_KNOW: [(&str, &[&str]); 16] = [
    ("secret", &[]),
    ("identity", &["secret"]),
    ("vault", &["identity", "secret"]),
    ("git", &["secret"]),
    ("export", &["vault"]),
    ("pipeline", &["git"]),
    ("sources", &["git", "secret"]),
    ("run", &["vault", "git", "secret"]),
    ("access", &["vault", "git", "identity", "secret"]),
    ("gate", &["vault", "git", "identity", "secret"]),
    ("config", &["secret", "identity", "vault", "git", "pipeline", "sources", "run", "access", "gate"]),
    (
        "doctor",
        &["secret", "identity", "vault", "git", "pipeline", "sources", "run", "access", "gate", "config"],
    ),
    ("demo", &["secret", "identity", "vault", "git", "sources", "run", "access", "gate", "config"]),
    ("http", &[]),
    ("failure", &[]),
    ("explain", &[]),
];

const GROUND: [&str; 4] = ["clock", "explain", "failure", "http"];

/// The modules that a text names behind `crate::`.
fn known_by(text: &str) -> BTreeSet<String> {
    let word =
        |text: &str| text.chars().take_while(|each| each.is_ascii_lowercase() || *each == '_').collect();
    let mut known = BTreeSet::new();
    for rest in text.split("crate::").skip(1) {
        let Some(group) = rest.strip_prefix('{') else {
            known.insert(word(rest));
            continue;
        };
        let mut depth = 0;
        for part in group.split_inclusive(['{', '}', ',']) {
            if depth == 0 {
                known.insert(word(part.trim_start()));
            }
            match part.chars().last() {
                Some('{') => depth += 1,
                Some('}') if depth == 0 => break,
                Some('}') => depth -= 1,
                _ => {}
            }
        }
    }
    known.remove("");
    known
}

#[test]
fn no_stage_knows_more_than_it_may() {
    let may_know: BTreeMap<_, _> = MAY_KNOW.into_iter().collect();
    for (name, text) in sources() {
        let Some(place) = name.strip_prefix("crates/buildpass/src/") else { continue };
        let stage = place.split('/').next().unwrap().trim_end_matches(".rs");
        if ["main", "lib", "cli"].contains(&stage) {
            continue;
        }
        let allowed =
            *may_know.get(stage).or(GROUND.contains(&stage).then_some(&&[][..])).unwrap_or_else(|| {
                panic!("{name}: `{stage}` stands nowhere in the house");
            });
        for known in known_by(&text) {
            let fine =
                known == stage || GROUND.contains(&known.as_str()) || allowed.contains(&known.as_str());
            assert!(fine, "{name}: `{stage}` may not know `{known}`");
        }
    }
}

#[test]
fn the_groups_of_a_use_are_read_as_they_are_written() {
    let text = "use crate::{\n    git::{self, Setup, credential::X},\n    secret::Y,\n};\nuse crate::vault::Z; crate::http::A";
    assert_eq!(known_by(text), ["git", "http", "secret", "vault"].map(str::to_owned).into());
}

/// A new place where a secret is read in the clear is a change of this list.
#[test]
fn secrets_are_exposed_in_these_places_alone() {
    let mut exposed = String::new();
    for (name, text) in sources().filter(|(name, _)| name.starts_with("crates/") && name.contains("/src/")) {
        let calls = text.matches(".expose(").count() + text.matches(".expose_secret(").count();
        if calls > 0 {
            exposed.push_str(&format!("{name}: {calls}\n"));
        }
    }
    insta::assert_snapshot!(exposed, @"
    crates/buildpass/src/access/gitlab/api_token.rs: 1
    crates/buildpass/src/access/gitlab/client.rs: 2
    crates/buildpass/src/access/gitlab/config.rs: 1
    crates/buildpass/src/access/gitlab/proof.rs: 5
    crates/buildpass/src/cli/token.rs: 2
    crates/buildpass/src/doctor/gather/build_token.rs: 1
    crates/buildpass/src/doctor/gather/repository.rs: 1
    crates/buildpass/src/doctor/gather/server.rs: 1
    crates/buildpass/src/doctor/gather/vault.rs: 1
    crates/buildpass/src/git/credential/answer.rs: 1
    crates/buildpass/src/identity/check.rs: 1
    crates/buildpass/src/identity/claims.rs: 1
    crates/buildpass/src/identity/github.rs: 1
    crates/buildpass/src/identity/id_token.rs: 2
    crates/buildpass/src/identity/source.rs: 1
    crates/buildpass/src/run/guardian/custody.rs: 1
    crates/buildpass/src/run/job.rs: 4
    crates/buildpass/src/run/masking.rs: 3
    crates/buildpass/src/secret/build_token.rs: 3
    crates/buildpass/src/secret/hidden.rs: 2
    crates/buildpass/src/secret/minted.rs: 1
    crates/buildpass/src/secret/on_pipe.rs: 1
    crates/buildpass/src/secret/own_end.rs: 1
    crates/buildpass/src/sources/location.rs: 2
    crates/buildpass/src/vault/administer.rs: 1
    crates/buildpass/src/vault/config.rs: 2
    crates/buildpass/src/vault/kv.rs: 2
    crates/buildpass/src/vault/nodes.rs: 1
    crates/buildpass/src/vault/read.rs: 3
    crates/buildpass/src/vault/session.rs: 4
    crates/buildpass/src/vault/token.rs: 3
    crates/gitlab-sandbox/src/runner/client.rs: 1
    crates/gitlab-sandbox/src/server/config.rs: 1
    ");
}

#[test]
fn no_file_is_long() {
    for (name, text) in sources() {
        let lines = text.lines().count();
        assert!(lines <= 500, "{name} has {lines} lines: which two things does it do?");
    }
}

#[test]
fn every_file_is_named_after_what_it_holds() {
    const SAY_NOTHING: [&str; 8] = ["utils", "util", "helpers", "common", "misc", "manager", "imp", "types"];
    for name in files() {
        for part in name.split('/') {
            let stem = part.split('.').next().unwrap();
            assert!(!SAY_NOTHING.contains(&stem), "{name}: `{stem}` says nothing");
        }
    }
}

#[test]
fn a_module_with_parts_is_a_folder_with_mod_rs() {
    let all: BTreeSet<String> = files().into_iter().collect();
    for name in all.iter().filter(|name| name.ends_with(".rs")) {
        let folder = format!("{}/", name.trim_end_matches(".rs"));
        assert!(!all.iter().any(|other| other.starts_with(&folder)), "{name} stands beside its own folder");
    }
}

#[test]
fn every_crate_takes_the_lints_of_the_workspace() {
    let manifests: Vec<String> = files()
        .into_iter()
        .filter(|name| name.ends_with("/Cargo.toml") && name.starts_with("crates/"))
        .collect();
    assert!(manifests.len() >= 4, "{manifests:?}");
    for name in manifests {
        assert!(read(&name).contains("[lints]\nworkspace = true\n"), "{name}");
    }
}

/// What is committed names no machine and no registry but the public one.
#[test]
fn nothing_names_a_machine_or_a_registry() {
    let folders = [["/wo", "rk/"], ["/fa", "rm/"], ["/ho", "me/"]].map(|parts| parts.concat());
    let temporary = ["/tm", "p/"].concat();
    let registries =
        [["index", "-url"], ["replace", "-with"], ["[registr", "ies"]].map(|parts| parts.concat());
    for name in files() {
        let Ok(text) = fs::read_to_string(root().join(&name)) else { continue };
        for part in folders.iter().chain(&registries) {
            assert!(!text.contains(part.as_str()), "{name} names `{part}`");
        }
        for rest in text.split(&temporary).skip(1) {
            let lower = rest.starts_with(|each: char| each.is_ascii_lowercase());
            assert!(!lower, "{name} names a folder in `{temporary}`");
        }
    }
    for source in read("Cargo.lock").lines().filter_map(|line| line.strip_prefix("source = ")) {
        assert_eq!(source, "\"registry+https://github.com/rust-lang/crates.io-index\"");
    }
}

#[test]
fn every_path_that_the_documents_name_is_there() {
    for document in documents() {
        let text = read(&document);
        let folder = Path::new(&document).parent().unwrap();
        let links = text.split("](").skip(1).map(|rest| rest.split([')', '#']).next().unwrap());
        for link in links.filter(|link| !link.is_empty() && !link.contains("://")) {
            assert!(root().join(folder).join(link).exists(), "{document} links to {link}");
        }
        let in_code = text.split('`').skip(1).step_by(2);
        let tops = ["crates/", "docs/", ".ci/", ".cargo/", "bench/", "fuzz/", "templates/"];
        for path in in_code.filter(|code| tops.iter().any(|top| code.starts_with(top))) {
            assert!(root().join(path).exists(), "{document} names {path}");
        }
        let rust_files = text.split('`').skip(1).step_by(2).filter(|code| code.ends_with(".rs"));
        for path in rust_files.filter(|code| !code.contains([' ', '…', '<'])) {
            let there = files().iter().any(|file| *file == path || file.ends_with(&format!("/{path}")));
            assert!(there, "{document} names {path}");
        }
    }
}

/// Whether a value, written for a person who debugs, holds a secret.
fn tells(value: &impl Debug, secret: &str) -> bool {
    format!("{value:?}{value:#?}").contains(secret)
}

/// Whether an error tells a secret, by itself or by its causes.
fn says(error: &(dyn std::error::Error + 'static), secret: &str) -> bool {
    let mut next = Some(error);
    while let Some(error) = next {
        if format!("{error}{error:?}").contains(secret) {
            return true;
        }
        next = error.source();
    }
    false
}

proptest::proptest! {
    #[test]
    fn no_secret_type_tells_its_secret(secret in "made-up-[A-Za-z0-9_.-]{12,60}") {
        let token = || BuildToken::new(secret.clone());
        let end = End::Leased { id: LeaseId("a/b".into()), until: std::time::SystemTime::UNIX_EPOCH, renewable: true };
        proptest::prop_assert!(!tells(&token(), &secret));
        proptest::prop_assert!(!tells(&Lease::new(token(), end), &secret));
        proptest::prop_assert!(!tells(&IdToken::new(secret.clone()), &secret));
        proptest::prop_assert!(!tells(&ApiToken::new(secret.clone()), &secret));
        proptest::prop_assert!(!tells(&TokenSource::Variable(ApiToken::new(secret.clone())), &secret));
        proptest::prop_assert!(!tells(&Hidden::new(secret.clone()), &secret));
        proptest::prop_assert!(!tells(&VaultToken::new(secret.clone()), &secret));
        proptest::prop_assert!(!tells(&Credential::Person(VaultToken::new(secret.clone())), &secret));
        let forms = Forms::of(&secret, &["git"]).unwrap();
        proptest::prop_assert!(!tells(&forms, &secret));
        proptest::prop_assert!(!tells(&Needles::new([forms]), &secret));
        let asked = format!("protocol=https\nhost=gitlab.com\npath=g/x\npassword={secret}\ncapability[]=authtype\n\n");
        let question = credential::Question::read(&mut asked.as_bytes()).unwrap();
        proptest::prop_assert!(!tells(&question, &secret));
        proptest::prop_assert!(!tells(&credential::Answer::credential(&question, "git", &token(), None), &secret));
    }

    #[test]
    fn no_configuration_tells_the_secrets_of_its_environment(secret in "made-up-[A-Za-z0-9_.-]{12,60}") {
        let (address, wanted) = (vec!["https://vault.example".into()], vec!["A=a/b@c".into()]);
        let flags = Flags { address, secret: wanted, ..Flags::default() };
        let github = Flags { github_actions: true, ..flags.clone() };
        let folder = tempfile::tempdir().unwrap();
        let variables = [
            [("VAULT_ID_TOKEN", secret.as_str()), ("A", "b")],
            [("VAULT_TOKEN", secret.as_str()), ("A", "b")],
            [("ACTIONS_ID_TOKEN_REQUEST_TOKEN", secret.as_str()), ("ACTIONS_ID_TOKEN_REQUEST_URL", "https://a.example")],
        ];
        for (flags, variables) in [&flags, &flags, &github].into_iter().zip(variables) {
            let environment = Environment::made_of(variables, folder.path().to_owned());
            proptest::prop_assert!(!tells(&environment, &secret));
            let settings = Settings::load(flags, &environment).unwrap();
            proptest::prop_assert!(settings.vault.is_some());
            proptest::prop_assert!(!tells(&settings, &secret));
            if let Some(Err(error)) = settings.vault.map(|vault| vault.check(&buildpass::clock::Clock::fixed(0))) {
                proptest::prop_assert!(!says(&error, &secret), "{error}");
            }
        }
    }

    #[test]
    fn no_error_about_a_url_tells_the_password_in_it(
        secret in "made-up-[A-Za-z0-9]{12,40}", user in "[a-z]{0,6}",
        host in "[a-z. ]{0,9}(:[0-9a-z]{0,6})?", scheme in "(https|http|ssh|ht tp)",
    ) {
        let url = format!("{scheme}://{user}:{secret}@{host}/g/");
        if let Err(error) = url.parse::<RemoteUrl>() {
            let error: BadRemoteUrl = error;
            proptest::prop_assert!(!says(&error, &secret), "{error}");
        }
        if let Err(error) = url.parse::<Realm>() {
            let error: BadRealm = error;
            proptest::prop_assert!(!says(&error, &secret), "{error}");
        }
        if let Err(error) = Secured::parse(&url) {
            proptest::prop_assert!(!says(&error, &secret), "{error}");
        }
    }
}
