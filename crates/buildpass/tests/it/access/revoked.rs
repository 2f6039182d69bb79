//! The day a token leaks.

use std::sync::atomic::{AtomicBool, Ordering};

use serde_json::{Value, json};

use super::scene::{Scene, declared};
use crate::harness::{BUILD_TOKEN_PATH, Fate, Proxy, on_every_vault};

on_every_vault! {
    fn a_token_that_leaked_is_ended_in_both_places(vault) {
        let scene = Scene::on(vault);
        let toml = declared("");
        scene.apply(&toml);
        scene.run(&toml, &["rotate", "ci-read"]);
        let ids = scene.ids();
        assert_eq!(ids.len(), 2);
        let said = scene.run(&toml, &["revoke", "ci-read"]);
        assert_eq!(said, format!(
            "Revoked at GitLab: {}, {}.\nDeleted in the vault.\nCut off: gitlab-org/security/omnibus-gitlab by the role omnibus-gitlab.\n`buildpass access apply` makes a new one.\n",
            ids[0], ids[1]
        ));
        assert!(scene.ids().is_empty() && scene.stored().is_none() && !scene.job_reads());
        scene.apply(&toml);
        assert!(scene.ids().len() == 1 && scene.job_reads());
        let finished = scene.owner(&toml).args(["access", "revoke", "ci-red"]).run();
        assert_eq!(finished.code, Some(2), "{}", finished.stderr);
    }

    fn what_is_wrong_with_the_rest_of_the_declaration_blocks_nothing(vault) {
        let scene = Scene::on(vault);
        scene.apply(&declared(""));
        let first = scene.stored().unwrap();
        vault.write_secret("occupied", json!({"token": "made-up-password"}));
        let toml = declared("[[access.token]]\nname = \"other\"\ngroup = \"no-such-group\"\nstore = \"occupied/token@ci\"\n\
            [[access.grant]]\nsecret = \"other\"\nvault_role = \"r\"\nprojects = [\"gitlab-org/nowhere\"]\nrefs = \"protected\"\n");
        assert_ne!(scene.owner(&toml).args(["access", "plan"]).run().code, Some(0));
        scene.run(&toml, &["revoke", "ci-read"]);
        assert!(scene.stored().is_none() && !scene.lives(&first));
        assert_eq!(vault.must("GET", "ci/data/occupied", Value::Null)["data"]["data"], json!({"token": "made-up-password"}));
    }

    fn a_value_that_somebody_put_there_is_ended_whosever_it_is(vault) {
        let scene = Scene::on(vault);
        let toml = declared("");
        scene.apply(&toml);
        let wanted = json!({"name": "astray", "scopes": ["read_repository"], "access_level": 20});
        let made = scene.group.sandbox.admin("POST", "/api/v4/groups/elsewhere/access_tokens", &wanted);
        let (id, value) = (made["id"].as_u64().unwrap(), made["token"].as_str().unwrap());
        vault.write_secret(BUILD_TOKEN_PATH, json!({"token": value, "other": "kept"}));
        let ids = scene.ids();
        let said = scene.run(&toml, &["revoke", "ci-read"]);
        assert!(said.starts_with(&format!("Revoked at GitLab: {}, {id}.\nDeleted in the vault.\n", ids[0])), "{said}");
        assert!(!scene.lives(value) && scene.ids().is_empty());
        let left = vault.must("GET", &format!("ci/data/{BUILD_TOKEN_PATH}"), Value::Null)["data"]["data"].clone();
        assert_eq!(left, json!({"other": "kept"}));
    }

    fn no_version_has_the_value_though_an_answer_was_lost(vault) {
        let scene = Scene::on(vault);
        let toml = declared("");
        scene.apply(&toml);
        // GitLab does not know it, and a write of another field has made a second version of it.
        let leaked = "made-up-token-of-another-instance";
        vault.write_secret(BUILD_TOKEN_PATH, json!({"token": leaked}));
        vault.write_secret(BUILD_TOKEN_PATH, json!({"token": leaked, "other": "kept"}));
        let lost = AtomicBool::new(false);
        let wire = Proxy::start(&vault.address, move |line| {
            let first = line.starts_with("POST /v1/ci/data/") && !lost.swap(true, Ordering::SeqCst);
            if first { Fate::Lose } else { Fate::Pass }
        });
        let finished = scene.owner(&toml).env("VAULT_ADDR", &wire.address).args(["access", "revoke", "ci-read"]).run();
        assert_eq!(finished.code, Some(0), "{}", finished.stderr);
        assert!(finished.stdout.contains("Deleted in the vault."), "{}", finished.stdout);
        for version in 1..=3 {
            let path = format!("ci/data/{BUILD_TOKEN_PATH}?version={version}");
            assert_eq!(vault.ask("GET", &path, Value::Null).0, 404, "{version}");
        }
        let left = vault.must("GET", &format!("ci/data/{BUILD_TOKEN_PATH}"), Value::Null)["data"]["data"].clone();
        assert_eq!(left, json!({"other": "kept"}));
        let again = scene.owner(&toml).args(["access", "revoke", "ci-read"]).run().stdout;
        assert!(again.contains("In the vault there was no value of it."), "{again}");
    }

    fn what_can_be_ended_is_ended_where_gitlab_lists_nothing(vault) {
        let scene = Scene::on(vault);
        let toml = declared("");
        scene.apply(&toml);
        let first = scene.stored().unwrap();
        let developer = scene.group.token_with("api", 30);
        let finished = scene.owner(&toml).env("GITLAB_TOKEN", &developer).args(["access", "revoke", "ci-read"]).run();
        assert_eq!(finished.code, Some(3), "{}", finished.stderr);
        assert!(finished.stderr.contains("not everything was ended") && finished.stderr.contains("refused to list the tokens"), "{}", finished.stderr);
        assert!(finished.stdout.contains("Deleted in the vault."), "{}", finished.stdout);
        assert!(scene.stored().is_none() && !scene.lives(&first));
    }
}
