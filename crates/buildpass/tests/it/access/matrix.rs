//! Who asks, beside who is let in.

use serde_json::{Value, json};

use super::scene::{PROJECT, Scene, declared};
use crate::harness::{BUILD_TOKEN_PATH, Finished, on_every_vault};

/// A job that asks wherever `rules` lets it run, and one that asks for nothing.
fn pipeline(scene: &Scene<'_>, rules: &str) -> String {
    format!(
        "build:\n  id_tokens: {{VAULT_ID_TOKEN: {{aud: '{}'}}}}\n  secrets: {{TOKEN: {{vault: {BUILD_TOKEN_PATH}/token@ci, file: false}}}}\n  script: make\n{rules}lint:\n  script: make lint\n",
        scene.vault.address
    )
}

const PROTECTED: &str = "  rules:\n    - if: '$CI_COMMIT_REF_PROTECTED == \"true\"'\n";

fn matrix(scene: &Scene<'_>, yaml: &str, more: &[&str]) -> Finished {
    let owner = scene.owner(&declared("")).file(".gitlab-ci.yml", yaml);
    owner.args(["access", "matrix", "--project", PROJECT]).args(more.iter().copied()).run()
}

/// What is wrong, in this order.
fn faults(scene: &Scene<'_>, yaml: &str) -> Vec<String> {
    let finished = matrix(scene, yaml, &["--format", "json"]);
    let answer: Value = serde_json::from_str(&finished.stdout).unwrap_or_else(|_| panic!("{finished:?}"));
    let faults: Vec<String> = serde_json::from_value(answer["faults"].clone()).unwrap();
    assert_eq!(finished.code, Some(if faults.is_empty() { 0 } else { 5 }), "{}", finished.stderr);
    faults.into_iter().map(|fault| fault.replace(BUILD_TOKEN_PATH, "PATH")).collect()
}

on_every_vault! {
    fn whoever_asks_is_let_in_as_declared(vault) {
        let scene = Scene::on(vault);
        scene.apply(&declared(""));
        let finished = matrix(&scene, &pipeline(&scene, PROTECTED), &[]);
        assert_eq!(finished.code, Some(0), "{}", finished.stderr);
        insta::assert_snapshot!(finished.stdout, @"
        ROLE            default branch  other branch  tag  merge request  fork's merge request  schedule
        omnibus-gitlab  build           -             -    -              -                     build

        - is not let in; ? is unknown; + would be let in, and no job asks; else the jobs that ask and are let in
        Whoever asks is let in as declared, and nobody else is.
        ");
        assert_eq!(vault.sessions(), 0);
    }

    fn a_job_that_asks_where_nobody_lets_it_in_and_a_grant_that_nobody_asks_for(vault) {
        let scene = Scene::on(vault);
        scene.apply(&declared(""));
        let asks = |context: &str| format!("{context}: build asks for ci/data/PATH, and no role lets it in");
        assert_eq!(
            faults(&scene, &pipeline(&scene, "")),
            ["other branch", "tag"].map(asks)
        );
        assert_eq!(
            faults(&scene, "lint:\n  script: make lint\n"),
            ["the role omnibus-gitlab is granted here, and no job asks for ci/data/PATH"]
        );
        vault.must("DELETE", "auth/jwt/role/omnibus-gitlab", Value::Null);
        let found = faults(&scene, &pipeline(&scene, PROTECTED));
        assert_eq!(found[0], "default branch: build asks, and the role omnibus-gitlab does not let it in (it is not there), as it is declared to");
        assert_eq!(found.len(), 2, "{found:?}");
    }

    fn a_context_that_must_not_gets_in(vault) {
        let scene = Scene::on(vault);
        scene.apply(&declared(""));
        let yaml = pipeline(&scene, PROTECTED);
        let role = "auth/jwt/role/omnibus-gitlab";
        let mut claims = vault.must("GET", role, Value::Null)["data"]["bound_claims"].clone();
        claims.as_object_mut().unwrap().remove("ref_protected");
        vault.must("POST", role, json!({"role_type": "jwt", "bound_claims": claims}));
        let gets_in = |context: &str| format!("{context}: the role omnibus-gitlab lets it in, and is not to (ref_protected); it reads ci/data/PATH");
        assert_eq!(faults(&scene, &yaml), ["other branch", "tag", "merge request"].map(gets_in));
        scene.apply(&declared(""));
        assert_eq!(faults(&scene, &yaml), [""; 0]);

        // A role of somebody else, who took a pattern for a path: every fork of that name gets in.
        vault.policy("wide", "path \"ci/*\" { capabilities = [\"read\"] }");
        let wide = json!({
            "role_type": "jwt", "user_claim": "project_id", "bound_audiences": [vault.address], "token_policies": ["wide"],
            "bound_claims_type": "glob", "bound_claims": {"project_path": "*/omnibus-gitlab", "pipeline_source": "merge_request_event"},
        });
        vault.must("POST", "auth/jwt/role/wide", wide);
        assert_eq!(faults(&scene, &yaml), ["merge request", "fork's merge request"].map(|context| {
            format!("{context}: the role wide lets it in, and is not to (it is not declared); it reads ci/data/PATH")
        }));
        vault.policy("never", "{\"path\": {\"ci/*\": {\"capabilities\": [\"deny\"]}}}");
        vault.must("POST", "auth/jwt/role/wide", json!({"role_type": "jwt", "token_policies": ["wide", "never"]}));
        assert_eq!(faults(&scene, &yaml), [""; 0], "what one policy denies, no other gives");
    }

    fn what_one_may_not_look_at_is_named(vault) {
        let scene = Scene::on(vault);
        let toml = declared("");
        scene.apply(&toml);
        let printed = scene.owner(&toml).args(["access", "plan", "--policy"]).run().stdout;
        vault.policy("owner", &printed);
        let made = vault.must("POST", "auth/token/create", json!({"policies": ["owner"], "no_parent": true}));
        let finished = scene
            .owner(&toml)
            .env("VAULT_TOKEN", made["auth"]["client_token"].as_str().unwrap())
            .file(".gitlab-ci.yml", &pipeline(&scene, PROTECTED))
            .args(["access", "matrix", "--project", PROJECT])
            .run();
        assert_eq!(finished.code, Some(0), "{}{}", finished.stdout, finished.stderr);
        let end = "\nnot seen: auth/jwt/role may not be listed, so that only declared roles are seen\n\
            Of what was seen: whoever asks is let in as declared, and nobody else is.\n";
        assert!(finished.stdout.ends_with(end), "{}", finished.stdout);
    }

    fn a_pipeline_that_gitlab_refuses_is_no_pipeline_without_jobs(vault) {
        let scene = Scene::on(vault);
        scene.apply(&declared(""));
        let finished = matrix(&scene, "build:\n  stage: nowhere\n  script: make\n", &[]);
        assert_eq!(finished.code, Some(2), "{}{}", finished.stdout, finished.stderr);
        assert!(finished.stderr.contains("GitLab refuses the configuration: "), "{}", finished.stderr);
        assert_eq!(vault.sessions(), 0);
    }
}
