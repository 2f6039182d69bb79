//! A token for the repositories that the build needs, and for no other.

use base64::{Engine as _, prelude::BASE64_STANDARD};
use serde_json::{Value, json};

use super::{
    interrupted::killed_after,
    scene::{Scene, declared},
};
use crate::harness::{BUILD_TOKEN_PATH, Buildpass, http, on_every_vault};

/// The reference declaration, with a token that reaches the security mirror of one project.
fn needed(mirrors: &[&str]) -> String {
    let mirrors = mirrors.iter().map(|name| {
        format!("[[access.mirror]]\ncanonical = \"gitlab-org/{name}\"\nsecurity = \"gitlab-org/security/{name}\"\n")
    });
    declared(&mirrors.collect::<String>())
        .replace("name = \"ci-read\"\n", "name = \"ci-read\"\nreach = \"needed\"\n")
}

/// What GitLab shows of the stored token, which may not say so itself.
fn stored_token(scene: &Scene<'_>) -> Value {
    let id = scene.note()["token_id"].as_str().unwrap().to_owned();
    scene.group.sandbox.admin("GET", &format!("/api/v4/personal_access_tokens/{id}"), &Value::Null)
}

/// Whether a value reads the repository of gitlab-shell.
fn reads(scene: &Scene<'_>, value: &str) -> bool {
    let url = format!(
        "{}/gitlab-org/security/gitlab-shell.git/info/refs?service=git-upload-pack",
        scene.group.sandbox.url
    );
    let basic = format!("Basic {}", BASE64_STANDARD.encode(format!("oauth2:{value}")));
    let (status, _) = http::request("GET", &url, &[("authorization", &basic)], None).unwrap();
    status == 200
}

/// A fine-grained token that a person made for something else.
fn made_by_hand(scene: &Scene<'_>) -> Value {
    let scope =
        json!({"access": "selected_memberships", "permissions": ["download_code"], "project_ids": [1]});
    let wanted = json!({"name": "by-hand", "granular_scopes": [scope]});
    scene.group.sandbox.admin("POST", "/api/v4/user/personal_access_tokens", &wanted)
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
        assert!(reads(&scene, &old), "jobs may hold it");
        let planned = scene.plan(&needed(&["gitaly"]));
        let because = planned["steps"][0]["because"][0].as_str().unwrap();
        assert!(because.starts_with("it reaches project ") && because.ends_with(", which the build does not need"), "{because}");
        scene.pass(60 * 60 * 24);
        scene.run(&both, &["rotate", "--due"]);
        assert!(!reads(&scene, &old));
        scene.run(&both, &["rotate", "--in-place", "ci-read"]);
        assert!(clones(&scene, "gitlab-org/security/gitaly"));
        scene.run(&both, &["revoke", "ci-read"]);
        assert!(scene.stored().is_none());
    }

    fn other_tokens_of_the_person_are_left_alone(vault) {
        let scene = Scene::on(vault);
        let toml = needed(&["gitlab-shell"]);
        scene.apply(&toml);
        made_by_hand(&scene);
        let swept = scene.owner(&toml).args(["access", "sweep", "--unused-for", "0s", "--format", "json"]).run();
        assert_eq!(swept.code, Some(0), "{}", swept.stderr);
        assert!(!swept.stdout.contains("administrator") && !swept.stdout.contains("by-hand"), "{}", swept.stdout);
        assert!(swept.stdout.contains("ci-read"), "{}", swept.stdout);
    }

    fn two_of_them_leave_one_another_alone(vault) {
        let scene = Scene::on(vault);
        let more = "[[access.token]]\nname = \"other\"\nreach = \"needed\"\ngroup = \"elsewhere\"\nstore = \"b/token@ci\"\n\
                    [[access.mirror]]\ncanonical = \"a/private\"\nsecurity = \"elsewhere/private\"\n";
        let both = format!("{}{more}", needed(&["gitlab-shell"]));
        scene.apply(&both);
        assert!(scene.plan(&both)["steps"].as_array().unwrap().is_empty());
        let value = scene.stored().unwrap();
        scene.apply(&both);
        assert!(reads(&scene, &value));
        // One is declared no more: it alone is ended.
        let ended = scene.apply(&needed(&["gitlab-shell"]));
        assert!(ended.contains("other"), "{ended}");
        assert!(reads(&scene, &value));
    }

    fn a_run_that_is_killed_after_any_write_ends_no_token_that_jobs_hold(vault) {
        let scene = Scene::on(vault);
        let toml = needed(&["gitlab-shell"]);
        scene.apply(&toml);
        let mut writes = 0;
        loop {
            let before = scene.stored().unwrap();
            let killed = killed_after(writes + 1, &scene, &toml, &["access", "rotate", "ci-read"]);
            let stored = scene.stored().unwrap();
            scene.apply(&toml);
            assert!(reads(&scene, &before) && reads(&scene, &stored), "after the write {}", writes + 1);
            assert_eq!(scene.stored().unwrap(), stored, "no third one is made");
            assert!(scene.plan(&toml)["steps"].as_array().unwrap().is_empty());
            if !killed {
                break;
            }
            writes += 1;
        }
        assert_eq!(writes, 3);
    }

    fn who_asks_must_be_whose_it_is(vault) {
        let scene = Scene::on(vault);
        let toml = needed(&["gitlab-shell"]);
        scene.apply(&toml);
        let mut custom = scene.note();
        custom["user_id"] = json!("4711");
        vault.must("POST", &format!("ci/metadata/{BUILD_TOKEN_PATH}"), json!({"custom_metadata": custom}));
        let finished = scene.owner(&toml).args(["access", "plan"]).run();
        assert_eq!(finished.code, Some(3));
        insta::assert_snapshot!(finished.stderr, @"
        error: the token `ci-read` is of the user 4711 of GitLab, and GITLAB_TOKEN of the user 1
        hint: always ask with the token of the same user, such as a service account
        ");
    }

    fn what_somebody_else_stored_is_replaced(vault) {
        let scene = Scene::on(vault);
        let toml = needed(&["gitlab-shell"]);
        scene.apply(&toml);
        let foreign = made_by_hand(&scene)["token"].as_str().unwrap().to_owned();
        vault.write_secret(BUILD_TOKEN_PATH, json!({"token": foreign}));
        let planned = scene.plan(&toml);
        assert_eq!(
            planned["steps"][0]["because"],
            json!(["its secret was written since, and GitLab does not tell what it holds"]),
            "{planned}"
        );
        scene.apply(&toml);
        let stored = scene.stored().unwrap();
        assert!(stored != foreign && reads(&scene, &stored));
        assert!(scene.plan(&toml)["steps"].as_array().unwrap().is_empty());
    }

    fn one_that_was_stored_by_hand_is_not_taken_for_dead(vault) {
        let scene = Scene::on(vault);
        let toml = needed(&["gitlab-shell"]);
        scene.apply(&toml);
        vault.write_secret(BUILD_TOKEN_PATH, json!({"token": made_by_hand(&scene)["token"]}));
        let finished = scene.owner(&declared("")).args(["access", "revoke", "ci-read"]).run();
        assert_eq!(finished.code, Some(3), "{}{}", finished.stdout, finished.stderr);
        insta::assert_snapshot!(finished.stderr.replace(BUILD_TOKEN_PATH, "PATH"), @"
        error: not everything was ended
          caused by: what stands at PATH/token@ci is a fine-grained token of somebody, and lives
        hint: its user ends it at GitLab, under Access, Personal access tokens
        ");
    }

    fn where_there_are_none_the_plan_says_so(vault) {
        let scene = Scene::on(vault);
        let toml = needed(&["gitlab-shell"]);
        scene.group.sandbox.admin("PUT", "/api/v4/application/settings", &json!({"version": "18.6.1-ee"}));
        let finished = scene.owner(&toml).args(["access", "plan"]).run();
        assert_eq!(finished.code, Some(3));
        insta::assert_snapshot!(finished.stderr, @r#"
        error: this GitLab is 18.6.1-ee, and fine-grained tokens for git are there from 19.2 on
        hint: leave `reach = "needed"` out
        "#);
        scene.group.sandbox.admin("PUT", "/api/v4/application/settings", &json!({"version": "19.2.0"}));
        let finished = scene.owner(&needed(&[])).args(["access", "plan"]).run();
        assert_eq!(finished.code, Some(2));
        insta::assert_snapshot!(finished.stderr, @"
        error: the token `ci-read` is to reach what the build needs, and neither a source nor a mirror lies in gitlab-org/security
        hint: name the build's sources, by `[sources]`, `[[source]]` or `[[access.mirror]]` with `security`
        ");
        let finished = scene.owner(&needed(&["nobody-has-it"])).args(["access", "plan"]).run();
        assert_eq!(finished.code, Some(3));
        insta::assert_snapshot!(finished.stderr, @"
        error: GitLab shows no project gitlab-org/security/nobody-has-it, which the build reads
        hint: is its path right, and is the user of GITLAB_TOKEN a member of it?
        ");
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
    let toml = needed(&["gitlab-shell"]);
    insta::assert_snapshot!(said(&toml.replace("reach = \"needed\"", "reach = \"needed\"\nrole = \"developer\"")), @r#"
    error: the token `ci-read` in buildpass.toml says `role`, which `reach = "needed"` decides
    hint: leave it out: such a token downloads the code of the needed projects
    "#);
    insta::assert_snapshot!(said(&toml.replace("\"needed\"", "\"all\"")), @r#"error: the token `ci-read` in buildpass.toml says `reach = "all"`: it is "group" or "needed""#);
}
