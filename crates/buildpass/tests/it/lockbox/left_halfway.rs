//! `lockbox export` where a vault is busy, refuses, or is not the one that answers: nothing is lost, and nothing is taken for absent.

use std::{collections::BTreeSet, sync::Mutex};

use serde_json::{Value, json};

use super::{
    Owner,
    left::{export, fates, leaver, lived_in, version},
};
use crate::harness::{Fate, Finished, Proxy, Sandbox, Vault, on_every_vault};

/// The same vault behind somebody who answers some requests in its place.
fn behind(vault: &Vault, fate: impl Fn(&str) -> Fate + Send + Sync + 'static) -> (Proxy, Vault) {
    let proxy = Proxy::start(&vault.address, fate);
    let behind = Vault::at(&proxy.address);
    (proxy, behind)
}

/// Where a request has a certain beginning, somebody else answers.
fn instead(begin: &'static str, status: u16, body: &'static str) -> impl Fn(&str) -> Fate {
    move |line| if line.starts_with(begin) { Fate::Instead(status, body) } else { Fate::Pass }
}

/// Somebody who has exported everything, and finds that theirs is another text now.
fn left_before(from: &Vault, to: &Vault) -> Owner {
    let owner = leaver();
    assert_eq!(export(&owner, from, to, &["--apply"]).code, Some(0));
    to.must("POST", "ci/data/team/four", json!({"data": {"value": "theirs"}}));
    owner
}

fn line<'a>(finished: &'a Finished, of: &str) -> &'a str {
    finished.stdout.lines().find(|line| line.contains(of)).unwrap_or_default()
}

on_every_vault! {
    fn what_is_overwritten_stays_there_as_an_older_version(vault) {
        let sandbox = Sandbox::start();
        let from = lived_in(&sandbox);
        let owner = left_before(&from, vault);
        let ours = export(&owner, &from, vault, &["--apply", "--overwrite"]);
        assert_eq!(ours.code, Some(0), "{}{}", ours.stdout, ours.stderr);
        let told = "overwritten secret ci/team/four: 4 versions, of which 2 cannot be read and are written as destroyed, \
                    numbered from 6";
        assert_eq!(line(&ours, "secret ci/team/four"), told);
        assert_eq!(version(vault, "team/four", 5).1["value"], "theirs");
        for number in [6, 9] {
            assert_eq!(version(vault, "team/four", number), version(&from, "team/four", number - 5));
        }
        assert_eq!((version(vault, "team/four", 7).0, version(vault, "team/four", 8).0), (404, 404));
        let again = export(&owner, &from, vault, &["--apply", "--format", "json"]);
        assert_eq!((again.code, fates(&again)), (Some(0), vec!["same".to_owned()]), "{}", again.stdout);
    }

    fn a_refused_overwrite_loses_nothing(vault) {
        let sandbox = Sandbox::start();
        let from = lived_in(&sandbox);
        let owner = left_before(&from, vault);
        let denied = r#"{"errors":["permission denied"]}"#;
        let (_proxy, to) = behind(vault, instead("POST /v1/ci/data/team/four", 403, denied));
        let refused = export(&owner, &from, &to, &["--apply", "--overwrite"]);
        assert_eq!(refused.code, Some(5), "{}{}", refused.stdout, refused.stderr);
        assert_eq!(line(&refused, "secret ci/team/four"), "refused     secret ci/team/four: 403 permission denied");
        assert_eq!(version(vault, "team/four", 5).1["value"], "theirs");
        assert_eq!(version(vault, "team/four", 1), version(&from, "team/four", 1));
    }

    fn an_overwrite_that_was_cut_off_goes_on_where_it_was(vault) {
        let sandbox = Sandbox::start();
        let from = lived_in(&sandbox);
        let owner = left_before(&from, vault);
        let asked = Mutex::new(0);
        let (_proxy, to) = behind(vault, move |line| {
            let mut asked = asked.lock().unwrap();
            *asked += usize::from(line.starts_with("POST /v1/ci/data/team/four"));
            match *asked > 2 && line.starts_with("POST") {
                true => Fate::Instead(403, r#"{"errors":["permission denied"]}"#),
                false => Fate::Pass,
            }
        });
        let refused = export(&owner, &from, &to, &["--apply", "--overwrite"]);
        let told = "refused     secret ci/team/four: 403 permission denied; 2 of 4 versions are there";
        assert_eq!(line(&refused, "secret ci/team/four"), told);
        assert_eq!(export(&owner, &from, vault, &["--apply", "--overwrite"]).code, Some(0));
        assert_eq!(version(vault, "team/four", 9), version(&from, "team/four", 4));
        assert_eq!(version(vault, "team/four", 10).0, 404, "what was there is not written again");
        assert_eq!(fates(&export(&owner, &from, vault, &["--apply", "--format", "json"])), ["same"]);
    }

    fn what_may_only_be_done_in_part_is_not_begun(vault) {
        let sandbox = Sandbox::start();
        let from = lived_in(&sandbox);
        let owner = left_before(&from, vault);
        vault.must("POST", "ci/metadata/team/four", json!({"custom_metadata": {"owner": "they"}}));
        from.must("POST", "ci/metadata/team/four", json!({"custom_metadata": {"owner": "we"}}));
        let rules = r#"
            path "*" { capabilities = ["read", "list", "create", "update", "sudo"] }
            path "ci/data/team/*" { capabilities = ["read"] }
        "#;
        vault.policy("in-part", rules);
        let made = vault.must("POST", "auth/token/create", json!({"policies": ["in-part"]}));
        owner.keeps("in-part", made["auth"]["client_token"].as_str().unwrap());
        let refused = owner.buildpass(&[
            "lockbox", "export", "--apply", "--overwrite", "--address", &from.address, "--root-token-file", "token",
            "--to", &vault.address, "--to-token-file", "in-part",
        ]);
        let told = "refused     secret ci/team/four: 403 the token may not update `ci/data/team/four`; nothing was changed";
        assert_eq!(line(&refused, "secret ci/team/four"), told, "{}", refused.stderr);
        let custom = vault.must("GET", "ci/metadata/team/four", Value::Null)["data"]["custom_metadata"].clone();
        assert_eq!(custom, json!({"owner": "they"}));
    }

    fn a_vault_that_is_busy_is_asked_again_and_nothing_is_there_twice(vault) {
        let sandbox = Sandbox::start();
        let (from, owner) = (lived_in(&sandbox), leaver());
        let seen = |fate: Fate| {
            let seen = Mutex::new(BTreeSet::new());
            move |line: &str| match seen.lock().unwrap().insert(line.to_owned()) {
                true => fate,
                false => Fate::Pass,
            }
        };
        // The first try of everything is too much; or was carried out, and its answer lost.
        let (_busy, slow_from) = behind(&from, seen(Fate::Instead(429, r#"{"errors":["request path is rate limited"]}"#)));
        let (_lossy, lossy_to) = behind(vault, seen(Fate::Lose));
        let applied = export(&owner, &slow_from, &lossy_to, &["--apply"]);
        assert_eq!(applied.code, Some(0), "{}{}", applied.stdout, applied.stderr);
        for number in 1..=6 {
            for path in ["told", "team/four"] {
                assert_eq!(version(&from, path, number), version(vault, path, number), "{path} {number}");
            }
        }
        assert_eq!(fates(&export(&owner, &from, vault, &["--apply", "--format", "json"])), ["same"]);
    }

    fn a_vault_that_fails_ends_it_and_the_rest_is_not_tried(vault) {
        let sandbox = Sandbox::start();
        let from = lived_in(&sandbox);
        let owner = left_before(&from, vault);
        vault.must("DELETE", "plain/deep/er/secret", Value::Null);
        let (_proxy, to) = behind(vault, instead("POST /v1/ci/data/", 500, r#"{"errors":["internal error"]}"#));
        let ended = export(&owner, &from, &to, &["--apply", "--overwrite"]);
        assert_eq!(ended.code, Some(3), "{}{}", ended.stdout, ended.stderr);
        assert!(ended.stderr.contains("error: the vault refused POST ci/data/team/four: 500 internal error"), "{}", ended.stderr);
        assert!(ended.stdout.contains("same        secret ci/only-told"), "what was done is said: {}", ended.stdout);
        assert_eq!(vault.ask("GET", "plain/deep/er/secret", Value::Null).0, 404, "{}", ended.stdout);
        assert_eq!(version(vault, "team/four", 5).1["value"], "theirs");
    }

    fn a_page_of_whoever_stands_before_a_vault_is_not_an_absent_thing(vault) {
        let sandbox = Sandbox::start();
        let (from, owner) = (lived_in(&sandbox), leaver());
        let applied = export(&owner, &from, vault, &["--apply"]);
        assert_eq!(applied.code, Some(0), "{}", applied.stderr);
        for (status, body) in [
            (404, "<html><h1>404 Not Found</h1></html>"),
            (404, r#"{"message":"no Route matched with those values"}"#),
            (200, "<html>please log in</html>"),
            (200, r#"{"ok":true}"#),
        ] {
            let must_end = |finished: Finished, begin: &str| {
                assert_eq!(finished.code, Some(4), "{begin} {body}: {}{}", finished.stdout, finished.stderr);
                assert!(finished.stderr.contains("what answers at this address is not a vault"), "{}", finished.stderr);
            };
            for begin in ["LIST /v1/sys/policies/acl", "GET /v1/sys/policies/acl/build-token", "GET /v1/ci/data/told"] {
                let (_proxy, astray) = behind(&from, instead(begin, status, body));
                must_end(export(&owner, &astray, vault, &["--apply"]), begin);
            }
            for begin in ["GET /v1/sys/policies/acl/build-token", "GET /v1/ci/data/told"] {
                let (_proxy, astray) = behind(vault, instead(begin, status, body));
                must_end(export(&owner, &from, &astray, &["--apply"]), begin);
            }
        }
    }
}
