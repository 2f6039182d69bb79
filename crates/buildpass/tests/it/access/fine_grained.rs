//! A token for the repositories that the build needs, and for no other.

use serde_json::{Value, json};

use super::scene::{Scene, declared};
use crate::harness::{BUILD_TOKEN_PATH, Buildpass, on_every_vault};

/// The reference declaration, with a token that reaches the security mirror of one project.
fn needed(mirrors: &[&str]) -> String {
    let mirrors = mirrors.iter().map(|name| {
        format!("[[access.mirror]]\ncanonical = \"gitlab-org/{name}\"\nsecurity = \"gitlab-org/security/{name}\"\n")
    });
    declared(&mirrors.collect::<String>())
        .replace("name = \"ci-read\"\n", "name = \"ci-read\"\nreach = \"needed\"\n")
}

/// What GitLab shows of the stored token.
fn stored_token(scene: &Scene<'_>) -> Value {
    let url = format!("{}/api/v4/personal_access_tokens/self", scene.group.sandbox.url);
    let value = scene.stored().unwrap();
    let (status, body) =
        crate::harness::http::request("GET", &url, &[("private-token", &value)], None).unwrap();
    assert_eq!(status, 200, "{body}");
    body
}

fn clones(scene: &Scene<'_>, project: &str) -> bool {
    let url = format!("{}/{project}.git", scene.group.sandbox.url);
    scene.job(json!({})).args(["run", "--", "git", "clone", "-q", &url, "made"]).run().code == Some(0)
}

on_every_vault! {
    fn the_token_is_made_for_the_needed_projects_alone(vault) {
        let scene = Scene::on(vault);
        scene.group.private_project("unrelated");
        let toml = needed(&["gitlab-shell"]);
        scene.apply(&toml);
        let token = stored_token(&scene);
        assert_eq!(token["scopes"], json!(["granular"]), "{token}");
        assert_eq!(token["granular_scopes"].as_array().unwrap().len(), 1, "{token}");
        assert!(clones(&scene, "gitlab-org/security/gitlab-shell"));
        assert!(!clones(&scene, "gitlab-org/security/unrelated"), "it is in the group, and the build does not need it");
        assert!(scene.plan(&toml)["steps"].as_array().unwrap().is_empty());
    }

    fn what_the_build_needs_now_makes_a_new_token(vault) {
        let scene = Scene::on(vault);
        scene.group.private_project("gitaly");
        scene.apply(&needed(&["gitlab-shell"]));
        let old = scene.stored().unwrap();
        let both = needed(&["gitlab-shell", "gitaly"]);
        let planned = scene.plan(&both);
        assert_eq!(planned["rotate"], 1, "{planned}");
        assert_eq!(planned["steps"][0]["because"], json!(["it does not reach gitlab-org/security/gitaly"]));
        scene.apply(&both);
        assert!(clones(&scene, "gitlab-org/security/gitaly"));
        assert!(scene.lives(&old), "jobs may hold it");
        let planned = scene.plan(&needed(&["gitaly"]));
        let because = planned["steps"][0]["because"][0].as_str().unwrap();
        assert!(because.starts_with("it reaches project ") && because.ends_with(", which the build does not need"), "{because}");
        scene.pass(60 * 60 * 24);
        scene.run(&both, &["rotate", "--due"]);
        assert!(!scene.lives(&old));
        scene.run(&both, &["rotate", "--in-place", "ci-read"]);
        assert!(clones(&scene, "gitlab-org/security/gitaly"));
        scene.run(&both, &["revoke", "ci-read"]);
        assert!(scene.stored().is_none());
    }

    fn other_tokens_of_the_person_are_left_alone(vault) {
        let scene = Scene::on(vault);
        let toml = needed(&["gitlab-shell"]);
        scene.apply(&toml);
        let swept = scene.owner(&toml).args(["access", "sweep", "--unused-for", "0s", "--format", "json"]).run();
        assert_eq!(swept.code, Some(0), "{}", swept.stderr);
        assert!(!swept.stdout.contains("administrator"), "{}", swept.stdout);
    }

    fn where_there_are_none_the_plan_says_so(vault) {
        let scene = Scene::on(vault);
        let toml = needed(&["gitlab-shell"]);
        scene.group.sandbox.admin("PUT", "/api/v4/application/settings", &json!({"version": "18.6.1-ee"}));
        let finished = scene.owner(&toml).args(["access", "plan"]).run();
        assert_eq!(finished.code, Some(3));
        insta::assert_snapshot!(finished.stderr, @r#"error: this GitLab is 18.6.1-ee, and fine-grained tokens for git are there from 19.2 on: leave `reach = "needed"` out"#);
        scene.group.sandbox.admin("PUT", "/api/v4/application/settings", &json!({"version": "19.2.0"}));
        let finished = scene.owner(&needed(&["nobody-has-it"])).args(["access", "plan"]).run();
        assert_eq!(finished.code, Some(3));
        insta::assert_snapshot!(finished.stderr, @"error: gitlab-org/security/nobody-has-it, which the build reads, is not there, or not for the user whom GitLab is asked as");
    }
}

#[test]
fn what_a_fine_grained_token_cannot_be() {
    let said = |toml: &str| {
        let finished = Buildpass::new()
            .file("buildpass.toml", toml)
            .env("CI_SERVER_URL", "https://gitlab.example")
            .env("VAULT_ADDR", "https://vault.example")
            .args(["access", "plan", "--policy"])
            .run();
        assert_eq!(finished.code, Some(2), "{}", finished.stderr);
        finished.stderr
    };
    assert!(needed(&[]).contains(BUILD_TOKEN_PATH));
    insta::assert_snapshot!(said(&needed(&[])), @"
    error: the token `ci-read` is to reach what the build needs, and neither a source nor a mirror lies in gitlab-org/security
    hint: name the build's sources, by `[sources]`, `[[source]]` or `[[access.mirror]]` with `security`
    ");
    let toml = needed(&["gitlab-shell"]);
    insta::assert_snapshot!(said(&toml.replace("reach = \"needed\"", "reach = \"needed\"\nrole = \"developer\"")), @r#"
    error: the token `ci-read` in buildpass.toml says `role`, which `reach = "needed"` decides
    hint: leave it out: such a token downloads the code of the needed projects
    "#);
    insta::assert_snapshot!(said(&toml.replace("\"needed\"", "\"all\"")), @r#"error: the token `ci-read` in buildpass.toml says `reach = "all"`: it is "group" or "needed""#);
}
