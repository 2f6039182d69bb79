//! `lockbox export`: everything that a lockbox holds is in another vault afterwards, a job's login included.

use std::{fs, os::unix::fs::PermissionsExt};

use serde_json::{Value, json};

use super::Owner;
use crate::harness::{
    BUILD_TOKEN, BUILD_TOKEN_PATH, Clients, Finished, ROOT, Sandbox, TlsFront, Vault, http, on_every_vault,
};

/// A lockbox that has one of everything.
pub(super) fn lived_in(sandbox: &Sandbox) -> Vault {
    let vault = Vault::lockbox();
    vault.deploy(sandbox);
    let versioned = |path: &str, texts: &[&str]| {
        for text in texts {
            vault.must(
                "POST",
                &format!("ci/data/{path}"),
                json!({"data": {"value": text, "nested": {"a": [1, true]}}}),
            );
        }
    };
    versioned("team/four", &["made-up-1", "made-up-2", "made-up-3", "made-up-4"]);
    vault.must("POST", "ci/delete/team/four", json!({"versions": [2]}));
    vault.must("POST", "ci/destroy/team/four", json!({"versions": [3]}));
    versioned("team/gone", &["made-up-1"]);
    vault.must("DELETE", "ci/data/team/gone", Value::Null);
    let told =
        json!({"custom_metadata": {"owner": "team"}, "max_versions": 3, "delete_version_after": "720h"});
    vault.must("POST", "ci/metadata/told", told);
    versioned("told", &["made-up-1", "made-up-2", "made-up-3", "made-up-4", "made-up-5"]);
    vault.must("POST", "ci/metadata/only-told", json!({"custom_metadata": {"note": "no version"}}));
    vault.must("POST", "ci/config", json!({"max_versions": 20}));
    let plain = json!({
        "type": "kv", "description": "plain secrets", "options": {"version": "1"},
        "config": {"default_lease_ttl": "2h", "listing_visibility": "unauth"},
    });
    vault.must("POST", "sys/mounts/plain", plain);
    vault.must("POST", "plain/deep/er/secret", json!({"value": "made-up-plain", "ttl": "1h"}));
    vault.policy("deny all", r#"path "*" { capabilities = ["deny"] }"#);
    vault.role(
        "other",
        json!({"bound_claims_type": "glob", "bound_claims": {"ref": ["v*", "main"]}, "token_max_ttl": 7200}),
    );
    let role = json!({"allowed_policies": ["build-token"], "token_period": 3600, "orphan": true});
    vault.must("POST", "auth/token/roles/nightly", role);
    vault
}

/// Somebody who has tokens of both vaults in files.
pub(super) fn leaver() -> Owner {
    let owner = Owner::new();
    owner.keeps("token", ROOT);
    owner
}

pub(super) fn export(owner: &Owner, from: &Vault, to: &Vault, more: &[&str]) -> Finished {
    let to = ["--to", &to.address, "--to-token-file", "token"];
    let from = ["--address", &from.address, "--root-token-file", "token"];
    let finished = owner.buildpass(&[&["lockbox", "export"], &to[..], &from, more].concat());
    for secret in [BUILD_TOKEN, "made-up-1", "made-up-plain", ROOT] {
        assert!(!finished.stdout.contains(secret) && !finished.stderr.contains(secret), "{finished:?}");
    }
    finished
}

/// What became of all the things, each said once.
pub(super) fn fates(finished: &Finished) -> Vec<String> {
    let printed: Value = serde_json::from_str(&finished.stdout).unwrap();
    printed["counts"].as_object().unwrap().keys().cloned().collect()
}

fn data(vault: &Vault, path: &str) -> (u16, Value) {
    let (status, answer) = vault.ask("GET", path, Value::Null);
    (status, answer["data"].clone())
}

/// What both must answer alike; what a server says of itself is left out.
fn alike(from: &Vault, to: &Vault, path: &str) {
    let plain = |vault: &Vault| {
        let (status, mut data) = data(vault, path);
        if let Some(fields) = data.as_object_mut() {
            for own in
                ["accessor", "uuid", "running_plugin_version", "modified", "version", "deprecation_status"]
            {
                fields.remove(own);
            }
        }
        (status, data)
    };
    assert_eq!(plain(from), plain(to), "{path}");
}

/// The text of one version, and whether it is there.
pub(super) fn version(vault: &Vault, path: &str, number: u64) -> (u16, Value) {
    let (status, data) = data(vault, &format!("ci/data/{path}?version={number}"));
    (status, data["data"].clone())
}

on_every_vault! {
    fn everything_is_there_afterwards_and_a_job_logs_in(vault) {
        let sandbox = Sandbox::start();
        let (from, owner) = (lived_in(&sandbox), leaver());
        let dry = export(&owner, &from, vault, &[]);
        assert_eq!(dry.code, Some(0), "{}", dry.stderr);
        for line in [
            "create      mount ci/\n",
            "same        mount secret/\n",
            "create      policy build-token\n",
            "same        policy default\n",
            "create      auth jwt/\n",
            "create      config auth/jwt/config\n",
            "create      role auth/jwt/role/omnibus-gitlab\n",
            "create      token role auth/token/roles/nightly\n",
            "create      secret plain/deep/er/secret\n",
            "create      secret ci/team/four: 4 versions, of which 2 cannot be read and are written as destroyed\n",
        ] {
            assert!(dry.stdout.contains(line), "{line}{}", dry.stdout);
        }
        assert!(dry.stderr.contains("nothing was written: `--apply` does"), "{}", dry.stderr);
        assert_eq!(vault.ask("GET", "sys/mounts/ci", Value::Null).0, 400, "a dry run writes nothing");

        let applied = export(&owner, &from, vault, &["--apply"]);
        assert_eq!(applied.code, Some(0), "{}{}", applied.stdout, applied.stderr);
        for path in [
            "sys/mounts/plain", "sys/mounts/plain/tune", "sys/auth/jwt/tune", "ci/config", "plain/deep/er/secret",
            "sys/policies/acl/build-token", "sys/policies/acl/deny%20all", "auth/jwt/config",
            "auth/jwt/role/omnibus-gitlab", "auth/jwt/role/other", "auth/token/roles/nightly",
        ] {
            alike(&from, vault, path);
        }
        for number in 1..=5 {
            for path in ["told", "team/four", "team/gone", BUILD_TOKEN_PATH] {
                let (here, there) = (version(&from, path, number), version(vault, path, number));
                assert_eq!(here, there, "{path} {number}");
            }
        }
        for path in ["told", "only-told"] {
            let told = |vault: &Vault| {
                let (_, data) = data(vault, &format!("ci/metadata/{path}"));
                ["custom_metadata", "max_versions", "delete_version_after", "current_version"].map(|name| data[name].clone())
            };
            assert_eq!(told(&from), told(vault), "{path}");
        }

        // A job of the project logs in there with its ID token, and reads what it may.
        let jwt = sandbox.id_token(&from.address, json!({}));
        let login = vault.must("POST", "auth/jwt/login", json!({"role": "omnibus-gitlab", "jwt": jwt}));
        let session = login["auth"]["client_token"].as_str().unwrap();
        let read = format!("{}/v1/ci/data/{BUILD_TOKEN_PATH}", vault.address);
        let (status, answer) = http::request("GET", &read, &[("x-vault-token", session)], None).unwrap();
        assert_eq!((status, &answer["data"]["data"]["token"]), (200, &json!(BUILD_TOKEN)));

        let again = export(&owner, &from, vault, &["--apply", "--format", "json"]);
        assert_eq!((again.code, fates(&again)), (Some(0), vec!["same".to_owned()]), "{}", again.stdout);
    }

    fn what_is_different_there_stays_until_it_may_be_overwritten(vault) {
        let sandbox = Sandbox::start();
        let (from, owner) = (lived_in(&sandbox), leaver());
        assert_eq!(export(&owner, &from, vault, &["--apply"]).code, Some(0));
        vault.must("POST", "ci/data/told", json!({"data": {"value": "theirs"}}));
        vault.must("POST", "plain/deep/er/secret", json!({"value": "theirs"}));
        vault.policy("build-token", r#"path "theirs" { capabilities = ["read"] }"#);
        vault.role("other", json!({"token_max_ttl": 4000}));
        vault.must("POST", "sys/mounts/plain/tune", json!({"description": "theirs"}));
        // What is more of the same is no difference.
        from.must("POST", "ci/data/team/gone", json!({"data": {"value": "made-up-2"}}));
        let theirs = export(&owner, &from, vault, &["--apply"]);
        assert_eq!(theirs.code, Some(5), "{}{}", theirs.stdout, theirs.stderr);
        for line in [
            "differs     policy build-token: policy\n",
            "differs     mount plain/: description\n",
            "differs     secret plain/deep/er/secret\n",
            "differs     secret ci/told: 5 versions",
            "extended    secret ci/team/gone: 2 versions, of which 1 cannot be read and are written as destroyed; 1 of them were there",
        ] {
            assert!(theirs.stdout.contains(line), "{line}{}", theirs.stdout);
        }
        let role = theirs.stdout.lines().find(|line| line.starts_with("differs     role auth/jwt/role/other: ")).unwrap();
        assert!(role.contains("token_max_ttl") && role.contains("bound_claims"), "{role}");
        assert_eq!(version(vault, "told", 6).1["value"], "theirs");
        assert_eq!(version(vault, "team/gone", 2).1["value"], "made-up-2");

        let ours = export(&owner, &from, vault, &["--apply", "--overwrite"]);
        assert_eq!(ours.code, Some(0), "{}{}", ours.stdout, ours.stderr);
        assert_eq!(version(vault, "told", 6).1["value"], "theirs", "an older version now");
        for (here, there) in [(3, 7), (4, 8), (5, 9)] {
            assert_eq!(version(vault, "told", there), version(&from, "told", here));
        }
        for path in ["plain/deep/er/secret", "sys/policies/acl/build-token", "auth/jwt/role/other", "sys/mounts/plain"] {
            alike(&from, vault, path);
        }
        let again = export(&owner, &from, vault, &["--apply", "--format", "json"]);
        assert_eq!(fates(&again), ["same"], "{}", again.stdout);
    }

    fn what_the_other_vault_refuses_is_said_and_the_rest_is_written(vault) {
        let sandbox = Sandbox::start();
        let (from, owner) = (lived_in(&sandbox), leaver());
        vault.must("POST", "sys/mounts/plain", json!({"type": "kv", "options": {"version": "2"}}));
        // Nobody is there who would say whose keys are good.
        drop(sandbox);
        let refused = export(&owner, &from, vault, &["--apply"]);
        assert_eq!(refused.code, Some(5), "{}{}", refused.stdout, refused.stderr);
        let line = |begin: &str| refused.stdout.lines().find(|line| line.starts_with(begin)).map(str::to_owned);
        assert!(line("refused     config auth/jwt/config: 400 error checking oidc discovery URL").is_some(), "{}", refused.stdout);
        assert_eq!(
            line("differs     mount plain/").unwrap(),
            "differs     mount plain/: another type of engine or method is mounted there: move it away first"
        );
        assert!(line("created     role auth/jwt/role/other").is_some() && line("created     secret ci/told").is_some());
    }
}

#[test]
fn a_secret_with_a_long_past_takes_along_what_is_left_of_it() {
    let (from, to, owner) = (Vault::lockbox(), Vault::lockbox(), leaver());
    for number in 1..=1011 {
        from.must("POST", "secret/data/old", json!({"data": {"value": number.to_string()}}));
    }
    let applied = export(&owner, &from, &to, &["--apply"]);
    assert!(
        applied.stdout.contains("created     secret secret/old: 10 versions, numbered from 1\n"),
        "{}",
        applied.stdout
    );
    let texts =
        [1, 10].map(|number| data(&to, &format!("secret/data/old?version={number}")).1["data"].clone());
    assert_eq!(texts, [json!({"value": "1002"}), json!({"value": "1011"})]);
    assert_eq!(fates(&export(&owner, &from, &to, &["--apply", "--format", "json"])), ["same"]);
}

#[test]
fn what_cannot_be_an_export_is_refused_before_anything_is_asked() {
    let (vault, owner) = (Vault::lockbox(), leaver());
    let mut said = String::new();
    for arguments in [
        &["--to", &vault.address, "--to-token-file", "token"][..],
        &["--to", "http://vault.example.com", "--to-token-file", "token"],
        &["--to", "https://vault.example.com"],
        &["--to", "https://vault.example.com", "--to-token-file", "nothing"],
    ] {
        let from = ["--address", &vault.address, "--root-token-file", "token"];
        let refused = owner.buildpass(&[&["lockbox", "export"], arguments, &from].concat());
        assert_eq!(refused.code, Some(2), "{}", refused.stderr);
        let here = owner.path("").display().to_string();
        said.push_str(&refused.stderr.replace(&vault.address, "http://here").replace(&here, ""));
    }
    insta::assert_snapshot!(said, @"
    error: http://here is the vault that is exported
    hint: name the vault to leave for with `--to`, and the one to leave with `--address`
    error: the vault's address is wrong
      caused by: `http://vault.example.com` is plain http to another machine: whoever is on the way reads the ID token and every secret
    hint: use https, or say `--insecure-http` where the way is known to be safe
    error: no token of the vault that is written to is known
    hint: name a file that holds it with `--to-token-file`, or set BUILDPASS_TO_TOKEN
    error: `nothing` cannot be read
      caused by: No such file or directory (os error 2)
    ");
}

/// What holds for the first vault does not hold for the other: neither its authority nor its certificate's name.
#[test]
fn each_vault_is_reached_in_a_way_of_its_own() {
    let (from, to, owner) = (Vault::lockbox(), Vault::lockbox(), leaver());
    from.must("POST", "secret/data/told", json!({"data": {"value": "made-up-1"}}));
    let here = TlsFront::start(&from.address, "here.example", Clients::Certified);
    let there = TlsFront::start(&to.address, "there.example", Clients::Certified);
    let files =
        [&here, &there].map(|front| ["ca.pem", "client.pem", "client.key"].map(|name| front.file(name)));
    let of_first = [
        ["--address", &here.address],
        ["--tls-server-name", "here.example"],
        ["--ca-cert", &files[0][0]],
        ["--client-cert", &files[0][1]],
        ["--client-key", &files[0][2]],
    ];
    let of_other = [
        ["--to-tls-server-name", "there.example"],
        ["--to-ca-cert", &files[1][0]],
        ["--to-client-cert", &files[1][1]],
        ["--to-client-key", &files[1][2]],
    ];
    let export = |of_other: &[[&str; 2]]| {
        let tokens = [
            "--root-token-file",
            "token",
            "--to",
            &there.address,
            "--to-token-file",
            "token",
            "--timeout",
            "5s",
        ];
        owner.buildpass(
            &[
                &["lockbox", "export", "--apply"],
                &tokens[..],
                of_first.as_flattened(),
                of_other.as_flattened(),
            ]
            .concat(),
        )
    };
    let done = export(&of_other);
    assert_eq!(done.code, Some(0), "{}", done.stderr);
    assert_eq!(data(&to, "secret/data/told").1["data"], json!({"value": "made-up-1"}));
    for (without, said) in [
        (&of_other[1..], "certificate not valid for name"),
        (&of_other[..1], "UnknownIssuer"),
        (&of_other[..2], "CertificateRequired"),
    ] {
        let refused = export(without);
        assert_eq!(refused.code, Some(4), "{}", refused.stderr);
        assert!(
            refused.stderr.contains(said) && refused.stderr.contains(&there.address),
            "{said}: {}",
            refused.stderr
        );
    }
}

#[test]
fn a_namespace_of_the_other_vault_is_written_to_and_one_that_is_not_there_ends_it() {
    let Some(to) = Vault::openbao() else { return println!("skipped: namespaces are OpenBao's") };
    let (from, owner) = (Vault::lockbox(), leaver());
    from.must("POST", "secret/data/told", json!({"data": {"value": "made-up-1"}}));
    to.must("POST", "sys/namespaces/team", json!({}));
    let done = export(&owner, &from, &to, &["--apply", "--to-namespace", "team"]);
    assert_eq!(done.code, Some(0), "{}{}", done.stdout, done.stderr);
    assert!(done.stdout.contains("created     mount secret/\n"), "{}", done.stdout);
    assert_eq!(data(&to, "team/secret/data/told").1["data"], json!({"value": "made-up-1"}));
    assert_eq!(data(&to, "secret/data/told").0, 404);
    // The same server is another vault in another namespace.
    let inside = ["--namespace", "team", "--address", &to.address, "--root-token-file", "token"];
    let other = ["lockbox", "export", "--apply", "--to", &to.address, "--to-token-file", "token"];
    let done = owner.buildpass(&[&other[..], &inside].concat());
    assert_eq!(done.code, Some(0), "{}{}", done.stdout, done.stderr);
    assert_eq!(data(&to, "secret/data/told").1["data"], json!({"value": "made-up-1"}));

    let astray = export(&owner, &from, &to, &["--apply", "--to-namespace", "taem"]);
    assert_eq!((astray.code, astray.stdout.as_str()), (Some(3), ""), "nothing was done");
    insta::assert_snapshot!(astray.stderr, @"
    error: the vault refused GET sys/mounts: 404 namespace not found
    hint: is that the namespace's name?
    ");
}

#[test]
fn a_token_that_others_can_read_is_not_taken() {
    let (from, to, owner) = (Vault::lockbox(), Vault::lockbox(), leaver());
    owner.keeps("empty", "\n");
    owner.keeps("long", &"x".repeat(10_000));
    fs::write(owner.path("open"), ROOT).unwrap();
    fs::set_permissions(owner.path("open"), fs::Permissions::from_mode(0o644)).unwrap();
    let mut said = String::new();
    for name in ["open", "empty", "long"] {
        let reached = ["lockbox", "export", "--address", &from.address, "--to", &to.address];
        for tokens in [
            ["--root-token-file", name, "--to-token-file", "token"],
            ["--root-token-file", "token", "--to-token-file", name],
        ] {
            let refused = owner.buildpass(&[&reached[..], &tokens].concat());
            assert_eq!(refused.code, Some(2), "{}", refused.stderr);
            said.push_str(&refused.stderr);
        }
    }
    let here = format!("{}/", owner.path("").display().to_string().trim_end_matches('/'));
    insta::assert_snapshot!(said.replace(&here, ""), @"
    error: the token file `open` can be read by others: its mode is 0644
    hint: chmod 600 open, and think about who has read it
    error: the token file `open` can be read by others: its mode is 0644
    hint: chmod 600 open, and think about who has read it
    error: the token file `empty` is empty
    hint: name a file that holds a token, and nothing else
    error: the token file `empty` is empty
    hint: name a file that holds a token, and nothing else
    error: the token file `long` holds more than 8192 bytes
    hint: name a file that holds a token, and nothing else
    error: the token file `long` holds more than 8192 bytes
    hint: name a file that holds a token, and nothing else
    ");
}
