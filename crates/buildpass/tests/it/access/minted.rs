//! A token that was made and comes to nothing.

use std::time::{Duration, Instant};

use serde_json::{Value, json};

use super::scene::{Scene, declared};
use crate::harness::{ADMIN, BUILD_TOKEN_PATH, Fate, Proxy, Scripted, on_every_vault};

on_every_vault! {
    fn what_the_vault_refuses_to_store_is_taken_back(vault) {
        let scene = Scene::on(vault);
        let toml = declared("");
        scene.apply(&toml);
        let (first, ids) = (scene.stored().unwrap(), scene.ids());
        vault.policy("reads", &format!(
            "path \"*\" {{ capabilities = [\"read\", \"list\"] }}\npath \"ci/metadata/{BUILD_TOKEN_PATH}\" {{ capabilities = [\"read\", \"update\"] }}"
        ));
        let made = vault.must("POST", "auth/token/create", json!({"policies": ["reads"], "no_parent": true}));
        let token = made["auth"]["client_token"].as_str().unwrap();
        let rotate = || scene.owner(&toml).env("VAULT_TOKEN", token).args(["access", "rotate", "ci-read"]);
        let finished = rotate().run();
        assert_eq!(finished.code, Some(3), "{}", finished.stderr);
        assert!(finished.stderr.contains("permission denied"), "{}", finished.stderr);
        assert_eq!((scene.stored().unwrap(), scene.ids()), (first, ids));

        // And where GitLab's answer to that is lost, its number is told.
        let gitlab = Proxy::start(&scene.group.sandbox.url, |line| {
            if line.starts_with("DELETE ") { Fate::Lose } else { Fate::Pass }
        });
        let issuer = scene.group.sandbox.url.clone();
        let finished = rotate().env("CI_SERVER_URL", &gitlab.address).args(["--issuer", &issuer, "--timeout", "2s"]).run();
        assert_eq!(finished.code, Some(3), "{}", finished.stderr);
        assert!(finished.stderr.contains("was made, is stored nowhere, and could not be revoked"), "{}", finished.stderr);
        scene.apply(&toml);
        assert!(scene.ids().len() == 1 && scene.job_reads());
    }

    fn a_plan_with_a_token_that_retires_is_the_same_plan_a_minute_later(vault) {
        let scene = Scene::on(vault);
        let toml = declared("");
        scene.apply(&toml);
        let before = scene.note();
        scene.run(&toml, &["rotate", "ci-read"]);
        // As by a run that was killed between the secret and its note.
        vault.must("POST", &format!("ci/metadata/{BUILD_TOKEN_PATH}"), json!({"custom_metadata": before}));
        let mut owner = scene.owner(&toml).args(["access", "plan", "--out", "plan.json"]);
        assert_eq!(owner.run().code, Some(0));
        let saved = std::fs::read_to_string(owner.project().join("plan.json")).unwrap();
        assert!(saved.contains("\"retiring\""), "{saved}");
        scene.pass(60);
        let finished = scene.owner(&toml).file("plan.json", &saved).args(["access", "apply", "plan.json"]).run();
        assert_eq!(finished.code, Some(0), "{}", finished.stderr);
        assert_eq!(scene.plan(&toml)["steps"], json!([]));
        assert!(scene.ids().len() == 2 && scene.note()["retiring"] != Value::Null);
    }

    fn a_token_for_gitlab_that_is_stored_with_a_line_break_is_taken_as_it_is_meant(vault) {
        let scene = Scene::on(vault);
        vault.must("POST", "sys/mounts/ci", json!({"type": "kv", "options": {"version": "2"}}));
        vault.write_secret("owner", json!({"token": format!("{ADMIN}\n")}));
        scene.apply(&format!("[gitlab]\nfrom = \"owner/token@ci\"\n{}", declared("")));
        assert!(scene.job_reads());
    }

    fn a_wait_that_nobody_outlives_is_not_begun(vault) {
        let scene = Scene::on(vault);
        let busy = Scripted::start(|_, _| {
            b"HTTP/1.1 429 Too Many Requests\r\ncontent-type: application/json\r\nretry-after: 18446744073709551615\r\ncontent-length: 27\r\n\r\n{\"message\":\"429 Retry later\"}".to_vec()
        });
        let began = Instant::now();
        let finished = scene.owner(&declared("")).env("CI_SERVER_URL", &busy.address).args(["access", "plan"]).run();
        assert_eq!(finished.code, Some(4), "{}", finished.stderr);
        assert!(began.elapsed() < Duration::from_secs(20), "{:?}", began.elapsed());
    }

    fn settings_of_an_auth_method_that_nobody_can_read_are_not_lost(vault) {
        let scene = Scene::on(vault);
        let gitlab = &scene.group.sandbox.url;
        vault.must("POST", "sys/auth/jwt", json!({"type": "jwt"}));
        let client = json!({
            "oidc_discovery_url": gitlab, "oidc_client_id": "made-up", "oidc_client_secret": "made-up-secret", "default_role": "people",
        });
        vault.must("POST", "auth/jwt/config", client);
        let finished = scene.owner(&declared("")).args(["access", "apply"]).run();
        assert_eq!(finished.code, Some(3), "{}", finished.stderr);
        assert!(finished.stderr.contains("has an OIDC client, whose secret nobody can read"), "{}", finished.stderr);
        vault.must("POST", "auth/jwt/config", json!({"oidc_discovery_url": gitlab, "default_role": "people", "jwt_supported_algs": ["RS256"]}));
        scene.apply(&declared(""));
        let config = vault.must("GET", "auth/jwt/config", Value::Null)["data"].clone();
        assert_eq!((&config["default_role"], &config["jwt_supported_algs"], &config["bound_issuer"]), (&json!("people"), &json!(["RS256"]), &json!(gitlab)));
        assert!(scene.job_reads());
    }
}
